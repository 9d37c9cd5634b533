import { corrupt } from './byte-cursor.js';

/** Bob Jenkins' lookup3 ("hashlittle", start value 0), the checksum of HDF5 metadata since format version 2. */
export function lookup3(bytes: Uint8Array): number {
  let length = bytes.length;
  let a = (0xdeadbeef + length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  const word = (i: number, count: number): number => {
    let value = 0;
    for (let k = 0; k < Math.min(4, count); k++) value |= (bytes[i + k] ?? 0) << (8 * k);
    return value;
  };
  while (length > 12) {
    a = (a + word(at, 4)) | 0;
    b = (b + word(at + 4, 4)) | 0;
    c = (c + word(at + 8, 4)) | 0;
    [a, b, c] = mix(a, b, c);
    length -= 12;
    at += 12;
  }
  if (length === 0) return c >>> 0;
  a = (a + word(at, length)) | 0;
  b = (b + word(at + 4, length - 4)) | 0;
  c = (c + word(at + 8, length - 8)) | 0;
  return finish(a, b, c) >>> 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(x: number, y: number, z: number): [number, number, number] {
  let [a, b, c] = [x, y, z];
  a = ((a - c) ^ rotate(c, 4)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 6)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 8)) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ rotate(c, 16)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 19)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 4)) | 0;
  b = (b + a) | 0;
  return [a, b, c];
}

function finish(x: number, y: number, z: number): number {
  let [a, b, c] = [x, y, z];
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) | 0;
}

/** Checks that the last four bytes are the lookup3 of those before them. */
export function requireChecksum(bytes: Buffer, what: string): void {
  const end = bytes.length - 4;
  if (end < 0 || lookup3(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw corrupt(`the checksum of ${what} is wrong`);
  }
}

/** Fletcher's checksum as HDF5 takes it: 16-bit big-endian words, sums modulo 65535. */
export function fletcher32(bytes: Uint8Array): number {
  let first = 0;
  let second = 0;
  const words = bytes.length >> 1;
  // 360 additions of 16-bit words cannot overflow 32 bits before the sums are folded.
  for (let start = 0; start < words; start += 360) {
    const end = Math.min(words, start + 360);
    for (let i = start; i < end; i++) {
      first += ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number);
      second += first;
    }
    first = (first & 0xffff) + (first >>> 16);
    second = (second & 0xffff) + (second >>> 16);
  }
  if (bytes.length % 2 === 1) {
    first += (bytes[bytes.length - 1] as number) << 8;
    second += first;
  }
  first = fold(fold(first));
  second = fold(fold(second));
  return ((second << 16) | first) >>> 0;
}

function fold(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}
