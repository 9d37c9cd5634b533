import { crc32 } from 'node:zlib';
import { CaloscopeError } from '../../errors.js';
import type { FileBytes } from '../hdf5/reader/file-bytes.js';
import type { StoredDataset } from '../hdf5/reader/stored-dataset.js';
import type { ElementRows, RowBytes } from '../hdf5/reader/stored-rows.js';
import { type PackedArray, packedBytes } from './array-place.js';
import { InflatedBytes } from './inflated-bytes.js';

/** Numbers that are passed over at once. */
const skippedBytes = 2 ** 20;
/** What deflate makes of a byte at most, and a little more. */
const largestRatio = 1040;

/**
 * Rows of a packed array, one after the other: those before are unpacked first, again where rows are asked for that lie before the
 * last ones. The checksum is compared once the last row was read.
 */
export class InflatedRows implements ElementRows {
  readonly rows: number;
  readonly rowElements: number;
  readonly rowBytes: number;
  readonly chunkRows = null;
  readonly bandBytes = 0;
  readonly neverWritten = false;
  readonly missingChunks = 0;
  readonly sequential = true;
  readonly #file: FileBytes;
  readonly #start: number;
  readonly #packed: PackedArray;
  readonly #numbersStart: number;
  #stream: InflatedBytes | null = null;
  #checksum = 0;
  /** The row that the stream is at. */
  #next = 0;
  #held: { readonly first: number; readonly rows: number; readonly bytes: Buffer } | null = null;

  /**
   * @param start of the packed bytes in the file.
   * @param numbersStart bytes of the header, unpacked.
   * @throws CaloscopeError ERR_FILE_CORRUPT for a header that announces more than the packed bytes can be.
   */
  constructor(
    file: FileBytes,
    { extent, element }: StoredDataset,
    start: number,
    packed: PackedArray,
    numbersStart: number,
  ) {
    this.rows = extent[0] ?? 1;
    this.rowElements = extent.slice(1).reduce((product, length) => product * length, 1);
    this.rowBytes = this.rowElements * element.bytes;
    this.#file = file;
    this.#start = start;
    this.#packed = packed;
    this.#numbersStart = numbersStart;
    if (this.rows * this.rowBytes > largestRatio * (packed.bytes + 1)) {
      const message = `its header announces ${this.rows * this.rowBytes} bytes of numbers, more than ${packed.bytes} packed bytes can be; copy the file again`;
      throw new CaloscopeError('ERR_FILE_CORRUPT', message);
    }
  }

  next(first: number, most: number): RowBytes {
    const held = this.#held;
    if (held && first >= held.first && first + most <= held.first + held.rows) {
      const at = (first - held.first) * this.rowBytes;
      return { bytes: held.bytes.subarray(at, at + most * this.rowBytes), rows: most };
    }
    this.#held = null;
    const length = most * this.rowBytes;
    const before = held?.bytes ?? Buffer.alloc(0);
    const bytes = before.length >= length ? before.subarray(0, length) : Buffer.allocUnsafeSlow(length);
    const stream = this.#streamAt(first);
    this.#read(stream, bytes);
    this.#next = first + most;
    if (this.#next === this.rows && this.#checksum !== this.#packed.crc32) {
      throw new CaloscopeError('ERR_FILE_CORRUPT', 'its checksum differs; copy the file again');
    }
    this.#held = { first, rows: most, bytes };
    return { bytes, rows: most };
  }

  #streamAt(row: number): InflatedBytes {
    if (this.#stream === null || this.#next > row) {
      this.#stream = new InflatedBytes(packedBytes(this.#file, this.#start, this.#packed));
      this.#checksum = 0;
      this.#next = 0;
      this.#skip(this.#stream, this.#numbersStart);
    }
    this.#skip(this.#stream, (row - this.#next) * this.rowBytes);
    this.#next = row;
    return this.#stream;
  }

  #skip(stream: InflatedBytes, count: number): void {
    const rest = Buffer.alloc(Math.min(count, skippedBytes));
    for (let left = count; left > 0; left -= rest.length) this.#read(stream, rest.subarray(0, left));
  }

  #read(stream: InflatedBytes, target: Buffer): void {
    stream.read(target);
    this.#checksum = crc32(target, this.#checksum);
  }
}
