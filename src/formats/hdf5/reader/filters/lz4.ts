import { corrupt } from '../byte-cursor.js';

/**
 * Unpacks one LZ4 block after the description of the block format (lz4_Block_format.md): a byte with the number of literals and
 * of repeated bytes (15: more bytes follow), the literals, the distance in two bytes; the last sequence has literals only.
 *
 * @param target takes the result, which must fill it.
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function unpackLz4(packed: Buffer, target: Buffer): void {
  let [at, out] = [0, 0];
  const more = (length: number): number => {
    let total = length;
    for (let next = 255; length === 15 && next === 255; total += next) {
      if (at >= packed.length) throw damaged();
      next = packed[at++] as number;
    }
    return total;
  };
  while (at < packed.length) {
    const token = packed[at++] as number;
    const literals = more(token >> 4);
    if (at + literals > packed.length || out + literals > target.length) throw damaged();
    packed.copy(target, out, at, at + literals);
    at += literals;
    out += literals;
    if (at === packed.length) break;
    const distance = (packed[at] as number) | ((packed[at + 1] ?? 0) << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (at > packed.length || distance === 0 || distance > out || out + length > target.length)
      throw damaged();
    for (let i = 0; i < length; i++, out++) target[out] = target[out - distance] as number;
  }
  if (out !== target.length) throw damaged();
}

function damaged() {
  return corrupt('an LZ4 block does not unpack');
}
