import { describe, expect, it } from 'vitest';
import { normalBetween, normalFit } from '#caloscope/statistics/normal-fit';
import { normalNumbers } from '../support/gaussian-samples.js';

function drawn(rows: number, mean: number, width: number, seed: number): Float64Array {
  const normal = normalNumbers(seed);
  return Float64Array.from({ length: rows }, () => mean + width * normal());
}

describe('a normal distribution fitted to values', () => {
  it('is their mean and standard deviation where nothing is cut', () => {
    const values = drawn(1000, 3, 2, 1);
    const mean = values.reduce((sum, x) => sum + x, 0) / 1000;
    const width = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1000);
    const fit = normalFit(values, { lower: -1000, upper: 1000 });
    expect(fit?.mean).toBeCloseTo(mean, 10);
    expect(fit?.width).toBeCloseTo(width, 10);
    expect(fit?.meanError).toBeCloseTo(width / Math.sqrt(1000), 10);
    expect(fit?.widthError).toBeCloseTo(width / Math.sqrt(2000), 10);
  });

  it.each([
    [-1.5, 1.5],
    [0.5, 4],
    [-3, 0],
  ])('is that of the whole where only values from %f to %f are looked at', (lower, upper) => {
    const fit = normalFit(drawn(200_000, 0.2, 1.1, 2), { lower, upper });
    expect(Math.abs((fit?.mean as number) - 0.2)).toBeLessThan(3 * (fit?.meanError as number));
    expect(Math.abs((fit?.width as number) - 1.1)).toBeLessThan(3 * (fit?.widthError as number));
    expect(fit?.widthError).toBeLessThan(0.05);
  });

  it('has errors that are the scatter of such fits, with and without weights of the values', () => {
    const pulls = { mean: 0, width: 0 };
    const fits = 400;
    for (let seed = 1; seed <= fits; seed++) {
      const values = drawn(500, 0, 1, seed);
      const weights = seed % 2 === 0 ? null : Float64Array.from(values, (_, i) => (i % 3) + 0.5);
      const fit = normalFit(values, { lower: -2, upper: 1.5, weights });
      if (fit === null) throw new Error('there is a fit');
      pulls.mean += (fit.mean / fit.meanError) ** 2 / fits;
      pulls.width += ((fit.width - 1) / fit.widthError) ** 2 / fits;
    }
    // Of χ²/400 the deviation is 0.07.
    expect(Math.abs(pulls.mean - 1)).toBeLessThan(0.21);
    expect(Math.abs(pulls.width - 1)).toBeLessThan(0.21);
  });

  it('is none of few, equal or flat values', () => {
    const range = { lower: 0, upper: 1 };
    expect(
      normalFit(
        new Float64Array(9).map((_, i) => i / 9),
        range,
      ),
    ).toBeNull();
    expect(normalFit(new Float64Array(100).fill(0.5), range)).toBeNull();
    const hollow = Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.05 : 0.95));
    expect(normalFit(hollow, range)).toBeNull();
    expect(normalFit(new Float64Array(100).fill(Number.NaN), range)).toBeNull();
  });

  it('knows how much lies between two numbers', () => {
    expect(normalBetween(-1, 1)).toBeCloseTo(0.682689492137086, 14);
    expect(normalBetween(-10, 1.959963984540054)).toBeCloseTo(0.975, 14);
  });
});
