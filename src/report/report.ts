import type { EvaluationResult } from '../evaluation/result.js';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { writeWholeFile } from '../formats/files/whole-output.js';
import { startWorker } from '../worker-thread.js';

export interface ReportOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WriteReportOptions extends ReportOptions {
  /** Replace a file that exists. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * The report of an evaluation as one HTML document that opens offline, runs no script and loads nothing; drawn in a
 * thread of its own.
 *
 * @throws The reason of the signal when aborted.
 */
export async function renderReport(result: EvaluationResult, options: ReportOptions = {}): Promise<string> {
  const { signal } = options;
  signal?.throwIfAborted();
  const worker = startWorker(new URL('./drawing-worker.js', import.meta.url), result);
  let onAbort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

/**
 * Writes the report of {@link renderReport} to `path`, UTF-8. The file appears whole or not at all: it is written
 * beside the target and then renamed.
 *
 * @throws {FileError} `ERR_OUTPUT` if the folder is missing, full or not writable, or if `path` is a folder; the reason of
 * the signal when aborted.
 */
export async function writeReport(
  result: EvaluationResult,
  path: string,
  options: WriteReportOptions = {},
): Promise<void> {
  const { force = false, ...rest } = options;
  await requireOutputFile(path, { force });
  await writeWholeFile(path, await renderReport(result, rest), force ? 'a file' : 'nothing');
}
