import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasetsOf } from '../support/datasets.js';

/** All that an evaluation says, but for its run. */
export async function wholeResult(out: string) {
  const { run: _, ...result } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  return {
    result,
    weights: await datasetsOf(join(out, 'weights.hdf5')),
    classifier: bytesIn(out, 'classifier'),
  };
}

/** Bytes of the files in a folder by name. */
function bytesIn(...folder: string[]) {
  const names = readdirSync(join(...folder)).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(...folder, name), 'hex')]));
}
