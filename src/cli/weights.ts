import { Command } from 'commander';
import { classifierFileAt } from '../classifier/classifier-folder.js';
import { ClassifierEnsemble } from '../classifier/ensemble.js';
import { type FileScores, scoreFile } from '../classifier/file-scores.js';
import { OnnxClassifier } from '../classifier/onnx/onnx-classifier.js';
import { checksumOf } from '../formats/files/inputs.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import type { Precision } from '../native/contract/training.js';
import { computerFor } from '../native/devices.js';
import { requireRows } from '../samples/files-of-sample.js';
import { inputSettings } from '../samples/kinds.js';
import { type RowWeightSummary, weightSummary } from '../samples/row-weights.js';
import { packageVersion } from '../versions.js';
import { type Warning, warningsText } from '../warnings.js';
import { densityRatioWeights, type WeightHealth } from '../weights/density-ratio.js';
import { healthWarnings } from '../weights/health-warnings.js';
import { withSourceRows } from '../weights/source-rows.js';
import { type WeightsTable, writeWeightsFile } from '../weights/weights-file.js';
import { columns, count, percent, tailText } from './figures.js';
import { filesNamed } from './file-patterns.js';
import { clippedText, thresholdText, warningLines } from './findings.js';
import { addModelOptions, loadClassifier, type ModelFlags, modelInput } from './model-flags.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

export interface WeightsOptions
  extends options.RunOptions,
    options.DeviceFlags,
    Omit<options.SampleFileOptions, keyof ModelFlags>,
    ModelFlags,
    options.ScoringOptions {
  readonly precision?: Precision;
  readonly out: string;
  readonly force?: boolean;
}

export function weightsCommand(): Command {
  const command = new Command('weights')
    .description('weigh the showers, events, jets or rows of files with a trained classifier')
    .argument('<classifier>', 'folder written by train or evaluate, or an ONNX model (.onnx)')
    .argument(
      '<files...>',
      'files of showers, events, jets or tables, as the classifier reads them, one after the other',
    )
    .requiredOption('--out <file>', 'HDF5 file for the weights')
    .option('--force', 'replace an existing file')
    .addOption(options.layoutOption())
    .addOption(options.groupOption());
  options.addContentOptions(command);
  options.addScoringOptions(command);
  addModelOptions(command);
  command.addOption(options.precisionOption('of the products in scoring'));
  options.addThreadsOption(command);
  options.addDeviceOptions(command);
  return options.addSpeechOptions(command);
}

export async function runWeights(
  session: Session,
  classifierPath: string,
  named: readonly string[],
  chosen: WeightsOptions,
): Promise<void> {
  const { signal, progress } = session;
  const { out, force = false, clip } = chosen;
  const paths = await filesNamed(named);
  requireAddressSpace();
  using _claim = await claimOutput(out, { force, inputs: [classifierPath, ...paths] });
  using classifier = await loadClassifier(classifierPath, chosen);
  const ofClassifier = checksumOf(await classifierFileAt(classifierPath), signal);
  ofClassifier.catch(() => undefined); // seen when it is awaited below
  const { device, reason } = computerFor(chosen);
  const { geometry: _geometry, particle: _particle, ...flags } = chosen; // of a model
  const facts = factsOf(classifier, chosen);
  const found = await scoreFile(classifier, paths, {
    input: modelInput(chosen) ?? undefined,
    ...options.openingOptions(flags),
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
    ...(chosen.precision && { precision: chosen.precision }),
    signal,
    onProgress: progress.stage('scoring'),
  });
  requireRows(paths.join(', '), found.noun, { left: found.rows, read: found.rows });
  const { logWeights, health: ofScored } = await densityRatioWeights(found.logRatios, {
    clip: clip ?? undefined,
    rowWeights: found.rowWeights ?? undefined,
    signal,
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
  });
  const health = withSourceRows(ofScored, found);
  const warnings = [...found.warnings, ...healthWarnings(health, logWeights, 'generated', found)];
  const everyRow = alignedWithFiles(found, logWeights);
  progress.stage('writing');
  const inputs = [
    { role: 'classifier', source: classifierPath, sha256: await ofClassifier },
    ...found.files.map(({ source, sha256 }) => ({ role: 'rows', source, sha256 })),
  ];
  await writeWeightsFile(
    out,
    [
      {
        group: '/',
        logWeights: everyRow.logWeights,
        // Nothing is known of the training of a model of another program.
        ...(classifier instanceof ClassifierEnsemble && { logWeightErrors: everyRow.logWeightErrors }),
        logits: everyRow.logits,
        rowWeights: everyRow.rowWeights,
        files: found.files,
        inputs,
      },
    ],
    {
      caloscope_version: packageVersion,
      classifier: classifierPath,
      showers: paths.join('\n'),
      learners: facts.learners.join(' '),
      precision: facts.precision,
      device,
      log_weight: 'ln(p_reference/p_generated)',
      warnings: warningsText(warnings),
    },
    { signal, force },
  );
  const { geometry, threshold } = inputSettings(found.input);
  const document = {
    out,
    noun: found.noun,
    rows: found.rows,
    withoutWeight: everyRow.logWeights.length - found.rows,
    weights: weightSummary(found.rowWeights),
    ...facts,
    device,
    geometry,
    threshold,
    health,
    warnings,
  };
  session.conclude(document, linesOf(document, reason));
}

