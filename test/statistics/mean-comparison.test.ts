import { describe, expect, it } from 'vitest';
import { fTail } from '#caloscope/statistics/f-tail';
import { compareMeans, type MeanVector } from '#caloscope/statistics/mean-comparison';
import { normalNumbers } from '../support/gaussian-samples.js';

/** Means of rows with their covariance, as they are defined. */
function vectorOf(rows: readonly (readonly number[])[], weights = rows.map(() => 1)): MeanVector {
  const sum = weights.reduce((all, w) => all + w, 0);
  const squares = weights.reduce((all, w) => all + w * w, 0);
  const weight = (row: number) => weights[row] as number;
  const bins = rows[0]?.length ?? 0;
  const means = Array.from(
    { length: bins },
    (_, bin) => rows.reduce((all, row, r) => all + weight(r) * (row[bin] as number), 0) / sum,
  );
  const covariance: number[] = [];
  for (let i = 0; i < bins; i++) {
    for (let j = 0; j <= i; j++) {
      const from = (row: readonly number[], bin: number) => (row[bin] as number) - (means[bin] as number);
      covariance.push(
        rows.reduce((all, row, r) => all + weight(r) ** 2 * from(row, i) * from(row, j), 0) / sum ** 2,
      );
    }
  }
  return { means, covariance, effectiveRows: (sum * sum) / squares };
}

/** Bins about 10 that hang together: each has half of the one before. */
function rowsOf(rows: number, bins: number, seed: number, scale = 1): number[][] {
  const normal = normalNumbers(seed);
  return Array.from({ length: rows }, () => {
    let last = 0;
    return Array.from({ length: bins }, () => {
      last = 0.5 * last + normal();
      return scale * (10 + last);
    });
  });
}

/** Largest distance from the uniform distribution times √N; above 1.36 in 5 % of cases, above 1.95 in one of a thousand. */
function distance(pValues: readonly number[]): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  const n = sorted.length;
  const apart = sorted.map((p, i) => Math.max(p - i / n, (i + 1) / n - p));
  return Math.max(...apart) * Math.sqrt(n);
}

describe('compareMeans', () => {
  it('of one bin is the square of the pull, with the degrees of freedom of Welch', () => {
    const [a, b] = [vectorOf(rowsOf(40, 1, 1)), vectorOf(rowsOf(90, 1, 2, 1.02))];
    const { value, degreesOfFreedom, pValue } = compareMeans(a, b);
    const [va, vb] = [a.covariance[0] as number, b.covariance[0] as number];
    expect(value).toBeCloseTo(((a.means[0] as number) - (b.means[0] as number)) ** 2 / (va + vb), 10);
    expect(degreesOfFreedom).toBe(1);
    const welch = (va + vb) ** 2 / (va ** 2 / 39 + vb ** 2 / 89);
    expect(pValue).toBeCloseTo(fTail(value, 1, welch), 10);
  });

  it('of two bins is dᵀC⁻¹d', () => {
    const [a, b] = [vectorOf(rowsOf(300, 2, 3)), vectorOf(rowsOf(300, 2, 4))];
    const [xx, xy, yy] = [0, 1, 2].map((i) => (a.covariance[i] as number) + (b.covariance[i] as number)) as [
      number,
      number,
      number,
    ];
    const [x, y] = [0, 1].map((i) => (a.means[i] as number) - (b.means[i] as number)) as [number, number];
    const expected = (x * x * yy - 2 * x * y * xy + y * y * xx) / (xx * yy - xy * xy);
    expect(compareMeans(a, b).value).toBeCloseTo(expected, 9);
  });

  it.each([
    [40, 60, 4],
    [200, 100, 10],
    [300, 400, 25],
  ])('is uniform in p on equal samples of %d and %d rows, %d bins', (n, m, bins) => {
    const pairs = bins > 20 ? 60 : 300;
    const pValues = Array.from({ length: pairs }, (_, pair) => {
      const [a, b] = [vectorOf(rowsOf(n, bins, 900 + 2 * pair)), vectorOf(rowsOf(m, bins, 901 + 2 * pair))];
      return compareMeans(a, b).pValue;
    });
    expect(distance(pValues)).toBeLessThan(1.95);
  });

  it('sees what no single bin shows', () => {
    // Neighbors rise and fall together: one up, the next down, is wide of their covariance.
    const changed = rowsOf(2000, 6, 6).map((row) => row.map((x, bin) => x + (bin % 2 === 0 ? 0.08 : -0.08)));
    expect(compareMeans(vectorOf(rowsOf(2000, 6, 5)), vectorOf(changed)).pValue).toBeLessThan(1e-6);
  });

  it('counts weights, and what they have in common', () => {
    const [rows, others] = [rowsOf(400, 3, 7), rowsOf(400, 3, 8)];
    const weights = others.map((_, row) => 0.2 + (row % 5));
    const [a, b] = [vectorOf(rows), vectorOf(others, weights)];
    const alone = compareMeans(a, b);
    const deviation = [0.5, 0.5, 0.5];
    const common = compareMeans(a, b, [deviation, [0, 0, 0], deviation.map((d) => -d)]);
    expect(common.value).toBeLessThan(alone.value);
    expect(common.degreesOfFreedom).toBe(3);
    // A change along the deviation is worth little, one across it as much as before.
    const along = { ...b, means: Array.from(b.means, (mean) => mean + 1) };
    expect(compareMeans(a, along).value).toBeGreaterThan(50);
    expect(compareMeans(a, along, [deviation, deviation]).value).toBeLessThan(20);
  });

  it('leaves out directions in which nothing scatters, and bins that are empty', () => {
    const whole = rowsOf(300, 2, 9).map(([x = 0, y = 0]) => [x, y, 40 - x - y, 0]);
    const other = rowsOf(300, 2, 10).map(([x = 0, y = 0]) => [x, y, 40 - x - y, 0]);
    const { degreesOfFreedom, value } = compareMeans(vectorOf(whole), vectorOf(other));
    const two = compareMeans(
      vectorOf(whole.map((row) => row.slice(0, 2))),
      vectorOf(other.map((row) => row.slice(0, 2))),
    );
    expect(degreesOfFreedom).toBe(2);
    expect(value).toBeCloseTo(two.value, 6);
  });

  it('puts bins with few entries together, and more where rows are few', () => {
    const few = (seed: number) => {
      const normal = normalNumbers(seed);
      return Array.from({ length: 500 }, () => [
        10 + normal(),
        ...[1, 2, 3].map(() => (normal() > 2.1 ? 1 : 0)),
      ]);
    };
    // 9 of 500 rows have something in each of the last bins.
    expect(compareMeans(vectorOf(few(1)), vectorOf(few(2))).degreesOfFreedom).toBe(2);
    expect(compareMeans(vectorOf(rowsOf(50, 8, 1)), vectorOf(rowsOf(500, 8, 2))).degreesOfFreedom).toBe(4);
  });

  it('has a value for means that do not scatter, and none for no rows', () => {
    const constant = (x: number) => vectorOf(Array.from({ length: 30 }, () => [x]));
    expect(compareMeans(constant(3), constant(3))).toEqual({ value: 0, degreesOfFreedom: 0, pValue: 1 });
    expect(compareMeans(constant(3), constant(4))).toMatchObject({
      value: Number.POSITIVE_INFINITY,
      pValue: 0,
    });
    const none = vectorOf([[1], [2]], [0, 0]);
    expect(compareMeans(constant(3), none).pValue).toBeNaN();
    expect(compareMeans(vectorOf([]), vectorOf([])).pValue).toBeNaN();
  });
});
