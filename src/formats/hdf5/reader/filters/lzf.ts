import { corrupt } from '../byte-cursor.js';

/**
 * Unpacks LZF, the filter that h5py names `lzf`, after the description of the format in LibLZF: a byte below 32 says how many
 * bytes (and one) follow as they are; any other has the length of a repetition in its upper 3 bits (7: a byte more) and the upper
 * 5 bits of its distance in the lower.
 *
 * @param most bytes that the result has at most.
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function unpackLzf(packed: Buffer, most: number): Buffer {
  const result = Buffer.allocUnsafeSlow(most);
  let out = 0;
  for (let at = 0; at < packed.length; ) {
    const control = packed[at++] as number;
    if (control < 32) {
      const length = control + 1;
      if (at + length > packed.length || out + length > most) throw corrupt('an LZF chunk does not unpack');
      for (let i = 0; i < length; i++) result[out++] = packed[at++] as number;
      continue;
    }
    let length = control >> 5;
    if (length === 7) length += packed[at++] ?? 0;
    length += 2;
    const distance = (((control & 31) << 8) | (packed[at++] ?? 0)) + 1;
    if (at > packed.length || distance > out || out + length > most)
      throw corrupt('an LZF chunk does not unpack');
    for (let i = 0; i < length; i++, out++) result[out] = result[out - distance] as number;
  }
  return result.subarray(0, out);
}
