/** Showers that are left out because of their numbers: which rows are left, what follows them, and what is said. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import type { ChosenLayout } from '#caloscope/layouts/chosen-layout';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowerFile } from '#caloscope/samples/showers/reading/reading';
import { openShowers, ShowerStream } from '#caloscope/samples/showers/shower-stream';
import { showers } from '#caloscope/samples/showers/showers';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-dropped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [rows, width] = [40, 6];
const geometry = 'cartesian:1x2x3';
const nan = [3, 4, 39];
const negative = [0, 4, 17];
const badEnergy = [21, 22];
const unusable = [0, 3, 4, 17, 21, 22, 39];
const left = Array.from({ length: rows }, (_, row) => row).filter((row) => !unusable.includes(row));

function energyOf(row: number): number {
  if (row === badEnergy[0]) return Number.NaN;
  return row === badEnergy[1] ? 0 : 1000 + row;
}

function voxelOf(row: number, i: number): number {
  if (nan.includes(row) && i === 1) return row === 39 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (negative.includes(row) && i === 2) return -1;
  return i === row % width ? 500 + row : 0;
}

let files = 0;

/** Showers with a ratio of densities that is their row; chunks are for the core, none for the reader in TypeScript. */
function write(chunked: boolean): string {
  files += 1;
  const path = join(folder, `showers-${files}.hdf5`);
  const file = new File(path, 'w');
  const voxels = Float32Array.from({ length: rows * width }, (_, i) =>
    voxelOf(Math.floor(i / width), i % width),
  );
  const chunks = chunked ? { chunks: [7, width], compression: 4 } : {};
  file.create_dataset({ name: 'showers', data: voxels, shape: [rows, width], ...chunks });
  const energies = Float32Array.from({ length: rows }, (_, row) => energyOf(row));
  file.create_dataset({ name: 'incident_energies', data: energies, shape: [rows, 1] });
  file.create_attribute('caloscope_toy', 1);
  const ratio = Float64Array.from({ length: rows }, (_, row) => row);
  file.create_dataset({ name: 'log_density_ratio', data: ratio });
  file.close();
  return path;
}

const drop = { geometry, nonFinite: 'drop', negative: 'drop' } as const;

describe.each([
  ['chunks', true],
  ['one piece', false],
])('rows dropped from %s', (_, chunked) => {
  it('leave the others as they are, with the rows of the file', async () => {
    using sample = await openShowers(write(chunked), drop);
    expect(sample.rows).toBe(left.length);
    expect([...(sample.sourceRows ?? [])]).toEqual(left);
    expect([...sample.incidentEnergies()]).toEqual(left.map((row) => 1000 + row));
    expect([...sample.read(0, left.length)]).toEqual(
      left.flatMap((row) => Array.from({ length: width }, (_, i) => voxelOf(row, i))),
    );
    expect([...(sample.logDensityRatio ?? [])]).toEqual(left);
    expect(sample.problems).toEqual([
      {
        code: 'dropped-rows',
        severity: 'warning',
        message:
          '7 of 40 showers were left out, the first in row 0: 4 with numbers that are NaN or infinite, 3 with negative ones or an incident energy that is not above 0; rows keep the numbers that they have in the file',
      },
    ]);
  });

  it('are those of one kind where only that is dropped', async () => {
    const path = write(chunked);
    await expect(openShowers(path, { geometry, nonFinite: 'drop' })).rejects.toMatchObject({
      code: 'ERR_NEGATIVE_ENERGY',
      message: expect.stringContaining('2 voxels are negative, the first in row 0, voxel 2'),
    });
    await expect(openShowers(path, { geometry, negative: 'drop' })).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringContaining('--drop-rows'),
    });
  });

  it('are those without a sound incident energy, whatever is done with the other kind of voxels', async () => {
    const path = write(chunked);
    for (const [policy, kept] of [
      [{ nonFinite: 'drop', negative: 'keep' }, [...negative, ...left].sort((a, b) => a - b)],
      [{ nonFinite: 'zero', negative: 'drop' }, [...nan, ...left].sort((a, b) => a - b)],
    ] as const) {
      using sample = await openShowers(path, { geometry, ...policy });
      expect([...(sample.sourceRows ?? [])]).toEqual(
        kept.filter((row) => !(policy.nonFinite === 'drop' ? nan : negative).includes(row)),
      );
    }
  });

  it('are counted through several files, sample by sample too', async () => {
    const paths = [write(chunked), write(chunked)];
    const both = [...left, ...left.map((row) => rows + row)];
    using sample = await openShowers(paths, drop);
    expect([...(sample.sourceRows ?? [])]).toEqual(both);
    const kind = showers.sample(sample);
    const without = await kind.without(Float64Array.of(0, 2), {});
    expect([...(without.sourceRows ?? [])]).toEqual(both.filter((_, i) => i !== 0 && i !== 2));
    const stream = await ShowerStream.open(paths, drop);
    let count = 0;
    for await (const part of stream.samples({ rows: 8, bytes: 2 ** 20 })) {
      count += part.rows;
      part.dispose();
    }
    expect(count).toBe(both.length);
    expect([...(stream.sourceRows ?? [])]).toEqual(both);
    await stream.close();
  });

  it('are absent from dense blocks', async () => {
    const file = await openShowerFile(write(chunked), { geometry });
    const found: number[] = [];
    for await (const block of file.blocks({ nonFinite: 'drop', negative: 'drop' })) {
      expect(block.voxels).toHaveLength(block.rows * width);
      found.push(...block.incidentEnergies);
    }
    await file.close();
    expect(found).toEqual(left.map((row) => 1000 + row));
  });
});

