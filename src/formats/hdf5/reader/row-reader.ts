import { CaloscopeError } from '../../../errors.js';
import { corrupt, undefinedAddress } from './byte-cursor.js';
import { boundedByDeflate, checkFilters, decodeChunk } from './chunk-filters.js';
import { ChunkIndex, checkChunk, checkChunkShape } from './chunk-index.js';
import type { FileBytes } from './file-bytes.js';
import { decodeNumbers, storedNumbers } from './number-type.js';
import type { StoredDataset } from './stored-dataset.js';

/** Rows decoded together: those of one row of chunks, in row order as stored. */
interface Band {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Memory that is used again: what lay in it is gone at the next call. */
class ReusedBytes {
  #bytes = Buffer.alloc(0);

  take(length: number): Buffer {
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(length);
    return this.#bytes.subarray(0, length);
  }
}

/**
 * Reads rows of a dataset (first axis) in rising order. Each chunk is decoded once as long as the rows requested
 * never go back; one band of chunks is held.
 */
export class RowReader {
  readonly rows: number;
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
  readonly #file: FileBytes;
  readonly #dataset: StoredDataset;
  readonly #index: ChunkIndex | null;
  /** Bytes as they lie in the file, and a band that was put together of several chunks. */
  readonly #stored = new ReusedBytes();
  readonly #assembled = new ReusedBytes();
  #band: Band | null = null;
  #numbers: Float32Array | Float64Array = new Float32Array(0);

  /**
   * Checks filters, chunk sizes and that what the header claims can be true; no number is read.
   *
   * @throws CaloscopeError ERR_FILTER_UNSUPPORTED, ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_TOO_LARGE.
   */
  constructor(file: FileBytes, dataset: StoredDataset) {
    const { storage, shape, type } = dataset;
    this.#file = file;
    this.#dataset = dataset;
    this.rows = shape[0] ?? 1;
    this.rowLength = shape.slice(1).reduce((product, length) => product * length, 1);
    const rowBytes = this.rowLength * type.bytes;
    checkFilters(dataset.filters);
    if (storage.kind === 'chunked') {
      this.chunkRows = storage.chunkShape[0] ?? 1;
      this.#index = new ChunkIndex(file, dataset, storage);
      const { counts } = this.#index.grid;
      this.bandBytes = Math.min(this.chunkRows, this.rows) * rowBytes;
      this.missingChunks = counts.reduce((product, count) => product * count, 1) - this.#index.size;
      this.neverWritten = this.rows > 0 && this.#index.size === 0;
      if (!this.neverWritten) checkChunkShape(this.#index.grid, this.bandBytes);
    } else {
      this.chunkRows = null;
      this.#index = null;
      this.bandBytes = 0;
      this.missingChunks = 0;
      this.neverWritten =
        storage.kind === 'contiguous' && storage.address === undefinedAddress && this.rows > 0;
      if (storage.kind === 'contiguous' && !this.neverWritten && this.rows > 0) {
        file.require(storage.address, storage.length);
      }
    }
    if (!this.neverWritten) requirePlausible(this.rows * rowBytes, file.size);
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
    const asStored = type.kind === 'float' && type.bytes === (wide ? 8 : 4);
    const together = this.chunkRows === null || (first % this.chunkRows) + count <= this.chunkRows;
    if (asStored && together && count > 0) {
      const numbers = storedNumbers(type, this.#piece(first, count).bytes, 0, length);
      if (numbers instanceof Float32Array || numbers instanceof Float64Array) return numbers;
    }
    if (this.#numbers.length < length || this.#numbers instanceof Float64Array !== wide) {
      this.#numbers = wide ? new Float64Array(length) : new Float32Array(length);
    }
    this.read(first, count, this.#numbers, 0, this.rowLength);
    return this.#numbers.subarray(0, length);
  }

  /**
   * Turns rows `first` to `first + count` into numbers: row i goes to `target[at + i·stride …]`.
   *
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
   */
  read(first: number, count: number, target: Float32Array | Float64Array, at: number, stride: number): void {
    const { type } = this.#dataset;
    for (let done = 0; done < count; ) {
      const piece = this.#piece(first + done, count - done);
      const start = at + done * stride;
      if (stride === this.rowLength) {
        decodeNumbers(type, piece.bytes, 0, piece.rows * this.rowLength, target, start);
      } else {
        const rowBytes = this.rowLength * type.bytes;
        for (let i = 0; i < piece.rows; i++) {
          decodeNumbers(type, piece.bytes, i * rowBytes, this.rowLength, target, start + i * stride);
        }
      }
      done += piece.rows;
    }
  }

  /** Stored bytes of up to `most` rows from `first` on, as many as lie together. */
  #piece(first: number, most: number): { bytes: Buffer; rows: number } {
    const { storage, type, fillValue } = this.#dataset;
    const rowBytes = this.rowLength * type.bytes;
    if (storage.kind === 'chunked') {
      const height = this.chunkRows as number;
      const number = Math.floor(first / height);
      if (this.#band?.number !== number) {
        this.#band = null; // the old band need not live while the next is decoded
        this.#band = { number, bytes: this.#decodeBand(number) };
      }
      const within = first - number * height;
      const rows = Math.min(most, height - within, this.rows - first);
      return { bytes: this.#band.bytes.subarray(within * rowBytes, (within + rows) * rowBytes), rows };
    }
    if (storage.kind === 'compact') {
      return { bytes: storage.bytes.subarray(first * rowBytes, (first + most) * rowBytes), rows: most };
    }
    if (this.neverWritten) return { bytes: Buffer.alloc(most * rowBytes, fillValue), rows: most };
    return { bytes: this.#readStored(storage.address + first * rowBytes, most * rowBytes), rows: most };
  }

  #decodeBand(number: number): Buffer {
    const index = this.#index as ChunkIndex;
    const { shape, type, fillValue } = this.#dataset;
    const [, columns = 1, depth = 1] = index.grid.counts;
    const across = columns * depth;
    if (across === 1 && index.grid.chunkShape.slice(1).every((size, axis) => size === shape[axis + 1])) {
      const chunk = this.#decode(index, number);
      return chunk ?? Buffer.alloc(index.grid.chunkBytes, fillValue);
    }
    const rows = Math.min(this.chunkRows as number, this.rows - number * (this.chunkRows as number));
    const band = this.#assembled.take(rows * this.rowLength * type.bytes);
    const first = number * across;
    for (let i = 0; i < across; i++) {
      if (index.get(first + i)) continue;
      band.fill(fillValue);
      break;
    }
    for (let i = 0; i < across; i++) {
      const chunk = this.#decode(index, first + i);
      if (chunk) this.#scatter(chunk, band, rows, [Math.floor(i / depth), i % depth]);
    }
    return band;
  }

  #decode(index: ChunkIndex, linear: number): Buffer | undefined {
    const chunk = index.get(linear);
    if (!chunk) return undefined;
    const { filters, type } = this.#dataset;
    const { chunkBytes } = index.grid;
    checkChunk(chunk, index.grid, boundedByDeflate(filters));
    return decodeChunk(this.#readStored(chunk.address, chunk.size), chunk.filterMask, {
      filters,
      type,
      chunkBytes,
    });
  }

  #readStored(address: number, length: number): Buffer {
    const bytes = this.#stored.take(this.#file.require(address, length));
    this.#file.readInto(address, bytes);
    return bytes;
  }

