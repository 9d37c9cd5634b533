/** Evaluations on several ranks: what they end in is what one process ends in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope } from '../cli/run-caloscope.js';
import { makeToyFiles, type ToyFiles } from '../cli/toy-files.js';
import { datasetsOf } from '../support/datasets.js';
import { buildAddons, onRanks } from './mpirun.js';

const { found, remove } = buildAddons();
if (found.length === 0)
  console.log('no MPI with its launcher is here: evaluations on several ranks are not tested');

let toys: ToyFiles;
beforeAll(async () => {
  toys = await makeToyFiles(600);
});
afterAll(() => {
  toys.remove();
  remove();
});

function words(out: string, ...more: string[]): string[] {
  const settings = ['--folds', '3', '--members', '2', '--hidden', '8', '--epochs', '2', '--features', 'high'];
  return ['evaluate', toys.reference, toys.generated, '--out', out, ...settings, '--quiet', ...more];
}

/** All that an evaluation says, but for its run. */
async function saidBy(out: string) {
  const { run: _, ...result } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  return {
    result,
    weights: await datasetsOf(join(out, 'weights.hdf5')),
    classifier: contentOf(out, 'classifier'),
  };
}

/** Bytes of the files in a folder by name. */
function contentOf(...folder: string[]) {
  const names = readdirSync(join(...folder)).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(...folder, name), 'hex')]));
}

it.skipIf(found.length === 0)('an MPI with its launcher is here', () => {
  expect(found).not.toEqual([]);
});

describe.each(found)('several ranks of $name', (mpi) => {
  const others = ['--permutations', '3', '--repeat', '2'];
  let alone: Awaited<ReturnType<typeof saidBy>>;
  beforeAll(async () => {
    const out = join(toys.newFolder(), 'alone');
    expect(await caloscope(words(out, ...others))).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    alone = await saidBy(out);
  });

  it.each([1, 2, 3])('%d end in the same bits as one process', async (ranks) => {
    const out = join(toys.newFolder(), 'ranks');
    const outcome = await onRanks(mpi, { ranks, words: words(out, ...others) });
    expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await saidBy(out)).toEqual(alone);
    expect(alone.result.settings.learners).toContain('trees');
  });
});