/** A row for each row of the files, so that both lie side by side: NaN where it was left out. */
function alignedWithFiles(
  { sourceRows, files, rows, logits, logRatioErrors, rowWeights }: FileScores,
  logWeights: Float64Array,
): Pick<WeightsTable, 'logWeights' | 'logits' | 'rowWeights'> & { readonly logWeightErrors: Float64Array } {
  if (!sourceRows) return { logWeights, logits, logWeightErrors: logRatioErrors, rowWeights };
  const all = files.reduce((sum, file) => sum + file.rows, 0);
  const { members, values } = logits;
  const aligned = {
    logWeights: new Float64Array(all).fill(Number.NaN),
    logWeightErrors: new Float64Array(all).fill(Number.NaN),
    logits: { values: new Float32Array(members * all).fill(Number.NaN), members, rows: all },
    rowWeights: rowWeights && new Float64Array(all).fill(Number.NaN),
  };
  sourceRows.forEach((place, row) => {
    aligned.logWeights[place] = logWeights[row] as number;
    aligned.logWeightErrors[place] = logRatioErrors[row] as number;
    if (aligned.rowWeights) aligned.rowWeights[place] = rowWeights?.[row] as number;
    for (let member = 0; member < members; member++)
      aligned.logits.values[member * all + place] = values[member * rows + row] as number;
  });
  return aligned;
}

/** What is said of the classifier. */
function factsOf(classifier: ClassifierEnsemble | OnnxClassifier, { precision = 'float32' }: WeightsOptions) {
  if (classifier instanceof OnnxClassifier) {
    return { members: 1, learners: ['onnx'], folds: null, split: null, precision: 'float64' } as const;
  }
  const { members, learners } = classifier;
  const { training } = classifier.description;
  const split = training?.split ?? null;
  return { members, learners, folds: split ? null : (training?.folds ?? null), split, precision };
}

interface Weighed {
  readonly out: string;
  readonly noun: string;
  /** Rows that have a weight. */
  readonly rows: number;
  /** Rows of the files that were left out: their weights are NaN. */
  readonly withoutWeight: number;
  /** With which the rows count; null: each counts 1. */
  readonly weights: RowWeightSummary | null;
  readonly device: string;
  readonly geometry: string | null;
  readonly threshold: number | null;
  readonly health: WeightHealth;
  readonly warnings: readonly Warning[];
}

/** `worth 1,204 rows of equal weight, 3 of negative weight`. */
function rowWeightsText({ effectiveRows, negative }: RowWeightSummary, noun: string): string {
  const below = negative > 0 ? `, ${count(negative)} of negative weight` : '';
  return `worth ${count(effectiveRows)} ${noun} of equal weight${below}`;
}

/** One row alone has no scatter. */
function scatterText(error: number, noun: string): string {
  return Number.isNaN(error) ? '' : ` ± ${error.toFixed(4)} scatter of these ${noun}`;
}

function linesOf(weighed: Weighed, deviceReason: string): string[] {
  const { health, geometry, noun } = weighed;
  const ofVoxels: [string, string][] =
    geometry === null
      ? []
      : [
          ['geometry', `${geometry}, that of the classifier`],
          ['threshold', `${thresholdText(weighed.threshold)}, that of the classifier`],
        ];
  const clipped = clippedText(health);
  return [
    `Weights: ${weighed.out}`,
    ...columns([
      [noun, count(weighed.rows)],
      ...(weighed.withoutWeight > 0
        ? [['left out', `${count(weighed.withoutWeight)} ${noun}, whose weights are NaN`] as const]
        : []),
      ...ofVoxels,
      ...(weighed.weights ? [['row weights', rowWeightsText(weighed.weights, noun)] as const] : []),
      ['device', `${weighed.device}: ${deviceReason}`],
      [
        'mean weight',
        `${health.mean.toFixed(4)}${scatterText(health.meanError, noun)} (generated ${noun}: 1 is sound)`,
      ],
      ['effective sample size', `${count(health.effectiveSampleSize)} ${noun}`],
      ['Pareto index of the tail', tailText(health.tailIndex)],
      ['weights below 1', percent(health.shareBelowOne)],
      ...(clipped === null ? [] : [['clipped', clipped] as const]),
    ]),
    ...warningLines(weighed.warnings),
  ];
}
