import { once } from 'node:events';
import { resolve } from 'node:path';
import { type ErrorCode, FileError } from '../../../errors.js';
import { startWorker } from '../../../worker-thread.js';
import { Checksum } from '../../files/checksum.js';
import { OpenedFile } from '../../files/opened-file.js';

/** A dataset that is wanted whole, by the address of its header in a listing of the file. */
export interface WantedDataset {
  readonly path: string;
  readonly address: number;
  /** Names of the member of a compound that holds the numbers, then of a member of that, …; none: no compound. */
  readonly members: readonly string[];
  readonly as: 'float32' | 'float64' | 'text';
}

/** Numbers in C order, or texts of fixed length without the padding at their end. */
export type DatasetValues = Float32Array | Float64Array | readonly string[];

export interface ReadDataset {
  /** The axes of the dataset, then those of an array in each element. */
  readonly shape: readonly number[];
  readonly values: DatasetValues;
}

export interface DatasetsWorkerData {
  readonly descriptor: number;
  readonly path: string;
  readonly wanted: readonly WantedDataset[];
}

export type DatasetsReply =
  | { readonly kind: 'read'; readonly datasets: readonly ReadDataset[] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

export interface DatasetsOfFile {
  /** In the order wanted. */
  readonly datasets: readonly ReadDataset[];
  /** SHA-256 of the file as hexadecimal digits; null where it was not wanted. */
  readonly sha256: string | null;
}

/**
 * Reads whole datasets in a worker thread.
 *
 * @param options.checksum whether the checksum of the file is worked out meanwhile.
 * @throws FileError with the codes for files; the reason of the signal when aborted.
 */
export async function readDatasets(
  path: string,
  wanted: readonly WantedDataset[],
  options: { readonly signal?: AbortSignal | undefined; readonly checksum?: boolean } = {},
): Promise<DatasetsOfFile> {
  const { signal, checksum = false } = options;
  signal?.throwIfAborted();
  const file = await OpenedFile.open(path);
  const sum = checksum ? new Checksum(file, signal) : null;
  const worker = startWorker(new URL('./read-datasets-worker.js', import.meta.url), {
    descriptor: file.descriptor,
    path: resolve(path),
    wanted,
  } satisfies DatasetsWorkerData);
  try {
    const [reply] = (await once(worker, 'message', signal ? { signal } : {})) as [DatasetsReply];
    file.requireUnchanged();
    if (reply.kind === 'failed') throw new FileError(reply.code, path, reply.message);
    return { datasets: reply.datasets, sha256: sum && (await sum.sha256) };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
    await sum?.end(new FileError('ERR_DISPOSED', path, 'the file was closed; open it again'));
    await file.close();
  }
}
