/** A worker thread that reads whole datasets of one file, and ends with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { CaloscopeError } from '../../../errors.js';
import { allocated } from '../../../machine/allocation.js';
import { openElementRows } from './element-rows.js';
import { FileBytes } from './file-bytes.js';
import type { DatasetsReply, DatasetsWorkerData, ReadDataset, WantedDataset } from './read-datasets.js';
import { RowReader } from './row-reader.js';
import { readStoredDataset, readStoredElements } from './stored-dataset.js';

const { descriptor, path, wanted } = workerData as DatasetsWorkerData;
const file = new FileBytes(descriptor, path);

function readOne({ address, members, as }: WantedDataset): ReadDataset {
  if (as === 'text') return readText(address);
  const stored = readStoredDataset(file, address, members);
  const rows = new RowReader(file, stored);
  const length = rows.rows * rows.rowLength;
  const values = as === 'float32' ? allocated(length) : allocated(length, as);
  rows.read(0, rows.rows, values, 0, rows.rowLength);
  return { shape: stored.shape, values };
}

function readText(address: number): ReadDataset {
  const stored = readStoredElements(file, address);
  const { element, extent } = stored;
  if (element.kind !== 'text' || element.variable) {
    throw new CaloscopeError('ERR_DATASET_TYPE', 'it does not hold strings of fixed length');
  }
  const all = openElementRows(file, stored);
  const values: string[] = [];
  for (let first = 0; first < all.rows; ) {
    const { bytes, rows } = all.next(first, all.rows - first);
    for (let i = 0; i < rows * all.rowElements; i++) {
      const text = bytes.toString('utf8', i * element.bytes, (i + 1) * element.bytes);
      values.push(text.replace(/\0.*$/s, ''));
    }
    first += rows;
  }
  return { shape: extent, values };
}

function answer(): DatasetsReply {
  const datasets: ReadDataset[] = [];
  for (const one of wanted) {
    try {
      datasets.push(readOne(one));
    } catch (error) {
      if (!(error instanceof CaloscopeError)) throw error;
      return { kind: 'failed', code: error.code, message: `dataset ${one.path}: ${error.message}` };
    }
  }
  return { kind: 'read', datasets };
}

const reply = answer();
const buffers =
  reply.kind === 'read'
    ? reply.datasets.flatMap(({ values }) =>
        ArrayBuffer.isView(values) ? [values.buffer as ArrayBuffer] : [],
      )
    : [];
parentPort?.postMessage(reply, buffers);
