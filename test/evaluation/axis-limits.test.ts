import { describe, expect, it } from 'vitest';
import { roundedLogLimits, roundedRange, wholeNumberRange } from '#caloscope/evaluation/axis-limits';
import { binsFor } from '#caloscope/evaluation/observable-axis';
import { normalNumbers } from '../support/gaussian-samples.js';

describe('limits of an axis', () => {
  it.each([
    [0.976, 0.997, 50, { bins: 50, lower: 0.975, upper: 1 }],
    [-23, 27, 50, { bins: 30, lower: -30, upper: 30 }],
    [0.03, 1, 50, { bins: 50, lower: 0, upper: 1 }],
    [-3.2, 55, 20, { bins: 14, lower: -10, upper: 60 }],
    [1e-7, 2e-7, 50, { bins: 50, lower: 1e-7, upper: 2e-7 }],
  ])('%d to %d in at most %d bins', (lower, upper, most, expected) => {
    expect(roundedRange(lower, upper, most)).toEqual(expected);
  });

  it('hold all values and keep to the number of bins', () => {
    const normal = normalNumbers(5);
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [normal() * 10 ** (4 * normal()), normal() * 10 ** (4 * normal())];
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { bins, lower, upper } = roundedRange(low, high, 20);
      expect(lower).toBeLessThanOrEqual(low + 1e-8 * (high - low));
      expect(upper).toBeGreaterThanOrEqual(high - 1e-8 * (high - low));
      expect(upper - lower).toBeLessThan(2.5 * (high - low));
      expect(bins).toBeGreaterThan(3);
      expect(bins).toBeLessThanOrEqual(20);
    }
  });

  it('are a decade’s 1, 2 and 5 of a logarithmic axis', () => {
    expect(roundedLogLimits(0.013, 3210)).toEqual([0.01, 5000]);
    expect(roundedLogLimits(1, 10)).toEqual([1, 10]);
    expect(roundedLogLimits(3e-7, 5)).toEqual([2e-7, 5]);
  });
});

describe('whole numbers', () => {
  it.each([
    [0, 2, 50],
    [3, 504, 50],
    [-3, 8, 10],
    [1000, 9000, 50],
    [7, 8, 10],
    [200, 290, 25],
  ])('%d to %d in at most %d bins: as many of them in every bin', (low, high, most) => {
    const { bins, lower, upper } = wholeNumberRange(low, high, most);
    expect(lower).toBeLessThan(low);
    expect(upper).toBeGreaterThan(high);
    expect(bins).toBeLessThanOrEqual(most);
    const width = (upper - lower) / bins;
    expect(width).toSatisfy(Number.isInteger);
    expect(lower + 0.5).toSatisfy(Number.isInteger);
  });
});

describe('the axis of an observable', () => {
  const axisFor = (values: (normal: () => number) => number, seed: number, rows = 4000, unit = 'mm') => {
    const sample = (its: number) => Float64Array.from({ length: rows }, () => values(normal(its)));
    const normals = new Map<number, () => number>();
    const normal = (its: number) => {
      const known = normals.get(its) ?? normalNumbers(its);
      normals.set(its, known);
      return known;
    };
    const observable = { name: 'x', label: 'x', unit };
    return binsFor({ observable, reference: sample(2 * seed), generated: sample(2 * seed + 1) })?.axis;
  };

  it.each([
    ['a center', (normal: () => number) => 8 * normal(), 'mm'],
    ['a ratio', (normal: () => number) => 0.95 + 0.004 * normal(), ''],
    ['an energy', (normal: () => number) => 30 * Math.exp(2 * normal()), 'MeV'],
    ['a number of hits', (normal: () => number) => Math.round(400 + 31 * normal()), ''],
  ])('of %s is that of most other samples of its kind', (_, values, unit) => {
    const axes = Array.from({ length: 20 }, (__, seed) => JSON.stringify(axisFor(values, seed, 4000, unit)));
    const alike = Math.max(...axes.map((axis) => axes.filter((other) => other === axis).length));
    expect(alike).toBeGreaterThanOrEqual(14);
  });

  it('does not move with a few rows more', () => {
    const center = (normal: () => number) => 8 * normal();
    expect(axisFor(center, 3, 4100)).toEqual(axisFor(center, 3, 4000));
  });

  it('has the largest value in its last bin', () => {
    const axis = axisFor((normal) => Math.min(1, Math.abs(normal())), 1, 4000, '');
    expect(axis).toMatchObject({ lower: 0, upper: 1, upperEdge: 'last-bin' });
  });
});
