import { CaloscopeError } from '../../../errors.js';
import { corrupt } from './byte-cursor.js';
import { openElementRows } from './element-rows.js';
import type { FileBytes } from './file-bytes.js';
import { GlobalHeap, heapReferenceBytes } from './global-heap.js';
import { decodeNumbers, fitsFloat32, type NumberType } from './number-type.js';
import type { StoredSequences } from './stored-dataset.js';
import type { ElementRows } from './stored-rows.js';

/** Numbers of sequences one after the other: sequence i is `values[offsets[i] … offsets[i + 1])`. */
export interface Sequences {
  readonly offsets: Float64Array;
  readonly values: Float32Array | Float64Array;
}

/** More numbers than this are refused in one piece; a hostile file may name the same ones again and again. */
const mostBytes = 2 ** 30;

/** Reads rows (first axis) of a dataset of sequences, each of its own length. */
export class SequenceReader {
  readonly rows: number;
  /** Sequences a row: 1 for a dataset of one axis. */
  readonly perRow: number;
  /** True where rows exist and not one of them was ever written. */
  readonly neverWritten: boolean;
  readonly #type: NumberType;
  readonly #stored: ElementRows;
  readonly #heap: GlobalHeap;

  /**
   * Checks what can be checked before a number is read.
   *
   * @throws CaloscopeError as {@link RowReader}.
   */
  constructor(file: FileBytes, dataset: StoredSequences) {
    if (dataset.element.bytes !== heapReferenceBytes) throw corrupt('sequences of an unknown form');
    this.#type = dataset.type;
    this.#stored = openElementRows(file, dataset);
    this.#heap = new GlobalHeap(file);
    this.rows = this.#stored.rows;
    this.perRow = this.#stored.rowElements;
    this.neverWritten = this.#stored.neverWritten;
  }

  /**
   * The sequences of rows `first` to `first + count`, count × perRow of them; float32 where that holds the stored numbers
   * exactly.
   *
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_TOO_LARGE for more than 1 GiB of numbers.
   */
  read(first: number, count: number): Sequences {
    const type = this.#type;
    const offsets = new Float64Array(count * this.perRow + 1);
    let values = numbersFor(type, 1024);
    let read = 0;
    let total = 0;
    for (let done = 0; done < count; ) {
      const { bytes, rows } = this.#stored.next(first + done, count - done);
      for (let i = 0; i < rows * this.perRow; i++) {
        const piece = this.#heap.elements(bytes, i * heapReferenceBytes, type.bytes);
        const length = piece.length / type.bytes;
        if ((total + length) * type.bytes > mostBytes) throw tooLong(first, count);
        // Grown by what is there, not by what the references claim.
        if (total + length > values.length) values = longer(type, values, total + length);
        decodeNumbers(type, piece, 0, length, values, total);
        total += length;
        read += 1;
        offsets[read] = total;
      }
      done += rows;
    }
    return { offsets, values: values.subarray(0, total) };
  }
}

function numbersFor(type: NumberType, length: number): Float32Array | Float64Array {
  return fitsFloat32(type) ? new Float32Array(length) : new Float64Array(length);
}

function longer(type: NumberType, values: Float32Array | Float64Array, needed: number) {
  const grown = numbersFor(type, Math.max(needed, 2 * values.length));
  grown.set(values);
  return grown;
}

function tooLong(first: number, count: number): CaloscopeError {
  return new CaloscopeError(
    'ERR_TOO_LARGE',
    `rows ${first} to ${first + count} have more than 1 GiB of numbers; read fewer at once`,
  );
}
