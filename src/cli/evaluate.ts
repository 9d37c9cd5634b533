import { join } from 'node:path';
import { Command } from 'commander';
import { type CheckpointOptions, claimCheckpoints } from '../classifier/checkpoints.js';
import { rowsNeeded } from '../classifier/cross-fitting.js';
import { trainingChoices, trainingSchema } from '../classifier/settings.js';
import { summariesOf } from '../evaluation/analyses.js';
import { evaluate, takeShare } from '../evaluation/evaluate.js';
import { outputNames } from '../evaluation/output-names.js';
import { resultFolder, tableName, writeEvaluation } from '../evaluation/outputs.js';
import type { EvaluationResult } from '../evaluation/result.js';
import { shortP } from '../evaluation/short-p.js';
import { shortZ } from '../evaluation/short-z.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import type { WrittenFormat } from '../formats/tables/writer/table-plan.js';
import { sampleRoles } from '../native/contract/statistics.js';
import { computerFor } from '../native/devices.js';
import type { Ranks } from '../ranks/ranks.js';
import { isDoneAlready, keepingCheckpoints, requireCheckpointFolder } from './checkpoints.js';
import { columns, count, tailText } from './figures.js';
import { filesNamed } from './file-patterns.js';
import { clippedText, inputLines, rowsText, selectionLines, warningLines } from './findings.js';
import {
  addPairArguments,
  checkPair,
  openChecked,
  openPair,
  type PairFiles,
  type PairOptions,
  pairFiles,
} from './inputs.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import { claimFigures, drawFiguresOf } from './paper-figures.js';
import { ifFirst, onFirst } from './ranks.js';
import type { Session } from './session.js';

export interface EvaluateOptions
  extends PairOptions,
    options.RunOptions,
    options.DeviceFlags,
    options.SampleFileOptions,
    options.TrainingFlags,
    options.ScoringOptions,
    options.PermutationsOption,
    options.CalibrationOption,
    options.WindowsOption,
    options.ByOption,
    options.CheckpointFlags {
  readonly out: string;
  readonly force?: boolean;
  readonly allowSame?: boolean;
  readonly null?: string;
  readonly tables?: WrittenFormat;
  readonly figures?: string;
}

export function evaluateCommand(): Command {
  const command = addPairArguments(
    new Command('evaluate').description('find where a generated sample differs from a reference sample'),
  )
    .requiredOption('--out <folder>', 'folder for the result; it is made')
    .option('--force', 'replace the result of an earlier run')
    .option('--allow-same', 'compare a file with itself, on purpose')
    .option('--null <file>', 'file of a second, independent reference sample: what two of them differ by')
    .addOption(options.tablesOption())
    .addOption(options.figuresOption());
  options.addGeometryOptions(command);
  command.addOption(options.multiplicityOption());
  options.addContentOptions(command);
  options.addTrainingOptions(command);
  options.addScoringOptions(command);
  options.addPermutationsOption(command);
  options.addCalibrationOption(command);
  options.addWindowsOption(command);
  options.addByOption(command);
  options.addCheckpointOptions(command);
  options.addThreadsOption(command);
  options.addDeviceOptions(command);
  return options.addSpeechOptions(command);
}

export async function runEvaluate(
  session: Session,
  reference: string | undefined,
  generated: string | undefined,
  chosen: EvaluateOptions,
): Promise<void> {
  const { out, force = false } = chosen;
  const { ranks } = session;
  computerFor(chosen); // refused before files are read
  if (await onFirst(ranks, () => isDoneAlready(chosen, resultFolder, session))) return;
  const files = await onFirst(ranks, () => evaluatedFiles([reference, generated], chosen));
  const inputs = [...files.reference, ...files.generated, ...(files.null ?? [])];
  requireAddressSpace();
  using _claim = await ifFirst(ranks, () => claimOutput(out, { force, inputs }, resultFolder));
  using _figures = await ifFirst(ranks, () => claimFigures(chosen.figures, { force, inputs }));
  const checkpoint = await onFirst(ranks, () => requireCheckpointFolder(chosen, session));
  using _checkpoints = ranks?.first && checkpoint ? await claimCheckpoints(checkpoint.folder) : null;
  await onFirst(ranks, () => checkFiles(files, chosen, session));
  if (ranks && !ranks.first) return await takeShareOfFiles(session, ranks, files, chosen, checkpoint);
  const result = await keepingCheckpoints(checkpoint, session, () =>
    evaluateFiles(session, files, chosen, checkpoint),
  );
  const figures = await drawFiguresOf(out, result, chosen, session);
  session.conclude({ ...documentOf(result, chosen), ...figures.document }, [
    ...linesOf(result, out),
    ...figures.lines,
  ]);
}

/** The files of a pair, and of a second reference sample. */
interface EvaluatedFiles extends PairFiles {
  readonly null: readonly string[] | null;
}

async function evaluatedFiles(
  named: readonly (string | undefined)[],
  chosen: EvaluateOptions,
): Promise<EvaluatedFiles> {
  const pair = await pairFiles(named, chosen);
  return { ...pair, null: chosen.null === undefined ? null : await filesNamed([chosen.null]) };
}

async function checkFiles(files: EvaluatedFiles, chosen: EvaluateOptions, session: Session): Promise<void> {
  const { allowSame = false } = chosen;
  const needed = rowsNeeded(trainingChoices(trainingSchema, options.trainingOptions(chosen)));
  const needs = { ...needed, allowSame };
  await checkPair(files, chosen, needs, session);
  if (files.null === null) return;
  await checkPair({ ...files, generated: files.null }, chosen, needs, session);
  await checkPair({ ...files, reference: files.null }, chosen, needs, session);
}

