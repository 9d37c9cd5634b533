/** Evaluations on several ranks: what they end in is what one process ends in. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope } from '../cli/run-caloscope.js';
import { makeToyFiles, type ToyFiles } from '../cli/toy-files.js';
import { buildAddons, onRanks } from './mpirun.js';
import { wholeResult } from './whole-result.js';

const { found, remove } = buildAddons();

let toys: ToyFiles;
let alone: Awaited<ReturnType<typeof wholeResult>>;
beforeAll(async () => {
  toys = await makeToyFiles(600);
  if (found.length === 0) return;
  const out = join(toys.newFolder(), 'alone');
  expect(await caloscope(words(out))).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  alone = await wholeResult(out);
});
afterAll(() => {
  toys.remove();
  remove();
});

function words(out: string): string[] {
  const settings = ['--folds', '3', '--members', '2', '--hidden', '8', '--epochs', '2', '--features', 'high'];
  const others = ['--permutations', '3', '--repeat', '2', '--quiet'];
  return ['evaluate', toys.reference, toys.generated, '--out', out, ...settings, ...others];
}

it.skipIf(found.length === 0)('an MPI with its launcher is here', () => {
  expect(found).not.toEqual([]);
});

describe.each(found)('several ranks of $name', (mpi) => {
  it.each([1, 2, 3])('%d end in the same bits as one process', async (ranks) => {
    const out = join(toys.newFolder(), 'ranks');
    const outcome = await onRanks(mpi, { ranks, words: words(out) });
    expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await wholeResult(out)).toEqual({ ...alone, ranks });
    expect(alone.result.settings.learners).toContain('trees');
  });
});