it('a file of which nothing is left is refused', async () => {
  const path = join(folder, 'nothing.hdf5');
  const file = new File(path, 'w');
  file.create_dataset({
    name: 'showers',
    data: new Float32Array(3 * width).fill(Number.NaN),
    shape: [3, width],
  });
  file.create_dataset({ name: 'incident_energies', data: Float32Array.of(1, 2, 3), shape: [3, 1] });
  file.close();
  await expect(openShowers(path, drop)).rejects.toMatchObject({
    code: 'ERR_TOO_FEW_ROWS',
    message: `${path}: no showers are left: all 3 hold numbers that cannot be used`,
  });
});

it('showers of points are dropped whole, for energies and coordinates', async () => {
  const points = 5;
  const path = join(folder, 'points.h5');
  const file = new File(path, 'w');
  const events = new Float32Array(rows * points * 4);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < points; i++) events.set([i, 0, i, 10 + row], (row * points + i) * 4);
  }
  events[(5 * points + 1) * 4 + 3] = -2;
  events[(9 * points + 2) * 4] = Number.NaN;
  file.create_dataset({ name: 'events', data: events, shape: [rows, points, 4] });
  const energy = Float32Array.from({ length: rows }, (_, row) => (row === 12 ? Number.NaN : 1 + row));
  file.create_dataset({ name: 'energy', data: energy });
  file.close();
  using sample = await openShowers(path, {
    geometry: 'grid:4x3x5:-50..50:-15..15',
    nonFinite: 'drop',
    negative: 'drop',
  });
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => ![5, 9, 12].includes(row));
  expect([...(sample.sourceRows ?? [])]).toEqual(kept);
  expect(sample.points?.rows).toBe(kept.length);
  expect([...(sample.points?.values[0] ?? [])]).toEqual(kept.map(() => points));
  const deposits = sample.read(0, kept.length);
  const sums = kept.map((_, i) =>
    deposits
      .subarray((i * deposits.length) / kept.length, ((i + 1) * deposits.length) / kept.length)
      .reduce((a, b) => a + b, 0),
  );
  expect(sums).toEqual(kept.map((row) => points * (10 + row) * 1000));
  expect(sample.problems.filter(({ code }) => code === 'dropped-rows')).toMatchObject([
    { message: expect.stringMatching(/^3 of 40 showers were left out, the first in row 5: 2 with/) },
  ]);
});

describe('showers whose condition is NaN or infinite', () => {
  const lost = [0, 2, 15, 39];
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !lost.includes(row));
  const layout: ChosenLayout = {
    name: 'turned',
    incidentEnergies: { dataset: 'incident_energies', unit: 'MeV' },
    voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'voxel'] }], unit: 'MeV' },
    conditions: [{ name: 'theta', dataset: 'theta', unit: 'deg' }],
  };

  function turned(odd: readonly number[]): string {
    files += 1;
    const path = join(folder, `showers-${files}.hdf5`);
    const file = new File(path, 'w');
    const voxels = Float32Array.from({ length: rows * width }, (_, i) => 10 + (i % width));
    file.create_dataset({ name: 'showers', data: voxels, shape: [rows, width] });
    file.create_dataset({ name: 'incident_energies', data: new Float32Array(rows).fill(100) });
    const theta = Float64Array.from({ length: rows }, (_, row) => (odd.includes(row) ? Number.NaN : row));
    if (odd.includes(39)) theta[39] = Number.POSITIVE_INFINITY;
    file.create_dataset({ name: 'theta', data: theta });
    file.close();
    return path;
  }

  it('are left out with the others, whole and sample by sample', async () => {
    const paths = [turned(lost), turned([])];
    const both = [...kept, ...Array.from({ length: rows }, (_, row) => rows + row)];
    const options = { layout, geometry, nonFinite: 'drop', negative: 'drop' } as const;
    using sample = await openShowers(paths, options);
    expect([...(sample.sourceRows ?? [])]).toEqual(both);
    expect([...(sample.conditions[0]?.values ?? [])]).toEqual(both.map((row) => row % rows));
    expect(sample.problems.filter(({ code }) => code === 'dropped-rows')).toEqual([
      {
        code: 'dropped-rows',
        severity: 'warning',
        message:
          '4 of 80 showers were left out, the first in row 0: their conditions are NaN or infinite; rows keep the numbers that they have in the file',
      },
    ]);
    const stream = await ShowerStream.open(paths, options);
    const values: number[] = [];
    for await (const part of stream.samples({ rows: 8, bytes: 2 ** 20 })) {
      values.push(...(part.conditions[0]?.values ?? []));
      part.dispose();
    }
    expect(values).toEqual(both.map((row) => row % rows));
    expect([...(stream.sourceRows ?? [])]).toEqual(both);
    expect(stream.problems.map(({ code }) => code)).toContain('dropped-rows');
    await stream.close();
    const all = turned(Array.from({ length: rows }, (_, row) => row));
    await expect(openShowers(all, options)).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_ROWS',
      message: expect.stringContaining('no showers are left'),
    });
  });

  it('are counted by inspection', async () => {
    const { problems } = await inspectShowerFile(turned(lost), { layout, geometry });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([
      {
        code: 'ERR_NON_FINITE',
        severity: 'error',
        message:
          '4 showers have a theta that is NaN or infinite, the first in row 0; remove those showers or leave them out (--drop-rows)',
      },
    ]);
  });
});
