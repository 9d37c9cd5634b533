import { corrupt } from '../byte-cursor.js';

/** Distances up to here take 13 bits; 16 more bits follow for larger ones. */
const nearest = 8191;

/**
 * Unpacks BloscLZ, a variant of FastLZ: a byte below 32 says how many bytes (and one) follow as they are; any other has the length
 * of a repetition in its upper 3 bits (7: more bytes follow) and the upper 5 bits of its distance in the lower.
 *
 * @param length bytes of the result.
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function unpackBloscLz(packed: Buffer, length: number): Buffer {
  const result = Buffer.allocUnsafe(length);
  let [at, out] = [0, 0];
  const byte = () => {
    const value = packed[at++];
    if (value === undefined) throw damaged();
    return value;
  };
  let control = byte() & 31;
  for (;;) {
    if (control < 32) {
      const literals = control + 1;
      if (at + literals > packed.length || out + literals > length) throw damaged();
      packed.copy(result, out, at, at + literals);
      at += literals;
      out += literals;
    } else {
      let match = (control >> 5) + 2;
      for (let more = match === 9 ? 255 : 0; more === 255; match += more) more = byte();
      const high = (control & 31) << 8;
      const low = byte();
      let distance = high + low + 1;
      if (low === 255 && high === 31 << 8) {
        const far = byte() << 8;
        distance = far + byte() + nearest + 1;
      }
      if (distance > out || out + match > length) throw damaged();
      for (let i = 0; i < match; i++, out++) result[out] = result[out - distance] as number;
    }
    if (at >= packed.length) break;
    control = byte();
  }
  if (out !== length) throw damaged();
  return result;
}

function damaged() {
  return corrupt('a BloscLZ piece does not unpack');
}
