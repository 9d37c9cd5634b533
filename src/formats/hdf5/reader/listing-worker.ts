/** A worker thread that lists the datasets of one file, and ends with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { CaloscopeError } from '../../../errors.js';
import { loadLibrary } from '../library.js';
import { listDatasets, listPlainDatasets } from './dataset-listing.js';
import { FileBytes } from './file-bytes.js';
import { Hdf5Links } from './links.js';
import type { ListingReply, ListingWorkerData } from './list-file.js';

const { descriptor, path } = workerData as ListingWorkerData;

async function answer(): Promise<ListingReply> {
  try {
    const file = new FileBytes(descriptor, path);
    const plain = listPlainDatasets(file);
    if (plain) return { kind: 'listed', listing: plain };
    const links = new Hdf5Links(await loadLibrary(), path);
    return { kind: 'listed', listing: listDatasets(file, links) };
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    return { kind: 'failed', code: error.code, message: error.message };
  }
}

parentPort?.postMessage(await answer());
