import { CaloscopeError } from '../../../errors.js';

/** The "undefined address" of HDF5 (all bits set), read as a number. */
export const undefinedAddress = Number.POSITIVE_INFINITY;

/** Error for a structure that contradicts itself. */
export function corrupt(what: string): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', `the file is damaged: ${what}; copy or write it again`);
}

/** Reads little-endian fields one after the other; never past the end of its bytes. */
export class ByteCursor {
  readonly bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, position = 0) {
    this.bytes = bytes;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.bytes.length - this.#position;
  }

  skip(count: number): this {
    this.#take(count);
    return this;
  }

  /** The next `count` bytes, not copied. */
  slice(count: number): Buffer {
    const start = this.#take(count);
    return this.bytes.subarray(start, start + count);
  }

  /** An unsigned integer of 1 to 8 bytes; above 2^53 it is refused unless all its bits are set. */
  unsigned(count: number): number {
    const start = this.#take(count);
    if (count <= 6) return count === 0 ? 0 : this.bytes.readUIntLE(start, count);
    const low = this.bytes.readUIntLE(start, 4);
    const high = this.bytes.readUIntLE(start + 4, count - 4);
    if (count === 8 && low === 0xffffffff && high === 0xffffffff) return undefinedAddress;
    if (high > 0x1fffff) throw corrupt(`an impossible length or address at byte ${start} of a header`);
    return high * 2 ** 32 + low;
  }

  /** An 8-byte address; `undefinedAddress` when all bits are set. */
  address(): number {
    return this.unsigned(8);
  }

  expectSignature(signature: string): void {
    if (this.slice(4).toString('latin1') !== signature) throw corrupt(`signature ${signature} not found`);
  }

  expectByte(value: number, what: string): void {
    const found = this.unsigned(1);
    if (found !== value) throw corrupt(`${what} is ${found} where ${value} was expected`);
  }

  #take(count: number): number {
    const start = this.#position;
    if (count < 0 || start + count > this.bytes.length) throw corrupt('a header ends too early');
    this.#position = start + count;
    return start;
  }
}
