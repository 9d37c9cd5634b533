import { corrupt } from '../../byte-cursor.js';

export function damaged() {
  return corrupt('a Zstandard stream does not unpack');
}

/**
 * Bits that are read from the last to the first byte of `bytes`; the highest bit that is set in the last byte only marks the end
 * (RFC 8878, 4.1).
 */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits that are left; below zero where more were asked for, which read as zeros. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0;
    if (last === 0) throw damaged();
    this.#bytes = bytes;
    this.left = 8 * bytes.length - (Math.clz32(last) - 24) - 1;
  }

  /** The next `count` bits, at most 31, without going on. */
  peek(count: number): number {
    const from = this.left - count;
    if (from >= 0) return this.#at(from, count);
    return this.left <= 0 ? 0 : this.#at(0, this.left) * 2 ** -from;
  }

  read(count: number): number {
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }

  #at(from: number, count: number): number {
    const bytes = this.#bytes;
    const at = from >> 3;
    const shift = from & 7;
    // Beyond the end there are zeros: an undefined byte is one in these operations.
    const low =
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)) >>>
      shift;
    if (shift + count <= 32) return low & ((1 << count) - 1);
    const high = (bytes[at + 4] as number) & ((1 << (shift + count - 32)) - 1);
    return low + high * 2 ** (32 - shift);
  }
}
