import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { RowReader } from '../../../formats/hdf5/reader/row-reader.js';
import {
  numbersOf,
  readStoredElements,
  type StoredDataset,
  sequencesOf,
} from '../../../formats/hdf5/reader/stored-dataset.js';
import { InflatedRows } from '../../../formats/numpy/inflated-rows.js';
import { readArrayHeader } from '../../../formats/numpy/stored-arrays.js';
import type { DatasetPlace } from './reading-protocol.js';

/** A dataset whose header was read; of sequences, type and shape are those of their numbers and of themselves. */
export interface DatasetHeader {
  readonly place: DatasetPlace;
  readonly stored: StoredDataset;
}

export interface OpenDataset extends DatasetHeader {
  readonly rows: RowReader;
}

/** Reads the header of a dataset, without its numbers. */
export function readHeader(file: FileBytes, place: DatasetPlace): DatasetHeader {
  return inDataset(place.path, () => {
    if ('array' in place) return { place, stored: readArrayHeader(file, place.array) };
    const elements = readStoredElements(file, place.address);
    if (elements.element.kind !== 'sequence') return { place, stored: numbersOf(elements) };
    return {
      place,
      stored: { ...sequencesOf(elements), shape: elements.extent, perElement: 1, numbersAt: 0 },
    };
  });
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
    numbersOf(stored); // refuses sequences
    const rows = new RowReader(file, stored, packedRows(file, place, stored));
    if (rows.neverWritten) {
      throw new CaloscopeError('ERR_FILL_ONLY', 'its numbers were never written; write the file again');
    }
    return { place, stored, rows };
  });
}

/** The rows of a packed array; undefined for others. */
function packedRows(file: FileBytes, place: DatasetPlace, stored: StoredDataset): InflatedRows | undefined {
  const array = 'array' in place ? place.array : null;
  if (!array?.packed || stored.storage.kind !== 'contiguous') return undefined;
  return new InflatedRows(file, stored, array.start, array.packed, stored.storage.address - array.start);
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
export function eachOnce<Dataset extends DatasetHeader>(all: readonly Dataset[]): Dataset[] {
  return all.filter(({ place }, i) => all.findIndex((other) => other.place.path === place.path) === i);
}

/**
 * The same numbers without a first axis of length 1.
 *
 * @throws CaloscopeError ERR_DATASET_SHAPE where they lie in chunks, which begin with that axis.
 */
export function withoutLeadingOne({ place, stored }: DatasetHeader): DatasetHeader {
  if (stored.storage.kind === 'contiguous' || stored.storage.kind === 'compact') {
    const { extent, maxExtent, shape } = stored;
    const rest = { extent: extent.slice(1), maxExtent: maxExtent.slice(1), shape: shape.slice(1) };
    return { place, stored: { ...stored, ...rest } };
  }
  const message = `dataset ${place.path} has shape (${stored.shape.join(',')}) and lies in chunks; write it without the first axis: f["new"] = f["old"][0]`;
  throw new CaloscopeError('ERR_DATASET_SHAPE', message);
}
