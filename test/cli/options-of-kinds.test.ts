/** Options that mean nothing for a kind of sample are refused, not passed over. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { type OpenSampleOptions, openSample, requireFileOptions } from '#caloscope/samples/kinds';
import { gaussianSample } from '../support/gaussian-samples.js';
import { caloscope, contentOf, emptyFolder, errorLine } from './run-caloscope.js';

/** A table of 40 rows; the numbers do not matter. */
function tableIn(folder: string, name: string, seed: number): string {
  const { values } = gaussianSample(40, [0, 0], seed);
  const rows = Array.from({ length: 40 }, (_, row) => `${values[2 * row]},${values[2 * row + 1]}`);
  const path = join(folder, name);
  writeFileSync(path, `${['x,y', ...rows].join('\n')}\n`);
  return path;
}

describe('of a table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-kinds-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [first, second] = [tableIn(folder, 'a.csv', 1), tableIn(folder, 'b.csv', 2)];
  const calls: readonly [flag: string, value: string, whose: string][] = [
    ['--geometry', 'calogan', 'showers'],
    ['--particle', 'photon', 'showers'],
    ['--threshold', '3', 'showers'],
    ['--threshold', 'none', 'showers'],
    ['--features', 'low', 'showers'],
    ['--features', 'full', 'showers'],
    ['--group', 'x', 'showers and jets'],
    ['--multiplicity', '3', 'events'],
    ['--negative-voxels', 'drop', 'showers'],
  ];
  it.each(calls)('%s %s is refused, before anything is read or written', async (flag, value, whose) => {
    for (const command of ['evaluate', 'train']) {
      const before = contentOf(folder);
      const out = join(folder, 'out');
      const { exitCode, stderr } = await caloscope([command, first, second, '--out', out, flag, value]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(errorLine);
      expect(stderr).toContain('ERR_ARGUMENT: ');
      expect(stderr).toContain(` is for ${whose}, and these are tables; leave it out (${flag})`);
      expect(contentOf(folder)).toEqual(before);
    }
  });

  it.each([
    ['--geometry', 'calogan'],
    ['--group', 'x'],
  ])('%s is refused by inspect', async (flag, value) => {
    const { exitCode, stderr } = await caloscope(['inspect', first, flag, value]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`these are tables; leave it out (${flag})`);
  });

  it('those that it takes are taken, and defaults are not refused', async () => {
    const out = join(emptyFolder(), 'out');
    const taken = ['--drop-rows', '--non-finite-voxels', 'drop', '--conditions', 'none'];
    const quick = ['--folds', '3', '--learners', 'logistic', '--quiet'];
    const done = await caloscope(['evaluate', first, second, '--out', out, ...taken, ...quick]);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    const weights = ['weights', join(out, 'classifier'), second, '--out', join(out, 'w.hdf5'), '--quiet'];
    const refused = await caloscope([...weights, '--negative-voxels', 'zero']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('leave it out (--negative-voxels)');
    expect(await caloscope([...weights, '--drop-rows'])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('the library refuses them, too', async () => {
    const samples = [gaussianSample(30, [0], 1), gaussianSample(30, [1], 2)] as const;
    const refusal = (option: string) => ({
      code: 'ERR_ARGUMENT',
      message: `${option} is for showers, and these are tables; leave it out (--${option})`,
    });
    await expect(evaluate(...samples, { features: 'low' })).rejects.toMatchObject(refusal('features'));
    await expect(evaluate(...samples, { threshold: 1 })).rejects.toMatchObject(refusal('threshold'));
    await expect(trainClassifier(...samples, { threshold: null })).rejects.toMatchObject(
      refusal('threshold'),
    );
    await expect(openSample(first, { geometry: 'ds2' })).rejects.toMatchObject(refusal('geometry'));
    await expect(openSample(first, { dropRows: true, geometry: undefined })).resolves.toMatchObject({
      columns: ['x', 'y'],
    });
  });
});

/** What each kind takes of the options of files. */
const taken: Readonly<Record<string, readonly (keyof OpenSampleOptions)[]>> = {
  showers: ['geometry', 'particle', 'layout', 'group', 'negative', 'nonFinite'],
  events: ['layout', 'multiplicity'],
  jets: ['layout', 'group'],
  matrix: ['layout', 'columns', 'nonFinite'],
};

it.each(Object.keys(taken))('options of files for %s', (kind) => {
  const all = [...new Set(Object.values(taken).flat())];
  for (const option of all) {
    const given = { [option]: 'x' } as OpenSampleOptions;
    if (taken[kind]?.includes(option)) expect(() => requireFileOptions(kind, given)).not.toThrow();
    else expect(() => requireFileOptions(kind, given)).toThrow(new RegExp(`^${option} is for `));
  }
  const any = { threads: 2, dropRows: true, onProgress: () => undefined, geometry: undefined };
  expect(() => requireFileOptions(kind, any)).not.toThrow();
});

it.each(['--geometry=ds2', '--showers=5', '--strength=0.1', '--sample=generated'])(
  'simulate --from refuses %s',
  async (word) => {
    const folder = emptyFolder();
    const words = ['simulate', join(folder, 'y.hdf5'), '--from', 'no.hdf5', '--distortion', 'tailcut', word];
    const { exitCode, stderr } = await caloscope(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`ERR_USAGE: ${word.split('=')[0]} is for toy showers`);
    expect(contentOf(folder)).toEqual([]);
  },
);
