import { Command } from 'commander';
import { ClassifierEnsemble } from '../classifier/ensemble.js';
import { scoreFile } from '../classifier/file-scores.js';
import { FileError } from '../errors.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import type { Precision } from '../native/contract/training.js';
import { computerFor } from '../native/devices.js';
import { inputSettings, readsFiles } from '../samples/kinds.js';
import { packageVersion } from '../versions.js';
import { type Warning, warningsText } from '../warnings.js';
import { densityRatioWeights, type WeightHealth } from '../weights/density-ratio.js';
import { healthWarnings } from '../weights/health-warnings.js';
import { writeWeightsFile } from '../weights/weights-file.js';
import { columns, count, percent, tailText } from './figures.js';
import { filesNamed } from './file-patterns.js';
import { thresholdText, warningLines } from './findings.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

export interface WeightsOptions
  extends options.RunOptions,
    options.DeviceFlags,
    options.SampleFileOptions,
    options.ScoringOptions {
  readonly precision?: Precision;
  readonly out: string;
  readonly force?: boolean;
}

export function weightsCommand(): Command {
  const command = new Command('weights')
    .description('weigh the showers, events, jets or rows of files with a trained classifier')
    .argument('<classifier>', 'folder written by train or evaluate')
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
  const { out, force = false, clip, precision = 'float32' } = chosen;
  const paths = await filesNamed(named);
  requireAddressSpace();
  using _claim = await claimOutput(out, { force, inputs: [classifierPath, ...paths] });
  using ensemble = await ClassifierEnsemble.load(classifierPath);
  const { device, reason } = computerFor(chosen);
  const { input, training } = ensemble.description;
  if (!readsFiles(input)) {
    const message = `it reads a table of ${ensemble.inputs} columns, not showers; use the library for tables`;
    throw new FileError('ERR_CLASSIFIER', classifierPath, message);
  }
  const found = await scoreFile(ensemble, paths, {
    layout: chosen.layout,
    group: chosen.group,
    ...options.contentPolicy(chosen),
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
    precision,
    signal,
    onProgress: progress.stage('scoring'),
  });
  const { logWeights, health } = await densityRatioWeights(found.logRatios, {
    clip: clip ?? undefined,
    signal,
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
  });
  const warnings = [...found.warnings, ...healthWarnings(health, 'generated', found.noun)];
  progress.stage('writing');
  await writeWeightsFile(
    out,
    [
      {
        group: '/',
        logWeights,
        logWeightErrors: found.logRatioErrors,
        logits: found.logits,
        sourceRows: found.sourceRows,
        files: found.files,
      },
    ],
    {
      caloscope_version: packageVersion,
      classifier: classifierPath,
      showers: paths.join('\n'),
      learners: ensemble.learners.join(' '),
      precision,
      device,
      log_weight: 'ln(p_reference/p_generated)',
      warnings: warningsText(warnings),
    },
    { signal, force },
  );
  const { geometry, threshold } = inputSettings(input);
  const document = {
    out,
    noun: found.noun,
    rows: found.rows,
    members: ensemble.members,
    learners: ensemble.learners,
    folds: training?.split ? null : (training?.folds ?? null),
    split: training?.split ?? null,
    precision,
    device,
    geometry,
    threshold,
    health,
    warnings,
  };
  session.conclude(document, linesOf(document, reason));
}

interface Weighed {
  readonly out: string;
  readonly noun: string;
  readonly rows: number;
  readonly device: string;
  readonly geometry: string | null;
  readonly threshold: number | null;
  readonly health: WeightHealth;
  readonly warnings: readonly Warning[];
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
  return [
    `Weights: ${weighed.out}`,
    ...columns([
      [noun, count(weighed.rows)],
      ...ofVoxels,
      ['device', `${weighed.device}: ${deviceReason}`],
      [
        'mean weight',
        `${health.mean.toFixed(4)} ± ${health.meanError.toFixed(4)} scatter of these ${noun} (generated ${noun}: 1 is sound)`,
      ],
      ['effective sample size', `${count(health.effectiveSampleSize)} ${noun}`],
      ['Pareto index of the tail', tailText(health.tailIndex)],
      ['weights below 1', percent(health.shareBelowOne)],
    ]),
    ...warningLines(weighed.warnings),
  ];
}
