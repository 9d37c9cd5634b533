import { describe, expect, it } from 'vitest';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { pairedRows, pairedRowsWarning } from '#caloscope/samples/paired-rows';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';

const rows = 400;

/** Showers of these incident energies, with hits of their own. */
function withEnergies(incidentEnergies: Float64Array, seed: number): GivenSample {
  const { voxels } = gridNumbers(incidentEnergies.length, seed);
  return showersFromArrays({ incidentEnergies, voxels }, gridGeometry());
}

function partnersOf(first: Float64Array, second: Float64Array) {
  return pairedRows(sampleOf(withEnergies(first, 1)), sampleOf(withEnergies(second, 2)));
}

function drawn(count: number, seed: number): Float64Array {
  const normal = normalNumbers(seed);
  return Float64Array.from({ length: count }, () => 1e4 * Math.exp(normal()));
}

const energies = drawn(rows, 1);

describe('rows that were made for the same conditions', () => {
  it('are found row by row, and each pair is a group of its own', async () => {
    const paired = await partnersOf(energies, energies);
    expect(paired).toMatchObject({ share: 1, rowByRow: true, groups: rows });
    expect(paired?.reference).toEqual(Uint32Array.from({ length: rows }, (_, row) => row));
    expect(paired?.generated).toEqual(paired?.reference);
  });

  it('are found when only some have a partner: above one half', async () => {
    const some = (share: number) => {
      const others = drawn(rows, 3);
      others.set(energies.subarray(0, share * rows));
      return partnersOf(energies, others);
    };
    expect(await some(0.4)).toBeNull();
    const paired = await some(0.6);
    expect(paired).toMatchObject({ share: 0.6, rowByRow: true, groups: 1.4 * rows });
    const inReference = new Set(paired?.reference);
    expect(Array.from(paired?.generated ?? []).filter((group) => inReference.has(group))).toHaveLength(
      0.6 * rows,
    );
  });

  it('are found in another order, in a part of the other sample, and several to one', async () => {
    const backwards = await partnersOf(energies, energies.toReversed());
    expect(backwards).toMatchObject({ share: 1, rowByRow: false, groups: rows });
    expect(backwards?.generated.toReversed()).toEqual(backwards?.reference);
    expect(await partnersOf(energies, energies.slice(100, 150))).toMatchObject({ share: 1, groups: rows });
    expect(await partnersOf(energies.slice(100, 150), energies)).toMatchObject({ share: 1, groups: rows });
    const thrice = Float64Array.from([...energies, ...energies, ...energies]);
    for (const paired of [await partnersOf(energies, thrice), await partnersOf(thrice, energies)]) {
      expect(paired).toMatchObject({ share: 1, rowByRow: false, groups: rows });
    }
  });

  it('are found where one file holds float32, also of another unit', async () => {
    expect(await partnersOf(energies, Float64Array.from(energies, Math.fround))).toMatchObject({
      rowByRow: true,
    });
    const inGeV = Float64Array.from(energies, (energy) => 1000 * Math.fround(energy / 1000));
    const paired = await partnersOf(energies, inGeV);
    expect(paired?.rowByRow).toBe(true);
    expect(paired?.share).toBeGreaterThan(0.85);
  });

  it.each([
    ['independent energies', energies, drawn(rows, 2)],
    ['one energy', new Float64Array(rows).fill(5e4), new Float64Array(rows).fill(5e4)],
    [
      'fifteen energies, sorted in both',
      Float64Array.from({ length: rows }, (_, row) => 256 * 2 ** Math.floor((15 * row) / rows)),
      Float64Array.from({ length: rows }, (_, row) => 256 * 2 ** Math.floor((15 * row) / rows)),
    ],
    ['one row each', Float64Array.of(5), Float64Array.of(5)],
    ['no rows', new Float64Array(0), new Float64Array(0)],
  ])('are not found in samples of %s', async (_, first, second) => {
    expect(await partnersOf(first, second)).toBeNull();
  });

  it('are not found by chance, however coarse the energies are', async () => {
    for (const step of [1, 3, 10, 30, 100, 300, 1000, 1e4]) {
      for (const count of [20, rows, 4000]) {
        const coarse = (seed: number) => drawn(count, seed).map((energy) => step * Math.ceil(energy / step));
        expect(await partnersOf(coarse(5), coarse(6)), `${count} rows, steps of ${step} MeV`).toBeNull();
      }
    }
  });

  it('are not looked for in tables, which have no conditions', async () => {
    const table = sampleOf(gaussianSample(rows, [0, 0], 1));
    expect(await pairedRows(table, table)).toBeNull();
  });

  it('are told of in words', () => {
    const paired = {
      share: 0.958,
      rowByRow: true,
      groups: 3,
      reference: new Uint32Array(),
      generated: new Uint32Array(),
    };
    expect(pairedRowsWarning(paired, { noun: 'showers' })).toEqual({
      code: 'paired-rows',
      message:
        'the showers are paired: 96 % of a sample have the conditions of one of the other; partners are kept in one fold',
    });
  });
});
