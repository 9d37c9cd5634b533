import { readSync } from 'node:fs';
import { FileError } from '../../errors.js';
import { startWorker } from '../../worker-thread.js';
import { Checksum } from '../files/checksum.js';
import { OpenedFile } from '../files/opened-file.js';
import { accessError } from '../files/plain-file.js';
import type { NumberTable } from './number-table.js';
import { type TableFormat, type TableReply, type TableRequest, tableFormatOf } from './table-format.js';

/** Bytes that tell the format: the names of many columns go before the first number. */
const startBytes = 2 ** 16;

export interface ReadTableOptions {
  /** Columns by name, in this order; null: all. */
  readonly columns: readonly string[] | null;
  readonly signal?: AbortSignal | undefined;
}

/** A table with the checksum of the bytes that were read. */
export interface TableOfFile extends NumberTable {
  readonly format: TableFormat;
  readonly sha256: string;
}

/**
 * Reads a table of numbers in a worker thread: NumPy (.npy, .npz), Parquet, or text with commas, semicolons, tabs or blanks between
 * the cells. The content tells which, not the name.
 *
 * @throws FileError ERR_LAYOUT for another kind of file, and what the formats throw; the reason of the signal when aborted.
 */
export async function readTable(path: string, { columns, signal }: ReadTableOptions): Promise<TableOfFile> {
  signal?.throwIfAborted();
  const file = await OpenedFile.open(path);
  try {
    const format = formatOf(file);
    if (format === null) throw new FileError('ERR_LAYOUT', path, 'it is no table of numbers');
    const checksum = new Checksum(file, signal);
    try {
      const table = await inThread(path, { descriptor: file.descriptor, format, columns }, signal);
      return { ...table, format, sha256: await checksum.sha256 };
    } catch (error) {
      await checksum.end(error);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** The format of the table in a file; null: it holds none. @throws FileError as {@link readTable}. */
export async function tableFormatAt(path: string): Promise<TableFormat | null> {
  const file = await OpenedFile.open(path);
  try {
    return formatOf(file);
  } finally {
    await file.close();
  }
}

function formatOf({ descriptor, path }: OpenedFile): TableFormat | null {
  const start = Buffer.alloc(startBytes);
  try {
    return tableFormatOf(start.subarray(0, readSync(descriptor, start, 0, startBytes, 0)));
  } catch (cause) {
    throw accessError(path, cause as NodeJS.ErrnoException);
  }
}

async function inThread(path: string, request: TableRequest, signal?: AbortSignal): Promise<NumberTable> {
  const worker = startWorker(new URL('./table-worker.js', import.meta.url), request);
  let onAbort = () => {};
  try {
    const reply = await new Promise<TableReply>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      worker.once('message', resolve);
      worker.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new FileError('ERR_MEMORY', path, 'not enough memory to read it')
            : cause,
        ),
      );
      worker.once('exit', () => reject(new FileError('ERR_INTERNAL', path, 'the reading thread ended')));
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    if (reply.kind === 'failed') throw new FileError(reply.code, path, reply.message);
    return reply.table;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
