import { readFileSync, writeFileSync } from 'node:fs';

/** Numbers that are written at once: Node writes at most 2 GiB. */
const piece = 2 ** 27;

/** Writes the bytes of a typed array: what `numpy.fromfile` reads. */
export function writeArray(path, values) {
  writeFileSync(path, '');
  for (let first = 0; first < values.length; first += piece) {
    writeFileSync(path, values.subarray(first, first + piece), { flag: 'a' });
  }
}

/** Reads what `ndarray.tofile` wrote (up to 2 GiB) as a typed array. */
export function readArray(path, Type) {
  const bytes = new Uint8Array(readFileSync(path)); // a copy: buffers of Node may start anywhere
  return new Type(bytes.buffer);
}
