import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasetsOf } from '../support/datasets.js';

/** All that an evaluation says, but for its run. */
export async function wholeResult(out: string) {
  const { run, ...result } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  return {
    result,
    ranks: run.ranks,
    weights: await datasetsOf(join(out, 'weights.hdf5')),
    classifier: hashesIn(out, 'classifier'),
  };
}

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Hashes of the files in a folder by name. */
function hashesIn(...folder: string[]) {
  const names = readdirSync(join(...folder)).sort();
  return Object.fromEntries(names.map((name) => [name, hash(join(...folder, name))]));
}
