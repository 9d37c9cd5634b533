import { once } from 'node:events';
import { startWorker } from '../../../worker-thread.js';
import { requireOutputFile } from '../../files/output-checks.js';
import { outputError } from '../../files/output-error.js';
import { WholeOutput } from '../../files/whole-output.js';
import type {
  TablePlan,
  TableReply,
  TableRequest,
  TableStart,
  WrittenFormat,
  WrittenRows,
} from './table-plan.js';

export interface TableWritingOptions {
  readonly format: WrittenFormat;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a table in a worker thread, block by block: the event loop is free, and no more than a block is copied. Appears at `path` when it is
 * complete.
 *
 * @throws FileError ERR_OUTPUT; the reason of the signal when aborted. Nothing is left behind then.
 */
export async function writeTable(
  path: string,
  plan: TablePlan,
  blocks: Iterable<WrittenRows>,
  { format, signal }: TableWritingOptions,
): Promise<void> {
  signal?.throwIfAborted();
  await requireOutputFile(path, { force: false });
  const output = await WholeOutput.at(path, 'nothing');
  const start: TableStart = { path: output.partial, format, plan };
  const worker = startWorker(new URL('./table-writing-worker.js', import.meta.url), start);
  const ask = async (request: TableRequest) => {
    worker.postMessage(request);
    const [reply] = (await once(worker, 'message', { signal })) as [TableReply];
    if (reply.kind === 'failed') throw Object.assign(new Error(reply.message), { code: reply.code });
  };
  try {
    for (const rows of blocks) await ask(rows);
    await ask(null);
    await output.put();
  } catch (error) {
    await worker.terminate();
    await output.discard();
    signal?.throwIfAborted();
    throw outputError(path, error);
  } finally {
    await worker.terminate();
  }
}
