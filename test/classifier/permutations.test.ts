import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countCheckpoints, removeCheckpoints } from '#caloscope/classifier/checkpoints';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { Progress } from '#caloscope/native/run-job';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { gaussianSample } from '../support/gaussian-samples.js';

const reference = gaussianSample(120, [0.3, 0], 1);
const generated = gaussianSample(100, [0, 0], 2);
const settings = {
  folds: 3,
  learners: ['network', 'logistic'],
  classifier: { hidden: [8], epochs: 2 },
  threads: 1,
} as const satisfies EvaluateOptions;

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-permutations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function testOf(options: EvaluateOptions) {
  const { result, ensemble } = await evaluate(reference, generated, options);
  ensemble.dispose();
  return result.auc;
}

describe('permuted labels', () => {
  it('that were aborted go on where they were, to the same p-value', async () => {
    const whole = await testOf({ ...settings, permutations: 8 });
    expect(whole.permutations).toMatchObject({ permutations: 8, resolution: 1 / 9 });
    expect(whole.pValue).toBe((1 + (whole.permutations?.reached ?? Number.NaN)) / 9);

    const folder = join(emptyFolder(), 'kept');
    const run = async (last: number) => {
      const permuted: number[] = [];
      const stop = new AbortController();
      const onProgress = ({ message, done }: Progress) => {
        if (message !== 'permuting labels') return;
        permuted.push(done);
        if (done === last) stop.abort(new Error('enough'));
      };
      const checkpoint = { folder, resume: true };
      const options = { ...settings, permutations: 8, checkpoint, signal: stop.signal, onProgress };
      return { outcome: await testOf(options).catch((error: Error) => error.message), permuted };
    };
    expect((await run(3)).outcome).toBe('enough');
    const kept = readdirSync(join(folder, 'permutations'));
    const permutations = kept.filter((name) => name.endsWith('.checkpoint'));
    expect(permutations.slice(0, 3)).toEqual(
      [1, 2, 3].map((number) => `permutations-000${number}.checkpoint`),
    );
    expect(await countCheckpoints(folder)).toBe(permutations.length + 3); // the networks
    expect((await run(5)).permuted[0]).toBeGreaterThan(3);
    const { outcome, permuted } = await run(Number.NaN);
    expect(outcome).toEqual(whole);
    expect(permuted[0]).toBeGreaterThan(5);
    await removeCheckpoints(folder);
    expect(readdirSync(join(folder, '..'))).toEqual([]);
  });

  it('are refused where they are of other features with as many columns', async () => {
    const folder = emptyFolder();
    const files = [1, 2].map((seed) => join(folder, `${seed}.hdf5`)) as [string, string];
    for (const [i, path] of files.entries()) {
      await simulateShowers(path, { geometry: 'calogan', showers: 60, seed: i + 1 });
    }
    using first = await openShowers(files[0]);
    using second = await openShowers(files[1]);
    for (const learners of [['network'], ['logistic']] as const) {
      const checkpoint = { folder: join(folder, learners[0]), resume: true };
      const run = (features: 'low' | 'low-normalised') =>
        evaluate(first, second, { ...settings, features, learners, permutations: 1, checkpoint });
      (await run('low')).ensemble.dispose();
      await expect(run('low-normalised')).rejects.toMatchObject({
        code: 'ERR_CHECKPOINT',
        message: expect.stringMatching(
          /features was low, .* and is low-normalised, .* now; resume with the same/,
        ),
      });
    }
  });

  it('are not requested by R = 0, and no more than there are is said before anything is trained', async () => {
    expect((await testOf({ ...settings, permutations: 0 })).permutations).toBeNull();
    const few = [gaussianSample(6, [0, 0], 3), gaussianSample(6, [0, 0], 4)] as const;
    const trained: string[] = [];
    const onProgress = ({ message }: Progress) => trained.push(message);
    // Two rows of each sample in each of three folds: C(4, 2)³.
    await expect(evaluate(...few, { ...settings, permutations: 216, onProgress })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: 'permutations: there are only 216 labellings of these rows, ask for less than that',
    });
    expect(trained).toEqual([]);
    for (const permutations of [-1, 0.5, 2e6, Number.NaN]) {
      await expect(evaluate(...few, { ...settings, permutations })).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
        message: expect.stringMatching(/^permutations: /),
      });
    }
  });
});
