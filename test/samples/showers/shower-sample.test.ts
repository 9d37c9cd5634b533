import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import type { Geometry } from '#caloscope/geometry/geometry';
import { findRepeatedShowers, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { type OpenShowersOptions, openShowers } from '#caloscope/samples/showers/shower-stream';
import { gridGeometry, gridNumbers, gridShowers } from '../../support/grid-showers.js';
import { hasSharedData, sharedPath } from '../../support/shared-data.js';

let folder: string;
let path: string;
const rows = 700;
const numbers = gridNumbers(rows, 8);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-sample-'));
  path = join(folder, 'showers.hdf5');
  const writer = await createHdf5(path, {
    attributes: {},
    datasets: [
      { path: '/incident_energies', type: 'f8', rowShape: [1] },
      { path: '/showers', type: 'f4', rowShape: [24] },
    ],
  });
  await writer.append({ '/incident_energies': numbers.incidentEnergies, '/showers': numbers.voxels }, rows);
  await writer.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof CaloscopeError) return error.code;
    throw error;
  }
  return undefined;
}

describe('showers in native memory', () => {
  it('are those of the file, to the last bit', async () => {
    const progress: number[] = [];
    using sample = await openShowers(path, {
      geometry: 'cartesian:2x3x4',
      onProgress: ({ done }) => progress.push(done),
    });
    expect(sample.rows).toBe(rows);
    expect(sample.incidentEnergies()).toEqual(numbers.incidentEnergies);
    expect(sample.read(0, rows)).toEqual(Float64Array.from(numbers.voxels));
    expect(sample.read(123, 2)).toEqual(Float64Array.from(numbers.voxels.subarray(123 * 24, 125 * 24)));
    const lit = numbers.voxels.filter((energy) => energy !== 0).length;
    expect(sample.occupancy).toBe(lit / numbers.voxels.length);
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(sample.origin).toEqual({
      source: path,
      files: [{ source: path, rows, sha256 }],
      countedThrough: [{ source: path, rows }],
      file: true,
      sha256,
      layout: 'calochallenge',
      geometryReason: 'as given',
      toy: false,
    });
    expect(progress.at(-1)).toBe(rows);
  });

  it('keep the checksum of what was read, whatever takes the name of the file', async () => {
    const place = join(folder, 'replaced.hdf5');
    copyFileSync(path, place);
    using sample = await openShowers(place, { geometry: 'cartesian:2x3x4' });
    writeFileSync(join(folder, 'other'), 'something else');
    renameSync(join(folder, 'other'), place);
    const { result, ensemble } = await evaluate(sample, sample, {
      folds: 3,
      learners: ['network'],
      classifier: { hidden: [4], epochs: 1 },
    });
    ensemble.dispose();
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(result.samples.generated).toMatchObject({ source: place, sha256 });
  });

  it('reject an abort with its reason', async () => {
    const signal = AbortSignal.abort('no time');
    await expect(openShowers(path, { geometry: 'cartesian:2x3x4', signal })).rejects.toBe('no time');
  });

  it('are those of the arrays, which are copied', () => {
    const voxels = Float64Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 0 : i + 0.1));
    const expected = Float64Array.from(voxels);
    using sample = showersFromArrays(
      { incidentEnergies: new Float64Array([5, 6]), voxels },
      gridGeometry(),
      'mine',
    );
    voxels.fill(0);
    expect(sample.read(0, 2)).toEqual(expected);
    expect(sample.origin.source).toBe('mine');
    expect(sample.read(2, 0).length).toBe(0);
  });

  it('refuse what does not fit', () => {
    const energies = new Float64Array(2).fill(1);
    const make = (voxels: Float32Array, incidentEnergies = energies) =>
      codeOf(() => showersFromArrays({ incidentEnergies, voxels }, gridGeometry()));
    expect(make(new Float32Array(48))).toBeUndefined();
    expect(make(new Float32Array(47))).toBe('ERR_SHAPE');
    expect(make(new Float32Array(48).fill(Number.NaN))).toBe('ERR_NON_FINITE');
    expect(make(new Float32Array(48), energies.with(1, Number.POSITIVE_INFINITY))).toBe('ERR_NON_FINITE');
    const sample = gridShowers(3, 1);
    expect(codeOf(() => sample.read(0, 4))).toBe('ERR_ARGUMENT');
    expect(codeOf(() => sample.read(4, 0))).toBe('ERR_ARGUMENT');
    expect(codeOf(() => sample.read(-1, 1))).toBe('ERR_ARGUMENT');
    sample.dispose();
    sample.dispose();
    expect(codeOf(() => sample.read(0, 1))).toBe('ERR_DISPOSED');
  });

  it('with an unknown way to treat odd numbers are refused, not read with another', async () => {
    for (const wrong of [{ nonFinite: 'keep' }, { negative: 'remove' }, { negative: null }]) {
      await expect(
        openShowers(path, { geometry: 'cartesian:2x3x4', ...wrong } as OpenShowersOptions),
      ).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    }
  });

  it('in a geometry of unknown or no definitions are refused, not taken for those of another', async () => {
    for (const definitions of ['atlas', 'toString', null, undefined]) {
      const geometry = { ...gridGeometry(), definitions } as unknown as Geometry;
      expect(() => showersFromArrays({ ...numbers }, geometry)).toThrow(
        expect.objectContaining({ code: 'ERR_GEOMETRY', message: expect.stringContaining('calochallenge') }),
      );
      await expect(openShowers(path, { geometry })).rejects.toMatchObject({ code: 'ERR_GEOMETRY' });
    }
  });

  it('that repeat are found across a file and an array', async () => {
    using file = await openShowers(path, { geometry: 'cartesian:2x3x4' });
    using array = showersFromArrays(
      {
        incidentEnergies: Float64Array.of(...numbers.incidentEnergies.slice(5, 7), 1),
        voxels: Float64Array.from(numbers.voxels.subarray(5 * 24, 8 * 24)),
      },
      gridGeometry(),
    );
    const { shared, withinFirst, withinSecond } = await findRepeatedShowers(file, array);
    expect(shared).toEqual({ rows: Float64Array.of(0, 1), originals: Float64Array.of(5, 6) });
    expect([withinFirst.rows.length, withinSecond.rows.length]).toEqual([0, 0]);
  });

  it.skipIf(!hasSharedData)('of a real file hold the energy that the file holds', async () => {
    using sample = await openShowers(sharedPath('data', 'calogan_eplus_geant4_51.hdf5'), {
      geometry: 'calogan',
    });
    expect(sample.rows).toBe(51);
    const energies = sample.incidentEnergies();
    // Energies of 1 to 100 GeV in MeV; an electromagnetic shower leaves most of it in the three layers.
    for (let row = 0; row < 51; row++) {
      const deposited = sample.read(row, 1).reduce((sum, energy) => sum + energy, 0);
      expect(energies[row]).toBeGreaterThan(999);
      expect(energies[row]).toBeLessThan(100_001);
      expect(deposited / (energies[row] as number)).toBeGreaterThan(0.5);
      expect(deposited / (energies[row] as number)).toBeLessThan(1.05);
    }
  });
});
