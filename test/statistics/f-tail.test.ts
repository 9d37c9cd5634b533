import { describe, expect, it } from 'vitest';
import { chiSquareTail } from '#caloscope/statistics/chi-square-tail';
import { fTail } from '#caloscope/statistics/f-tail';

describe('fTail', () => {
  it.each([
    // SciPy, scipy.stats.f.sf
    [0.5, 1, 1, 0.6081734479693928],
    [4.2, 3, 20, 0.018557419834826203],
    [1.1, 12, 663.4, 0.35690834536240923],
    [80, 12, 650, 2.2927132294320782e-119],
    [2.5, 4, 1.7, 0.33503417429911053],
    [1.02, 45, 1e5, 0.4347063093332941],
    [3, 1, 1e6, 0.08326482502421008],
  ])('of %d with %d and %d degrees of freedom', (value, d1, d2, expected) => {
    expect(Math.abs(fTail(value, d1, d2) / expected - 1)).toBeLessThan(1e-8);
  });

  it('has ends, and is that of χ² where the second degrees of freedom are many', () => {
    expect([fTail(0, 3, 4), fTail(-1, 3, 4), fTail(Number.POSITIVE_INFINITY, 3, 4)]).toEqual([1, 1, 0]);
    expect(fTail(Number.NaN, 3, 4)).toBeNaN();
    expect(fTail(2, 7, 1e9)).toBeCloseTo(chiSquareTail(14, 7), 6);
  });
});
