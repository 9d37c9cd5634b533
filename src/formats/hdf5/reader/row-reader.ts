import { type ChunkList, chunkListOf } from './chunk-list.js';
import { openElementRows } from './element-rows.js';
import type { FileBytes } from './file-bytes.js';
import { decodeNumbers, storedNumbers } from './number-type.js';
import type { StoredDataset } from './stored-dataset.js';
import { type ElementRows, StoredRows } from './stored-rows.js';

/**
 * Reads the numbers of rows of a dataset (first axis) of any rank, in C order. Each chunk is decoded once as long as the rows
 * requested never go back.
 */
export class RowReader {
  readonly rows: number;
  /** Axes of a row: those of the dataset but the first, then those of an array in each element. */
  readonly rowShape: readonly number[];
  /** Numbers a row. */
  readonly rowLength: number;
  /** Rows of a chunk; null where the numbers lie in one piece. */
  readonly chunkRows: number | null;
  /** Bytes that one band of chunks takes in memory. */
  readonly bandBytes: number;
  /** True where rows exist and not one of them was ever written. */
  readonly neverWritten: boolean;
  /** Chunks that are missing and read as the fill value. */
  readonly missingChunks: number;
  /** True where rows are had only one after the other, so that threads cannot share them. */
  readonly sequential: boolean;
  readonly #dataset: StoredDataset;
  readonly #stored: ElementRows;
  /** True where the numbers of a row lie side by side. */
  readonly #together: boolean;
  #numbers: Float32Array | Float64Array = new Float32Array(0);

  /**
   * Checks filters, chunk sizes and that what the header claims can be true; no number is read.
   *
   * @param stored the rows of the dataset where they are kept in a way that HDF5 does not know.
   * @throws CaloscopeError ERR_FILTER_UNSUPPORTED, ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_TOO_LARGE.
   */
  constructor(file: FileBytes, dataset: StoredDataset, stored: ElementRows = openElementRows(file, dataset)) {
    this.#dataset = dataset;
    this.#stored = stored;
    this.#together = dataset.perElement * dataset.type.bytes === dataset.element.bytes;
    this.rows = stored.rows;
    this.rowShape = dataset.shape.slice(dataset.extent.length > 0 ? 1 : 0);
    this.rowLength = stored.rowElements * dataset.perElement;
    this.chunkRows = stored.chunkRows;
    this.bandBytes = stored.bandBytes;
    this.neverWritten = stored.neverWritten;
    this.missingChunks = stored.missingChunks;
    this.sequential = stored.sequential;
  }

  /**
   * Rows `first` to `first + count` as count × rowLength numbers, which hold until the next call: they are the stored bytes
   * themselves where these can be used as they are.
   *
   * @param wide float64; otherwise float32.
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
   */
  view(first: number, count: number, wide: boolean): Float32Array | Float64Array {
    const { type } = this.#dataset;
    const length = count * this.rowLength;
    const asStored = this.#together && type.kind === 'float' && type.bytes === (wide ? 8 : 4);
    const inOneBand = this.chunkRows === null || (first % this.chunkRows) + count <= this.chunkRows;
    if (asStored && inOneBand && count > 0) {
      const numbers = storedNumbers(type, this.#stored.next(first, count).bytes, 0, length);
      if (numbers instanceof Float32Array || numbers instanceof Float64Array) return numbers;
    }
    if (this.#numbers.length < length || this.#numbers instanceof Float64Array !== wide) {
      this.#numbers = wide ? new Float64Array(length) : new Float32Array(length);
    }
    this.read(first, count, this.#numbers, 0, this.rowLength);
    return this.#numbers.subarray(0, length);
  }

  /** Where the numbers lie, for whoever reads them without this; null where they are of a form that only this reader knows. */
  chunkList(file: FileBytes): ChunkList | null {
    if (!(this.#stored instanceof StoredRows) || this.neverWritten) return null;
    return chunkListOf(file, this.#dataset, this.#stored.chunkIndex);
  }

  /**
   * Turns rows `first` to `first + count` into numbers: row i goes to `target[at + i·stride …]`.
   *
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
   */
  read(first: number, count: number, target: Float32Array | Float64Array, at: number, stride: number): void {
    for (let done = 0; done < count; ) {
      const { bytes, rows } = this.#stored.next(first + done, count - done);
      const start = at + done * stride;
      if (stride === this.rowLength) {
        this.#decode(bytes, 0, rows * this.#stored.rowElements, target, start);
      } else {
        for (let i = 0; i < rows; i++) {
          this.#decode(
            bytes,
            i * this.#stored.rowBytes,
            this.#stored.rowElements,
            target,
            start + i * stride,
          );
        }
      }
      done += rows;
    }
  }

  /** Numbers of `count` elements from byte `from` on. */
  #decode(bytes: Buffer, from: number, count: number, target: Float32Array | Float64Array, at: number): void {
    const { type, element, perElement, numbersAt } = this.#dataset;
    if (this.#together) {
      decodeNumbers(type, bytes, from, count * perElement, target, at);
      return;
    }
    for (let i = 0; i < count; i++) {
      decodeNumbers(
        type,
        bytes,
        from + numbersAt + i * element.bytes,
        perElement,
        target,
        at + i * perElement,
      );
    }
  }
}
