import { describe, expect, it } from 'vitest';
import { jackknifeVariance, sharedDeviations } from '#caloscope/statistics/fold-jackknife';
import { normalNumbers } from '../support/gaussian-samples.js';

describe('jackknifeVariance', () => {
  it('of a mean is s²/K of the means of the folds', () => {
    const folds = [3, 7, 1, 4, 10];
    const replicas = folds.map((left) => (25 - left) / 4);
    // s² = 12.5
    expect(jackknifeVariance(replicas)).toBeCloseTo(12.5 / 5, 12);
  });
});

describe('sharedDeviations', () => {
  it('are those of numpy, where learning takes a part back', () => {
    const learned = [
      [11, 21, 6],
      [9, 22, 6],
      [10, 23, 4],
    ];
    const kept = [
      [10, 21, 5],
      [9, 22, 6],
      [11, 23, 5],
    ];
    // (K − 1)/K Σ: 16/3 of learned, 4 of kept, 8/3 of the change: half of it.
    const expected = [
      [0.57735027, 0, 0.57735027],
      [0, 0, 0],
      [-0.57735027, 0, -0.57735027],
    ];
    for (const [fold, deviations] of sharedDeviations({ learned, kept }).entries())
      for (const [bin, deviation] of deviations.entries())
        expect(deviation).toBeCloseTo(expected[fold]?.[bin] as number, 7);
  });

  it('are nothing where the weights do not change, or learning takes all back', () => {
    const kept = [
      [1, 2],
      [3, 4],
      [2, 2],
    ];
    const flat = [
      [2, 2],
      [2, 2],
      [2, 2],
    ];
    for (const learned of [kept, flat])
      for (const deviations of sharedDeviations({ learned, kept }))
        expect(deviations.every((d) => Math.abs(d) === 0)).toBe(true);
    expect(sharedDeviations({ learned: [], kept: [] })).toEqual([]);
  });

  it('add up to the variance that independent changes have', () => {
    // Contents 100 in each fold; learning on the others moves bin b by 3 (b + 1) z, z one number a fold.
    const normal = normalNumbers(4);
    const folds = 5;
    const bins = 2;
    let mean = 0;
    const trials = 4000;
    for (let trial = 0; trial < trials; trial++) {
      const z = Array.from({ length: folds }, normal);
      const all = z.reduce((sum, x) => sum + x, 0);
      const kept = z.map(() => new Array<number>(bins).fill(400));
      // Each of K folds adds 1/K of what is learned.
      const learned = z.map((own) =>
        Array.from({ length: bins }, (_, b) => 400 + (3 * (b + 1) * (all - own)) / (folds - 1)),
      );
      mean += sharedDeviations({ learned, kept }).reduce((sum, d) => sum + (d[1] as number) ** 2, 0) / trials;
    }
    // Variance of 6 z̄.
    expect(Math.abs(mean / (36 / folds) - 1)).toBeLessThan(0.06);
  });
});
