import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CaloscopeError, FileError } from '../errors.js';
import { writeWeightsFile } from '../weights/weights-file.js';
import type { Evaluation } from './evaluate.js';
import type { EvaluationResult } from './result.js';

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
  if (folder === '') throw new FileError('ERR_OUTPUT', '--out', 'the name of the output folder is empty');
  const parent = dirname(resolve(folder));
  const above = await stat(parent).catch(() => null);
  if (!above?.isDirectory()) {
    throw new FileError('ERR_OUTPUT', folder, `there is no folder ${parent}; make it first`);
  }
  await access(parent, constants.W_OK).catch(() => {
    throw new FileError('ERR_OUTPUT', folder, `the folder ${parent} is not writable`);
  });
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
    readonly drawReport?: (result: EvaluationResult, path: string) => Promise<void>;
  } = {},
): Promise<void> {
  const { signal, drawReport } = options;
  await requireOutputFolder(folder, options);
  const partial = `${resolve(folder)}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(partial);
    const { result, ensemble } = evaluation;
    await writeWeightsFile(
      join(partial, outputNames.weights),
      [
        { group: 'reference', ...evaluation.reference },
        { group: 'generated', ...evaluation.generated },
      ],
      weightsAttributes(result),
      { signal },
    );
    await ensemble.save(join(partial, outputNames.classifier));
    await writeFile(join(partial, outputNames.histograms), jsonText(result.histograms));
    await writeFile(join(partial, outputNames.result), jsonText(result));
    await drawReport?.(result, join(partial, outputNames.report));
    signal?.throwIfAborted();
    if (options.force) await replaceFolder(folder, partial);
    else await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (signal?.aborted) throw signal.reason;
    if (error instanceof CaloscopeError) throw error;
    throw new FileError('ERR_OUTPUT', folder, 'the result cannot be written; is there room?', {
      cause: error,
    });
  }
}

/** The old folder goes when the new one is in its place, and comes back when that fails. */
async function replaceFolder(folder: string, replacement: string): Promise<void> {
  const aside = `${replacement}.replaced`;
  const present = await stat(folder).catch(() => null);
  if (present) await rename(folder, aside);
  try {
    await rename(replacement, folder);
  } catch (error) {
    if (present) await rename(aside, folder);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** What a reader of the weights alone must know. */
function weightsAttributes({
  samples,
  settings,
  versions,
  verdict,
}: EvaluationResult): Record<string, string> {
  return {
    caloscope_version: versions['caloscope'] ?? '',
    reference: samples.reference.source,
    reference_sha256: samples.reference.sha256 ?? '',
    generated: samples.generated.source,
    generated_sha256: samples.generated.sha256 ?? '',
    ensemble_rule: settings.ensembleRule,
    log_weight: 'ln(p_reference/p_generated), cross-fitted',
    verdict: verdict.sentence,
  };
}
