import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logDensityRatioDataset, toyAttribute } from '#caloscope/layouts/recognition';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { toyShowers } from '#caloscope/simulation/toy-showers';
import { sameBits } from './same-bits.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-toys-'));
beforeAll(() => ready);
afterAll(() => rmSync(folder, { recursive: true }));

interface StoredDataset {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array | Float64Array;
}

function readAll(path: string) {
  const file = new File(path, 'r');
  try {
    const datasets = new Map<string, StoredDataset>();
    for (const name of file.keys()) {
      const { shape, dtype, value } = file.get(name) as Dataset;
      datasets.set(name, {
        shape: shape ?? [],
        dtype: String(dtype),
        values: (value as Float32Array).slice(),
      });
    }
    const attributes = Object.fromEntries(
      Object.entries(file.attrs).map(([name, { value }]) => [name, value]),
    );
    return { datasets, attributes };
  } finally {
    file.close();
  }
}

const shapes = (datasets: ReadonlyMap<string, StoredDataset>) =>
  Object.fromEntries([...datasets].map(([name, { shape, dtype }]) => [name, `${dtype} ${shape.join('×')}`]));

describe('a file of toy showers', () => {
  it('has the CaloGAN layout, the showers of toyShowers over block borders, and says that they are toys', async () => {
    const path = join(folder, 'calogan.hdf5');
    const showers = 9000; // a block holds 8323
    const record = await simulateShowers(path, { geometry: 'calogan', showers, seed: 4 });
    expect(record).toEqual({
      path,
      geometry: 'calogan',
      showers,
      seed: 4,
      sample: 'reference',
      distortion: null,
      strength: null,
      exactAuc: null,
    });
    const { datasets, attributes } = readAll(path);
    expect(shapes(datasets)).toEqual({
      energy: '<f 9000×1',
      layer_0: '<f 9000×3×96',
      layer_1: '<f 9000×12×12',
      layer_2: '<f 9000×12×6',
      overflow: '<f 9000×3',
    });
    expect(attributes).toMatchObject({ geometry: 'calogan', seed: '4', distortion: 'none', strength: '0' });
    expect(attributes[toyAttribute]).toMatch(
      /^toy showers .*Grindhammer.* not from a detector simulation; caloscope \d/,
    );

    const { voxels, incidentEnergies } = await toyShowers({ geometry: 'calogan', showers, seed: 4 });
    const stored = (name: string) => datasets.get(name)?.values as Float32Array;
    for (const row of [0, 1, 8322, 8323, 8999]) {
      const whole = voxels.subarray(row * 504, (row + 1) * 504);
      expect(stored('layer_0').subarray(row * 288, (row + 1) * 288)).toEqual(whole.subarray(0, 288));
      expect(stored('layer_1').subarray(row * 144, (row + 1) * 144)).toEqual(whole.subarray(288, 432));
      expect(stored('layer_2').subarray(row * 72, (row + 1) * 72)).toEqual(whole.subarray(432));
      expect(stored('energy')[row]).toBe(Math.fround((incidentEnergies[row] as number) / 1000));
    }
  });

  it('has the CaloChallenge layout and the exact ratio of both samples', async () => {
    const options = { geometry: 'ds2', showers: 700, seed: 8, distortion: 'depth-shift' } as const;
    const [generated, reference] = [join(folder, 'generated.hdf5'), join(folder, 'reference.hdf5')];
    const record = await simulateShowers(generated, options);
    await simulateShowers(reference, { ...options, sample: 'reference' });
    expect(record).toMatchObject({ distortion: 'depth-shift', strength: 0.5, sample: 'generated' });
    expect(record.exactAuc).toBeCloseTo(0.63816319508, 10);
    for (const [path, sample] of [
      [generated, 'generated'],
      [reference, 'reference'],
    ] as const) {
      const { datasets, attributes } = readAll(path);
      expect(shapes(datasets)).toEqual({
        incident_energies: '<f 700×1',
        showers: '<f 700×6480',
        [logDensityRatioDataset]: '<d 700',
      });
      expect(attributes).toMatchObject({
        sample,
        distortion: 'depth-shift',
        strength: '0.5',
        geometry: 'ds2',
      });
      const inMemory = await toyShowers({ ...options, sample });
      expect(sameBits(datasets.get('showers')?.values, inMemory.voxels)).toBe(true);
      expect(
        sameBits(datasets.get('incident_energies')?.values, Float32Array.from(inMemory.incidentEnergies)),
      ).toBe(true);
      expect(sameBits(datasets.get(logDensityRatioDataset)?.values, inMemory.logDensityRatio)).toBe(true);
    }
  });

  it('reports its progress in showers', async () => {
    const done: number[] = [];
    await simulateShowers(join(folder, 'progress.hdf5'), {
      geometry: 'ds2',
      showers: 1500,
      seed: 1,
      onProgress: (progress) => {
        expect(progress.total).toBe(1500);
        done.push(progress.done);
      },
    });
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(1500);
  });
});

describe('a file that cannot be completed', () => {
  it.each(['before', 'while'])('leaves nothing behind when aborted %s the work', async (when) => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    if (when === 'before') controller.abort(reason);
    const writing = simulateShowers(join(empty, 'toys.hdf5'), {
      geometry: 'calogan',
      showers: 200_000,
      seed: 1,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 9000) controller.abort(reason);
      },
    });
    await expect(writing).rejects.toBe(reason);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('leaves nothing behind when the caller’s progress function throws', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const writing = simulateShowers(join(empty, 'toys.hdf5'), {
      geometry: 'calogan',
      showers: 50_000,
      seed: 1,
      onProgress: () => {
        throw new RangeError('mine');
      },
    });
    await expect(writing).rejects.toThrow(RangeError);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('is refused before anything is written when the options are wrong or the folder is missing', async () => {
    const good = { geometry: 'ds2', showers: 5, seed: 1 } as const;
    const wrong = simulateShowers(join(folder, 'wrong.hdf5'), { ...good, showers: -1 });
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    const nowhere = simulateShowers(join(folder, 'nowhere', 'toys.hdf5'), good);
    await expect(nowhere).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect(readdirSync(folder)).not.toContain('wrong.hdf5');
  });
});
