import type { Worker } from 'node:worker_threads';
import { CaloscopeError } from '../errors.js';
import type { EvaluationResult } from '../evaluation/result.js';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { writeWholeFile } from '../formats/files/whole-output.js';
import { requireKnownOptions, requireText } from '../names.js';
import { startWorker } from '../worker-thread.js';
import type { DrawingReply, DrawingStart } from './drawing-worker.js';
import { requireOwnStyle } from './own-style.js';

export interface ReportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Folder of the figures that are written with the report (`writeFigures`), for the drawing of what was made from what. */
  readonly figures?: string | undefined;
  /** Style sheet that stands after that of the report; its variables are named in docs/figures.md. It may load nothing. */
  readonly style?: string | undefined;
}

export interface WriteReportOptions extends ReportOptions {
  /** Replace a file that exists. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * The report of an evaluation as one HTML document that opens offline, runs no script and loads nothing; drawn in a
 * thread of its own.
 *
 * @throws CaloscopeError ERR_RESULT for what is no sound result, ERR_STYLE; the reason of the signal when aborted.
 */
export async function renderReport(result: EvaluationResult, options: ReportOptions = {}): Promise<string> {
  requireKnownOptions(options, { signal: true, figures: true, style: true });
  const { signal, ...look } = options;
  if (look.figures !== undefined) requireText(look.figures, 'figures');
  if (look.style !== undefined) requireOwnStyle(look.style);
  if (typeof result?.samples !== 'object' || typeof result.auc !== 'object')
    throw unsound('samples or auc are missing');
  signal?.throwIfAborted();
  const worker = startDrawing({ result, look });
  let onAbort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.once('message', (reply: DrawingReply) => {
        if ('page' in reply) resolve(reply.page);
        else reject(unsound(reply.failure));
      });
      worker.once('error', (cause) => reject(unsound(cause.message)));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function startDrawing(start: DrawingStart): Worker {
  try {
    return startWorker(new URL('./drawing-worker.js', import.meta.url), start);
  } catch (cause) {
    // What cannot be copied to a thread, as lists that are nested without end.
    throw unsound(cause instanceof Error ? cause.message : String(cause));
  }
}

function unsound(what: string): CaloscopeError {
  return new CaloscopeError(
    'ERR_RESULT',
    `it cannot be drawn, it is not as evaluate makes results (${what})`,
  );
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
  requireKnownOptions(options, { signal: true, figures: true, style: true, force: true });
  requireText(path, 'path');
  const { force = false, ...rest } = options;
  await requireOutputFile(path, { force });
  await writeWholeFile(path, await renderReport(result, rest), force ? 'a file' : 'nothing');
}
