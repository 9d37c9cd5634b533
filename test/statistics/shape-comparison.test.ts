import { describe, expect, it } from 'vitest';
import { chiSquareTail } from '#caloscope/statistics/chi-square-tail';
import { compareShapes } from '#caloscope/statistics/shape-comparison';
import { normalNumbers } from '../support/gaussian-samples.js';

describe('chiSquareTail', () => {
  it.each([
    // SciPy 1.10.1, scipy.stats.chi2.sf
    [0.5, 1, 0.47950012218695337],
    [3.84, 1, 0.05004352124870519],
    [10, 10, 0.44049328506521257],
    [100, 10, 5.4497019829205215e-17],
    [900, 30, 6.105822512851014e-170],
    [49, 49, 0.4731282956547652],
  ])('of %d with %d degrees of freedom', (value, degrees, expected) => {
    expect(Math.abs(chiSquareTail(value, degrees) / expected - 1)).toBeLessThan(1e-10);
  });

  it('has ends', () => {
    expect(chiSquareTail(0.01, 49)).toBe(1);
    expect([chiSquareTail(0, 3), chiSquareTail(5, 0), chiSquareTail(1e9, 3)]).toEqual([1, 1, 0]);
    expect(chiSquareTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(chiSquareTail(Number.NaN, 3)).toBeNaN();
  });
});

/** A histogram of so many rows: exponential, the last cells nearly empty. */
function histogramOf(rows: number, uniform: () => number, weightOf: (bin: number) => number, scale = 6) {
  const values = new Array<number>(30).fill(0);
  const variances = new Array<number>(30).fill(0);
  for (let row = 0; row < rows; row++) {
    const bin = Math.min(29, Math.floor(-scale * Math.log(uniform())));
    const weight = weightOf(bin);
    values[bin] = (values[bin] as number) + weight;
    variances[bin] = (variances[bin] as number) + weight ** 2;
  }
  return { values, variances };
}

function uniformNumbers(seed: number): () => number {
  const normal = normalNumbers(seed);
  // The phase of two normal numbers.
  return () => Math.atan2(normal(), normal()) / (2 * Math.PI) + 0.5;
}

describe('compareShapes', () => {
  it('is Pearson’s test of homogeneity for counts: SciPy 1.10.1, chi2_contingency', () => {
    const [first, second] = [
      [30, 50, 20, 40],
      [60, 70, 50, 20],
    ];
    const counts = (values: number[] = []) => ({ values, variances: values });
    const { chiSquare } = compareShapes(counts(first), counts(second));
    expect(chiSquare.bins).toBe(4);
    expect(chiSquare.value).toBeCloseTo(22.98469387755102, 10);
    expect(chiSquare.pValue / 4.068076311801172e-5).toBeCloseTo(1, 8);
  });

  it('has the full covariance where weights have something in common: numpy 2.4.6, d @ pinv(V) @ d', () => {
    const counts = (values: number[]) => ({ values, variances: values });
    const shared = [Float64Array.of(3, -2, 4, 1), Float64Array.of(-1, 5, -6, 0.5)];
    const { chiSquare, noise } = compareShapes(counts([30, 50, 20, 40]), counts([60, 70, 50, 20]), shared);
    expect(chiSquare.value).toBeCloseTo(21.205002987782265, 10);
    expect(chiSquare.bins).toBe(4);
    expect(noise).toBeCloseTo(0.011157401568700397, 12);
  });

  it('of weights that are wrong together: p is uniform, the noise is the mean of the separation', () => {
    const uniform = uniformNumbers(9);
    const normal = normalNumbers(10);
    const trials = 1500;
    let below = 0;
    let withoutShared = 0;
    let [separation, noise] = [0, 0];
    const slopes = [(bin: number) => 0.008 * (bin - 6), (bin: number) => (bin < 4 ? 0.06 : 0)];
    for (let trial = 0; trial < trials; trial++) {
      const first = histogramOf(2000, uniform, () => 1);
      const z = slopes.map(normal);
      const second = histogramOf(2000, uniform, (bin) =>
        slopes.reduce((w, slope, k) => w + (z[k] as number) * slope(bin), 1),
      );
      const shared = slopes.map((slope) =>
        Float64Array.from(second.values, (value, bin) => value * slope(bin)),
      );
      const compared = compareShapes(first, second, shared);
      below += compared.chiSquare.pValue < 0.05 ? 1 / trials : 0;
      withoutShared += compareShapes(first, second).chiSquare.pValue < 0.05 ? 1 / trials : 0;
      separation += compared.separation / trials;
      noise += compared.noise / trials;
    }
    expect(Math.abs(below - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials) + 0.005);
    expect(withoutShared).toBeGreaterThan(0.1);
    expect(Math.abs(separation / noise - 1)).toBeLessThan(0.05);
  });

  it('does not depend on the scale of the weights', () => {
    const uniform = uniformNumbers(1);
    const first = histogramOf(500, uniform, () => 1);
    const second = histogramOf(400, uniform, () => 0.2 + uniform());
    const scaled = {
      values: second.values.map((value) => 7 * value),
      variances: second.variances.map((variance) => 49 * variance),
    };
    const [one, other] = [compareShapes(first, second), compareShapes(first, scaled)];
    expect(other.separation).toBeCloseTo(one.separation, 12);
    expect(other.noise).toBeCloseTo(one.noise, 12);
    expect(other.chiSquare.value).toBeCloseTo(one.chiSquare.value, 9);
    expect(other.chiSquare.bins).toBe(one.chiSquare.bins);
  });

  const cases: readonly (readonly [
    string,
    number,
    number,
    (uniform: () => number) => (bin: number) => number,
  ])[] = [
    ['300 and 300 rows', 300, 300, () => () => 1],
    ['200 and 3000 rows', 200, 3000, () => () => 1],
    ['weights', 1000, 1000, (uniform) => () => 0.1 + 2 * uniform() ** 2],
  ];

  it.each(cases)(
    'of equal samples, %s: the noise is the mean of the separation, p is uniform',
    (_, n, m, weights) => {
      const uniform = uniformNumbers(n + m);
      const trials = 1500;
      let separation = 0;
      let noise = 0;
      const pValues: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const first = histogramOf(n, uniform, () => 1);
        const compared = compareShapes(first, histogramOf(m, uniform, weights(uniform)));
        separation += compared.separation / trials;
        noise += compared.noise / trials;
        pValues.push(compared.chiSquare.pValue);
      }
      expect(Math.abs(separation / noise - 1)).toBeLessThan(0.05);
      for (const level of [0.01, 0.05, 0.3]) {
        const share = pValues.filter((p) => p < level).length / trials;
        // Four standard deviations, and a tenth of the level for the χ² distribution itself.
        const error = 4 * Math.sqrt((level * (1 - level)) / trials) + 0.1 * level;
        expect(Math.abs(share - level)).toBeLessThan(error);
      }
    },
  );

  it('of a sample that exact weights make equal: p is uniform', () => {
    const uniform = uniformNumbers(5);
    const share = (bin: number, scale: number) =>
      Math.exp(-bin / scale) * (bin === 29 ? 1 : 1 - Math.exp(-1 / scale));
    const trials = 1500;
    let below = 0;
    for (let trial = 0; trial < trials; trial++) {
      const first = histogramOf(1000, uniform, () => 1);
      const second = histogramOf(1500, uniform, (bin) => share(bin, 6) / share(bin, 8), 8);
      below += compareShapes(first, second).chiSquare.pValue < 0.05 ? 1 : 0;
    }
    expect(Math.abs(below / trials - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials));
  });

  it('has nothing to compare in an empty histogram', () => {
    const empty = { values: [0, 0], variances: [0, 0] };
    const { separation, noise, chiSquare } = compareShapes(empty, { values: [1, 2], variances: [1, 2] });
    expect([separation, noise, chiSquare.value, chiSquare.pValue]).toEqual(new Array(4).fill(Number.NaN));
  });
});