/** What a rank beside the first does; the checks are done. */
async function takeShareOfFiles(
  session: Session,
  ranks: Ranks,
  files: EvaluatedFiles,
  chosen: EvaluateOptions,
  checkpoint?: CheckpointOptions,
): Promise<void> {
  const { signal } = session;
  using pair = await openPair(files, chosen, session);
  using second = files.null === null ? null : await openChecked(files.null, 'null sample', chosen, session);
  const { threads, device, devices } = chosen;
  await takeShare(pair.reference, pair.generated, {
    ...options.evaluationOptions(chosen),
    null: second?.sample,
    threads,
    device,
    devices,
    checkpoint,
    signal,
    ranks,
  });
}

/** Reads, evaluates and writes; the checks are done. */
export async function evaluateFiles(
  session: Session,
  files: EvaluatedFiles,
  chosen: EvaluateOptions,
  checkpoint?: CheckpointOptions,
): Promise<EvaluationResult> {
  const { signal, progress } = session;
  using pair = await openPair(files, chosen, session);
  using second = files.null === null ? null : await openChecked(files.null, 'null sample', chosen, session);
  const evaluation = await evaluate(pair.reference, pair.generated, {
    ...options.evaluationOptions(chosen),
    null: second?.sample,
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
    checkpoint,
    signal,
    onProgress: progress.stage('training'),
    ranks: session.ranks,
  });
  try {
    progress.stage('writing');
    // The report draws with a large library that no other command should wait for.
    const { writeReport } = await import('../report/report.js');
    const { out, tables, figures, force = false } = chosen;
    const drawReport: typeof writeReport = (result, path, more) =>
      writeReport(result, path, { ...more, figures });
    await writeEvaluation(evaluation, out, { force, tables, signal, drawReport });
  } finally {
    evaluation.ensemble.dispose();
  }
  return evaluation.result;
}

function pathsOf(out: string, tables?: WrittenFormat) {
  const { result, weights, histograms, classifier, report } = outputNames;
  return {
    result: join(out, result),
    weights: join(out, weights),
    histograms: join(out, histograms),
    classifier: join(out, classifier),
    report: join(out, report),
    ...(tables && {
      tables: {
        reference: join(out, tableName('reference', tables)),
        generated: join(out, tableName('generated', tables)),
      },
    }),
  };
}

/** What a script needs; all of it is in result.json. */
export function documentOf(
  result: EvaluationResult,
  { out, tables }: Pick<EvaluateOptions, 'out' | 'tables'>,
): object {
  const { verdict, auc, largestDistance, samples, weights, warnings, settings, versions, run } = result;
  const files = pathsOf(out, tables);
  return { verdict, auc, largestDistance, samples, weights, warnings, settings, versions, run, files };
}

export function linesOf(result: EvaluationResult, out: string): string[] {
  const { verdict, failures, samples, weights, warnings, settings } = result;
  const sampleRows = [samples.reference, samples.generated].map((sample) => {
    const { role, source, layout } = sample;
    const { effectiveSampleSize, tailIndex, rows } = weights[role];
    const held = rows < sample.rows ? `, ${count(rows)} held out` : '';
    const size = count(effectiveSampleSize);
    return [
      role,
      `${rowsText(sample)}${held}`,
      `effective ${size}`,
      `Pareto index ${tailText(tailIndex)}`,
      `layout ${layout}`,
      source,
    ];
  });
  const clipped = sampleRoles.flatMap((role) => {
    const text = clippedText(weights[role]);
    return text === null ? [] : [[role, text]];
  });
  const summaries = summariesOf(result).flatMap(({ heading, rows }) => ['', `${heading}:`, ...columns(rows)]);
  const files = pathsOf(out);
  return [
    verdict.sentence,
    '',
    ...(failures === null ? [] : [...failureLines(failures, verdict), '']),
    ...columns(sampleRows),
    ...(clipped.length === 0 ? [] : ['', 'Clipped (--clip):', ...columns(clipped)]),
    '',
    'Input of the classifiers:',
    ...inputLines(settings),
    ...selectionLines(settings.select),
    ...summaries,
    ...otherTrainings(result),
    ...warningLines(warnings),
    '',
    `Report: ${files.report}`,
    `Result: ${files.result}`,
  ];
}

function failureLines(
  { sentences, sound }: NonNullable<EvaluationResult['failures']>,
  { level }: EvaluationResult['verdict'],
): string[] {
  const together = level === 'indistinguishable' ? '' : ' The samples differ in how observables go together.';
  const found =
    sentences.length === 0
      ? [`No observable or region by itself is seen to be wrong.${together}`]
      : ['What is wrong:', ...sentences.map(({ text }) => `  ${text}`)];
  return sound === null ? found : [...found, sound];
}

/** The AUC of trainings beside the first. */
function otherTrainings({ auc, samples }: EvaluationResult): string[] {
  const lines: string[][] = [];
  if (auc.null) {
    const { value, standardError, z, pValue, rows, source } = auc.null;
    const area = `${value.toFixed(4)} ± ${standardError.toFixed(4)}`;
    lines.push([
      'null sample',
      area,
      shortZ(z),
      `p ${shortP(pValue)}`,
      `${count(rows)} ${samples.reference.noun} of ${source}`,
    ]);
  }
  if (auc.repeats) {
    const { trainings, mean, spread, seeds } = auc.repeats;
    const area = `${mean.toFixed(4)}, spread ${spread.toFixed(4)}`;
    lines.push([`${count(trainings)} trainings`, area, `seeds ${seeds[0]} to ${seeds.at(-1)}`]);
  }
  return lines.length === 0 ? [] : ['', 'AUC of other trainings:', ...columns(lines)];
}
