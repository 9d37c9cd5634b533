import { readFileSync } from 'node:fs';
import { Dataset, File, Group, ready } from 'h5wasm/node';
import { sharedPath } from './shared-data.js';

/** Numbers of a dataset, flat. */
export type GoldenNumbers = Float32Array | Float64Array | Int32Array | Int8Array | Uint8Array | Uint16Array;

/** One of the HDF5 files of the reference folder. */
export interface GoldenFile {
  numbers(path: string): GoldenNumbers;
  has(path: string): boolean;
  /** Names of what a group holds. */
  names(path: string): string[];
  close(): void;
}

export async function openGolden(...parts: string[]): Promise<GoldenFile> {
  await ready;
  const file = new File(sharedPath('reference', ...parts), 'r');
  return {
    numbers(path) {
      const dataset = file.get(path);
      if (!(dataset instanceof Dataset)) throw new Error(`no dataset ${path} in ${parts.join('/')}`);
      return dataset.value as GoldenNumbers;
    },
    has: (path) => file.get(path) !== null,
    names(path) {
      const group = file.get(path);
      return group instanceof Group ? group.keys() : [];
    },
    close: () => file.close(),
  };
}

/** A JSON file of the reference folder; the texts NaN, Infinity and -Infinity become numbers. */
export function goldenJson<T>(...parts: string[]): T {
  const text = readFileSync(sharedPath('reference', ...parts), 'utf8');
  return JSON.parse(text, (_, value) =>
    value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value,
  );
}
