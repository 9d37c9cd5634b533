import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { RowReader } from '../../../formats/hdf5/reader/row-reader.js';
import { readStoredDataset, type StoredDataset } from '../../../formats/hdf5/reader/stored-dataset.js';
import type { DatasetPlace } from './reading-protocol.js';

/** A dataset whose header was read. */
export interface DatasetHeader {
  readonly place: DatasetPlace;
  readonly stored: StoredDataset;
}

export interface OpenDataset extends DatasetHeader {
  readonly rows: RowReader;
}

/** Reads the header of a dataset, without its numbers. */
export function readHeader(file: FileBytes, place: DatasetPlace): DatasetHeader {
  return { place, stored: inDataset(place.path, () => readStoredDataset(file, place.address)) };
}

/** Puts the name of the dataset before the message of an error. */
export function inDataset<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    throw new CaloscopeError(error.code, `dataset ${path}: ${error.message}`, { cause: error });
  }
}

export function allocate<T>(create: () => T): T {
  try {
    return create();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CaloscopeError('ERR_MEMORY', 'not enough memory for a block of showers', { cause });
  }
}

/** @throws CaloscopeError ERR_FILL_ONLY and what {@link RowReader} throws. */
export function openRows(file: FileBytes, { place, stored }: DatasetHeader): OpenDataset {
  return inDataset(place.path, () => {
    const rows = new RowReader(file, stored);
    if (rows.neverWritten) {
      throw new CaloscopeError('ERR_FILL_ONLY', 'its numbers were never written; write the file again');
    }
    return { place, stored, rows };
  });
}

/** Turns rows into numbers: row i goes to `target[at + i·stride …]`. */
export function readRows(
  dataset: OpenDataset,
  firstRow: number,
  rows: number,
  target: Float32Array | Float64Array,
  at: number,
  stride: number,
): void {
  inDataset(dataset.place.path, () => dataset.rows.read(firstRow, rows, target, at, stride));
}

/** Each dataset once. */
export function eachOnce(all: readonly OpenDataset[]): OpenDataset[] {
  return all.filter(({ place }, i) => all.findIndex((other) => other.place.path === place.path) === i);
}
