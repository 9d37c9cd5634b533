import { readFileSync } from 'node:fs';

/** Numbers of a NumPy file (version 1, little-endian floats, C order). */
export function readNpy(path: string): { readonly shape: readonly number[]; readonly values: Float64Array } {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const kind = /'descr': '<f([48])'/.exec(header)?.[1];
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (!kind || shape === undefined || !header.includes("'fortran_order': False"))
    throw new Error(`${path}: ${header}`);
  const size = Number(kind);
  const values = new Float64Array((bytes.length - start) / size);
  for (let i = 0; i < values.length; i++) {
    const place = start + i * size;
    values[i] = size === 4 ? bytes.readFloatLE(place) : bytes.readDoubleLE(place);
  }
  return { shape: shape.split(',').filter(Boolean).map(Number), values };
}
