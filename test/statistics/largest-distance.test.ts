import { describe, expect, it } from 'vitest';
import type { LargestDistanceOptions } from '#caloscope/statistics/largest-distance';
import { type ColumnPair, largestDistance, usualPermutations } from '#caloscope/statistics/largest-distance';
import { normalNumbers } from '../support/gaussian-samples.js';

/** The same numbers every time, spread evenly over (0,1): multiples of the golden ratio. */
function evenly(rows: number, start: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => ((i + start) * 0.6180339887498949) % 1);
}

function normalColumns(rows: number, columns: number, seed: number, shift = 0): ColumnPair[] {
  const normal = normalNumbers(seed);
  const sample = (mean: number) => Float64Array.from({ length: rows }, () => normal() + mean);
  return Array.from({ length: columns }, (_, i) => ({
    reference: sample(0),
    generated: sample(i === 0 ? shift : 0),
  }));
}

describe('largestDistance', () => {
  it('has the distances of SciPy 1.10.1, ks_2samp', async () => {
    const columns = [
      { reference: evenly(40, 1).map(Math.sqrt), generated: evenly(55, 7) },
      {
        reference: evenly(40, 3).map((x) => Math.round(x * 6)),
        generated: evenly(55, 2).map((x) => Math.round(x * x * 6)),
      },
      { reference: Float32Array.from(evenly(40, 11)), generated: Float32Array.from(evenly(55, 200)) },
    ];
    const found = await largestDistance(columns, { permutations: 9 });
    const expected = [0.2659090909090909, 0.2409090909090909, 0.036363636363636376];
    for (const [i, { distance }] of found.columns.entries())
      expect(distance).toBeCloseTo(expected[i] ?? 0, 14);
    expect(found.largest).toBe(0);
  });

  it('does not depend on threads, but on the seed', async () => {
    const columns = normalColumns(300, 7, 1, 0.1);
    const options = { permutations: 400, seed: 3, threads: 1 };
    const one = await largestDistance(columns, options);
    expect(one.reached).toBeGreaterThan(10);
    expect(one.pValue).toBe((1 + one.reached) / 401);
    expect(one.resolution).toBe(1 / 401);
    expect(await largestDistance(columns, { ...options, threads: 3 })).toEqual(one);
    expect((await largestDistance(columns, { ...options, seed: 4 })).reached).not.toBe(one.reached);
  });

  it('finds one shifted column of many, and a rare value in one sample only', async () => {
    const shifted = await largestDistance(normalColumns(400, 20, 2, 0.5), { permutations: 199 });
    expect(shifted).toMatchObject({ largest: 0, reached: 0 });
    // 1 % of the rows: the distance is small, but not for a column of two values.
    const rare = normalColumns(2000, 20, 3);
    rare.push({
      reference: new Float64Array(2000),
      generated: Float64Array.from({ length: 2000 }, (_, i) => (i % 100 === 0 ? 1 : 0)),
    });
    expect(await largestDistance(rare, { permutations: 199 })).toMatchObject({ largest: 20, reached: 0 });
  });

  it('has a p-value for columns of a few rows or one value', async () => {
    const few = await largestDistance([{ reference: Float64Array.of(1), generated: Float64Array.of(2) }]);
    expect(few).toMatchObject({ pValue: 1, permutations: 999 });
    const equal = { reference: new Float64Array(5), generated: new Float64Array(4) };
    expect(await largestDistance([equal])).toMatchObject({
      pValue: 1,
      columns: [{ distance: 0, standardized: 0 }],
    });
  });

  it('refuses what cannot be compared', async () => {
    const [column] = normalColumns(10, 1, 4) as [ColumnPair];
    const failure = (columns: unknown, options: LargestDistanceOptions = {}) =>
      largestDistance(columns as ColumnPair[], options).then(
        () => null,
        (error: unknown) => error,
      );
    const wrong: readonly [string, unknown, LargestDistanceOptions?][] = [
      ['ERR_SHAPE', []],
      ['ERR_SHAPE', [column, { ...column, generated: new Float64Array(9) }]],
      ['ERR_ARGUMENT', [{ reference: [1], generated: [2] }]],
      ['ERR_TOO_FEW_ROWS', [{ reference: new Float64Array(0), generated: new Float64Array(3) }]],
      ['ERR_NON_FINITE', [{ ...column, generated: column.generated.map(() => Number.NaN) }]],
      ['ERR_ARGUMENT', [column], { permutations: 0 }],
      ['ERR_ARGUMENT', [column], { seed: -1 }],
      ['ERR_ARGUMENT', [column], { threads: 0 }],
    ];
    for (const [code, columns, options] of wrong) {
      expect(await failure(columns, options), JSON.stringify(options)).toMatchObject({ code });
    }
  });

  it('can be stopped', async () => {
    const controller = new AbortController();
    const running = largestDistance(normalColumns(20_000, 10, 5), {
      permutations: 99_999,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('usualPermutations', () => {
  it.each([
    [1000, 40, 999],
    [200_000, 40, 249],
    [1_000_000, 500, 99],
  ])('%i rows of %i columns: %i', (rows, columns, expected) => {
    expect(usualPermutations(rows, columns)).toBe(expected);
  });
});
