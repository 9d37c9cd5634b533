import { describe, expect, it } from 'vitest';
import { regionFactor } from '#caloscope/failures/region-factor';
import { normalNumbers } from '../support/gaussian-samples.js';

describe('regionFactor', () => {
  // Twice the smaller tail of scipy.stats.hypergeom (scipy 1.17.1).
  const cases = [
    [30, 10, 100, 120, 6.090127293517985e-5],
    [3, 0, 50, 60, 0.1816328421833009],
    [0, 7, 40, 30, 0.0033964680202799072],
    [500, 400, 20000, 21000, 4.513823953715346e-5],
    [12, 12, 50, 50, 1],
    [2000, 900, 50000, 50000, 1.399433034066558e-97],
  ] as const;
  it.each(cases)(
    'has the p-value of %i and %i of %i and %i rows',
    (inReference, inGenerated, n, m, expected) => {
      const inside = { reference: inReference, generated: inGenerated };
      const { pValue } = regionFactor(inside, { reference: n, generated: m });
      expect(Math.abs(pValue / expected - 1)).toBeLessThan(1e-9);
    },
  );

  it('is the ratio of the shares with its binomial error', () => {
    const { value, standardError } = regionFactor(
      { reference: 300, generated: 100 },
      { reference: 1000, generated: 2000 },
    );
    expect(value).toBeCloseTo(6, 12);
    expect(standardError).toBeCloseTo(6 * Math.sqrt(0.7 / 300 + 0.95 / 100), 12);
  });

  it('has no error where a sample has no rows', () => {
    const all = { reference: 50, generated: 50 };
    expect(regionFactor({ reference: 0, generated: 9 }, all)).toMatchObject({
      value: 0,
      standardError: null,
    });
    expect(regionFactor({ reference: 9, generated: 0 }, all)).toMatchObject({
      value: null,
      standardError: null,
    });
    expect(regionFactor({ reference: 0, generated: 0 }, all)).toMatchObject({ value: null, pValue: 1 });
  });

  it('covers the ratio of the populations', () => {
    const normal = normalNumbers(7);
    // Normal quantiles of the shares.
    const [often, seldom] = [-0.5244005127080407, -1.0364333894937898];
    const all = { reference: 400, generated: 400 };
    const draw = (below: number) => Array.from({ length: 400 }, normal).filter((x) => x < below).length;
    let covered = 0;
    for (let trial = 0; trial < 600; trial++) {
      const { value, standardError } = regionFactor({ reference: draw(often), generated: draw(seldom) }, all);
      covered += Math.abs((value as number) - 2) < (standardError as number) ? 1 : 0;
    }
    // Three standard deviations of 600 trials.
    expect(Math.abs(covered / 600 - 0.683)).toBeLessThan(0.057);
  });
});
