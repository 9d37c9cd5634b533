import { describe, expect, it } from 'vitest';
import { likelihoodRatioArea } from '#caloscope/statistics/likelihood-ratio-area';
import { normalNumbers } from '../support/gaussian-samples.js';

function uniform(rows: number, lower: number, upper: number, seed: number): Float64Array {
  const normal = normalNumbers(seed);
  const number = () => Math.atan2(normal(), normal()) / (2 * Math.PI) + 0.5;
  return Float64Array.from({ length: rows }, () => lower + (upper - lower) * number());
}

describe('likelihoodRatioArea', () => {
  it('sees a difference in width, where the order of the values does not', () => {
    // Outside 40 to 60 are 79/99 of the reference, told apart for certain; inside, none is.
    const exact = 79 / 99 + 20 / 99 / 2;
    const area = likelihoodRatioArea(uniform(1500, 1, 100, 1), uniform(1500, 40, 60, 2));
    expect(Math.abs(area - exact)).toBeLessThan(0.015);
  });

  it('is that of a shift', () => {
    const normal = normalNumbers(3);
    const sample = (shift: number) => Float64Array.from({ length: 5000 }, () => normal() + shift);
    // Φ(d/√2) at d = 0.5
    expect(Math.abs(likelihoodRatioArea(sample(0), sample(0.5)) - 0.6382)).toBeLessThan(0.015);
  });

  it('is ½ on average for equal samples', () => {
    let mean = 0;
    for (let pair = 0; pair < 200; pair++) {
      mean += likelihoodRatioArea(uniform(150, 0, 1, 2 * pair + 10), uniform(100, 0, 1, 2 * pair + 11)) / 200;
    }
    // 200 pairs, each ±0.04
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  });

  it('tells a few fixed values apart', () => {
    const values = (one: number, other: number) =>
      Float64Array.from({ length: 400 }, (_, i) => (i % 4 < 2 ? one : other));
    expect(likelihoodRatioArea(values(1, 2), values(3, 3))).toBe(1);
    expect(likelihoodRatioArea(values(1, 2), values(2, 3))).toBe(0.875);
  });
});
