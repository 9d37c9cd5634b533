import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitText } from '../classifier/settings.js';
import { FileError } from '../errors.js';
import { requireFolderAbove, writeWholeFolder } from '../formats/files/whole-output.js';
import { warningsText } from '../warnings.js';
import { writeWeightsFile } from '../weights/weights-file.js';
import type { Evaluation } from './evaluate.js';
import type { EvaluationResult, SampleRecord } from './result.js';

export interface OutputOptions {
  /** Replace a folder that exists. Default false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Names of the files of an evaluation. */
export const outputNames = {
  result: 'result.json',
  weights: 'weights.hdf5',
  histograms: 'histograms.json',
  classifier: 'classifier',
  report: 'report.html',
} as const;

/**
 * Refuses a folder that an evaluation could not be written to; to be asked before the work.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireOutputFolder(
  folder: string,
  { force = false }: OutputOptions = {},
): Promise<void> {
  await requireFolderAbove(folder);
  const present = await stat(folder).catch(() => null);
  if (!present) return;
  if (!present.isDirectory()) throw new FileError('ERR_OUTPUT', folder, 'this is a file; name a new folder');
  if (!force)
    throw new FileError(
      'ERR_OUTPUT',
      folder,
      'this folder exists; name a new one, or replace it with --force',
    );
  if (!(await stat(join(folder, outputNames.result)).catch(() => null))) {
    throw new FileError(
      'ERR_OUTPUT',
      folder,
      'this folder holds no result of caloscope and is not replaced; name a new one',
    );
  }
}

/**
 * Writes `result.json`, `weights.hdf5`, `histograms.json` and `classifier/` into a folder, which appears when all of it is
 * there: it is made beside and renamed.
 *
 * @param drawReport writes the report of a result to a path; left out: no report.
 * @throws FileError ERR_OUTPUT; the reason of the signal when aborted. Nothing is left behind then.
 */
export async function writeEvaluation(
  evaluation: Evaluation,
  folder: string,
  options: OutputOptions & {
    readonly drawReport?: (
      result: EvaluationResult,
      path: string,
      options: { readonly signal?: AbortSignal | undefined },
    ) => Promise<void>;
  } = {},
): Promise<void> {
  const { signal, drawReport } = options;
  await requireOutputFolder(folder, options);
  const { result, ensemble, reference, generated } = evaluation;
  const fill = async (partial: string) => {
    const tables = [
      { group: 'reference', ...reference, files: result.samples.reference.files },
      { group: 'generated', ...generated, files: result.samples.generated.files },
    ];
    const attributes = weightsAttributes(result);
    await writeWeightsFile(join(partial, outputNames.weights), tables, attributes, { signal });
    await ensemble.save(join(partial, outputNames.classifier));
    await writeFile(join(partial, outputNames.histograms), jsonText(result.histograms));
    await writeFile(join(partial, outputNames.result), jsonText(result));
    await drawReport?.(result, join(partial, outputNames.report), { signal });
  };
  await writeWholeFolder(folder, fill, signal);
}

/** Indented, but for arrays of numbers, which stand on one line. */
function jsonText(value: unknown): string {
  const numbers = /\[\n\s*((?:-?\d[-+.\de]*|null)(?:,\n\s*(?:-?\d[-+.\de]*|null))*)\n\s*\]/g;
  const text = JSON.stringify(value, null, 1).replace(
    numbers,
    (_, list: string) => `[${list.replace(/\n\s*/g, '')}]`,
  );
  return `${text}\n`;
}

/** Each file on a line of its own; the name of what is no file. */
function filesOf({ files, source }: SampleRecord): string {
  return files.length > 1 ? files.map((file) => file.source).join('\n') : source;
}

/** What a reader of the weights alone must know. */
function weightsAttributes({
  samples,
  settings,
  versions,
  verdict,
  warnings,
}: EvaluationResult): Record<string, string> {
  return {
    caloscope_version: versions['caloscope'] ?? '',
    reference: filesOf(samples.reference),
    reference_sha256: samples.reference.sha256 ?? '',
    generated: filesOf(samples.generated),
    generated_sha256: samples.generated.sha256 ?? '',
    learners: settings.learners.join(' '),
    log_weight: settings.split
      ? 'ln(p_reference/p_generated) of the rows that were held out, source_row'
      : 'ln(p_reference/p_generated), cross-fitted',
    ...(settings.split && { split: splitText(settings.split) }),
    calibration: settings.calibration ?? 'none',
    verdict: verdict.sentence,
    warnings: warningsText(warnings),
  };
}