  /** Copies what of a chunk lies within the dataset; the second and third axes are those of a row. */
  #scatter(chunk: Buffer, band: Buffer, rows: number, place: readonly [number, number]): void {
    const { shape, type } = this.#dataset;
    const chunkShape = (this.#index as ChunkIndex).grid.chunkShape;
    const flat = shape.length < 3;
    const lines = flat ? 1 : (shape[1] as number);
    const width = (flat ? shape[1] : shape[2]) ?? 1;
    const chunkLines = flat ? 1 : (chunkShape[1] as number);
    const chunkWidth = (flat ? chunkShape[1] : chunkShape[2]) ?? 1;
    const firstLine = (flat ? 0 : place[0]) * chunkLines;
    const firstColumn = (flat ? place[0] : place[1]) * chunkWidth;
    const lineCount = Math.min(chunkLines, lines - firstLine);
    const run = Math.min(chunkWidth, width - firstColumn) * type.bytes;
    for (let row = 0; row < rows; row++) {
      for (let line = 0; line < lineCount; line++) {
        const from = (row * chunkLines + line) * chunkWidth * type.bytes;
        const to = ((row * lines + firstLine + line) * width + firstColumn) * type.bytes;
        chunk.copy(band, to, from, from + run);
      }
    }
  }
}

/** A deflate stream shrinks to 1/1032 at best; what is claimed beyond that cannot be in the file. */
function requirePlausible(claimed: number, fileBytes: number): void {
  if (!Number.isFinite(claimed)) throw corrupt('a dataset of impossible size');
  if (claimed <= 1100 * fileBytes + 16 * 2 ** 20) return;
  throw new CaloscopeError(
    'ERR_TOO_LARGE',
    `it claims ${(claimed / 2 ** 30).toFixed(1)} GiB in a file of ${fileBytes} bytes, which cannot be; ` +
      'the file is damaged or was never filled',
  );
}
