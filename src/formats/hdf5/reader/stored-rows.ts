import { CaloscopeError } from '../../../errors.js';
import { corrupt, undefinedAddress } from './byte-cursor.js';
import { checkFilters, decodeChunk, largestRatio } from './chunk-filters.js';
import { gridCoordinates } from './chunk-grid.js';
import { ChunkIndex, checkChunk, checkChunkShape } from './chunk-index.js';
import { placeChunk } from './chunk-placement.js';
import type { FileBytes } from './file-bytes.js';
import type { StoredElements } from './stored-dataset.js';

/** Elements of whole rows as they are stored, filters undone. They hold until the next rows are asked for. */
export interface RowBytes {
  readonly bytes: Buffer;
  readonly rows: number;
}

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

/** The bytes of rows of a dataset (first axis) of any rank and type, wherever they are kept. */
export interface ElementRows {
  readonly rows: number;
  /** Elements a row. */
  readonly rowElements: number;
  readonly rowBytes: number;
  /** Rows of a chunk; null where the elements lie in one piece. */
  readonly chunkRows: number | null;
  /** Bytes that one band of chunks takes in memory. */
  readonly bandBytes: number;
  /** True where rows exist and not one of them was ever written. */
  readonly neverWritten: boolean;
  /** Chunks that are missing and read as the fill value. */
  readonly missingChunks: number;
  /** True where rows are had only one after the other, so that threads cannot share them. */
  readonly sequential: boolean;
  /**
   * Up to `most` rows from `first` on, as many as lie together.
   *
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
   */
  next(first: number, most: number): RowBytes;
}

/**
 * Rows that lie in this file, in rising order. Each chunk is decoded once as long as the rows requested never go back; one band
 * of chunks is held.
 */
export class StoredRows implements ElementRows {
  readonly rows: number;
  readonly rowElements: number;
  readonly rowBytes: number;
  readonly chunkRows: number | null;
  readonly bandBytes: number;
  readonly neverWritten: boolean;
  readonly missingChunks: number;
  readonly sequential = false;
  readonly #file: FileBytes;
  readonly #dataset: StoredElements;
  readonly #index: ChunkIndex | null;
  /** Bytes as they lie in the file, and a band that was put together of several chunks. */
  readonly #stored = new ReusedBytes();
  readonly #assembled = new ReusedBytes();
  #band: Band | null = null;

  /**
   * Checks filters, chunk sizes and that what the header claims can be true; no element is read.
   *
   * @throws CaloscopeError ERR_FILTER_UNSUPPORTED, ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_TOO_LARGE.
   */
  constructor(file: FileBytes, dataset: StoredElements) {
    const { storage, extent, element } = dataset;
    this.#file = file;
    this.#dataset = dataset;
    this.rows = extent[0] ?? 1;
    this.rowElements = extent.slice(1).reduce((product, length) => product * length, 1);
    this.rowBytes = this.rowElements * element.bytes;
    if (storage.kind === 'virtual')
      throw corrupt('a virtual dataset over a virtual dataset, or a circle of them');
    checkFilters(dataset.filters);
    if (storage.kind === 'chunked') {
      this.chunkRows = storage.chunkShape[0] as number;
      this.#index = new ChunkIndex(file, dataset, storage);
      const { counts } = this.#index.grid;
      this.bandBytes = Math.min(this.chunkRows, this.rows) * this.rowBytes;
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
    const ratio = Math.min(mostRatio, Math.max(deflateRatio, largestRatio(dataset.filters)));
    if (!this.neverWritten) requirePlausible(this.rows * this.rowBytes, file.size, ratio);
  }

  /** Where the chunks lie; null for elements in one piece. */
  get chunkIndex(): ChunkIndex | null {
    return this.#index;
  }

  next(first: number, most: number): RowBytes {
    const { rowBytes } = this;
    const { storage, fillValue } = this.#dataset;
    if (this.neverWritten) return { bytes: Buffer.alloc(most * rowBytes, fillValue), rows: most };
    if (storage.kind === 'compact') {
      return { bytes: storage.bytes.subarray(first * rowBytes, (first + most) * rowBytes), rows: most };
    }
    if (storage.kind === 'contiguous') {
      return { bytes: this.#readStored(storage.address + first * rowBytes, most * rowBytes), rows: most };
    }
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

  #decodeBand(number: number): Buffer {
    const index = this.#index as ChunkIndex;
    const { extent, element, fillValue } = this.#dataset;
    const { counts, chunkShape, chunkBytes } = index.grid;
    const across = counts.slice(1).reduce((product, count) => product * count, 1);
    const first = number * across;
    if (across === 1 && chunkShape.slice(1).every((size, axis) => size === extent[axis + 1])) {
      return this.#decode(index, first) ?? Buffer.alloc(chunkBytes, fillValue);
    }
    const rows = Math.min(this.chunkRows as number, this.rows - number * (this.chunkRows as number));
    const band = this.#assembled.take(rows * this.rowBytes);
    for (let i = 0; i < across; i++) {
      if (index.get(first + i)) continue;
      band.fill(fillValue);
      break;
    }
    const wholeShape = [rows, ...extent.slice(1)];
    for (let i = 0; i < across; i++) {
      const chunk = this.#decode(index, first + i);
      if (!chunk) continue;
      const [, ...place] = gridCoordinates(first + i, counts);
      const start = [0, ...place.map((at, axis) => at * (chunkShape[axis + 1] as number))];
      placeChunk(chunk, band, { chunkShape, wholeShape, start }, element.bytes);
    }
    return band;
  }

  #decode(index: ChunkIndex, linear: number): Buffer | undefined {
    const chunk = index.get(linear);
    if (!chunk) return undefined;
    const { filters, element } = this.#dataset;
    const { chunkBytes } = index.grid;
    checkChunk(chunk, index.grid, largestRatio(filters));
    const stored = this.#readStored(chunk.address, chunk.size);
    return decodeChunk(stored, chunk.filterMask, { filters, element, chunkBytes });
  }

  #readStored(address: number, length: number): Buffer {
    const bytes = this.#stored.take(this.#file.require(address, length));
    this.#file.readInto(address, bytes);
    return bytes;
  }
}

/** A deflate stream shrinks to 1/1032 at best, some more for bytes that are in no stream; others to 1/32768. */
const deflateRatio = 1100;
const mostRatio = 33_000;

/** What is claimed beyond what filters can unpack cannot be in the file. */
function requirePlausible(claimed: number, fileBytes: number, ratio: number): void {
  if (!Number.isFinite(claimed)) throw corrupt('a dataset of impossible size');
  if (claimed <= ratio * fileBytes + 16 * 2 ** 20) return;
  throw new CaloscopeError(
    'ERR_TOO_LARGE',
    `it claims ${(claimed / 2 ** 30).toFixed(1)} GiB in a file of ${fileBytes} bytes, which cannot be; ` +
      'the file is damaged or was never filled',
  );
}
