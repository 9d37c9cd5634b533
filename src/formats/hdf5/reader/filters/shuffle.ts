import { corrupt } from '../byte-cursor.js';

/** Undoes the shuffle filter, which stores first all first bytes of the numbers, then all second bytes, and so on. */
export function unshuffle(bytes: Buffer, size: number): Buffer {
  if (size < 1) throw corrupt('shuffled numbers of no bytes');
  const count = Math.floor(bytes.length / size);
  const result = Buffer.allocUnsafeSlow(bytes.length);
  for (let k = 0; k < size; k++) {
    const plane = k * count;
    for (let i = 0, at = k; i < count; i++, at += size) result[at] = bytes[plane + i] as number;
  }
  bytes.copy(result, count * size, count * size);
  return result;
}
