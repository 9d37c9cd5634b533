import { describe, expect, it } from 'vitest';
import { supportOverlap } from '#caloscope/failures/support-overlap';
import { expectClose } from '../support/closeness.js';
import { steps } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Outside {
  readonly neighbors: number;
  readonly expected_share: number;
  readonly rows: readonly number[];
  readonly farthest: readonly number[];
  readonly distance: readonly number[];
  readonly own_distance: readonly number[];
}
const published = publishedNumbers<{ readonly reference: Outside; readonly generated: Outside }>('support');

/** Four columns, three of them close to each other. */
function sample(seed: number, rows: number): Float64Array[] {
  const u = steps(seed, 4 * rows);
  const at = (row: number, column: number) => u[4 * row + column] as number;
  const column = (value: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => value(row));
  return [
    column((row) => at(row, 0)),
    column((row) => at(row, 0) + 0.05 * at(row, 1)),
    column((row) => at(row, 0) - 0.02 * at(row, 2)),
    column((row) => at(row, 3)),
  ];
}

describe('SciPy’s trees', () => {
  const [reference, generated] = [sample(61, 330), sample(62, 270)];
  (generated[2] as Float64Array).forEach((x, row, all) => {
    if (row % 3 === 0) all[row] = x + 0.15;
  });
  (reference[3] as Float64Array)[7] = Number.NaN;
  (generated[0] as Float64Array)[5] = Number.NaN;
  const columns = reference.map((ofReference, i) => ({
    reference: ofReference,
    generated: generated[i] as Float64Array,
  }));

  it.each(['reference', 'generated'] as const)('rows outside the other sample: %s', async (role) => {
    const expected = published[role];
    const found = (await supportOverlap(columns, { threads: 2 }))[role];
    expect(found.neighbors).toBe(expected.neighbors);
    expectClose(found.expectedShare, expected.expected_share, 1e-12, 0, 'expected share');
    expect(found.outside).toBe(expected.rows.length);
    expect(found.farthest.map(({ row }) => row)).toEqual(expected.farthest);
    expectAllClose(
      found.farthest.map(({ distance }) => distance),
      expected.distance,
      1e-4,
      0,
      'distance',
    );
    expectAllClose(
      found.farthest.map(({ ownDistance }) => ownDistance),
      expected.own_distance,
      1e-4,
      0,
      'own distance',
    );
  });

  it('has rows outside', () => {
    expect(published.generated.rows.length).toBeGreaterThan(60);
  });
});
