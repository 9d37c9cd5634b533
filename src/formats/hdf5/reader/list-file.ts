import { once } from 'node:events';
import { resolve } from 'node:path';
import { type ErrorCode, FileError } from '../../../errors.js';
import { startWorker } from '../../../worker-thread.js';
import { OpenedFile } from '../../files/opened-file.js';
import type { DatasetListing } from './dataset-listing.js';

export interface ListingWorkerData {
  readonly descriptor: number;
  /** For the library, which opens files by their path only. */
  readonly path: string;
}

export type ListingReply =
  | { readonly kind: 'listed'; readonly listing: DatasetListing }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/**
 * All datasets of an HDF5 file, by their headers, listed in a worker thread.
 *
 * @throws FileError with the codes for files; the reason of the signal when aborted.
 */
export async function listFile(path: string, signal?: AbortSignal): Promise<DatasetListing> {
  signal?.throwIfAborted();
  const file = await OpenedFile.open(path);
  const worker = startWorker(new URL('./listing-worker.js', import.meta.url), {
    descriptor: file.descriptor,
    path: resolve(path),
  } satisfies ListingWorkerData);
  try {
    const [reply] = (await once(worker, 'message', signal ? { signal } : {})) as [ListingReply];
    file.requireUnchanged();
    if (reply.kind === 'listed') return reply.listing;
    throw new FileError(reply.code, path, reply.message);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
    await file.close();
  }
}
