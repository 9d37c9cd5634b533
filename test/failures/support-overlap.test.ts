import { describe, expect, it } from 'vitest';
import { supportOverlap } from '#caloscope/failures/support-overlap';
import { normalNumbers } from '../support/gaussian-samples.js';

/** Pairs of normal columns; the first of the generated sample is moved where `moved` says so. */
function normalPairs(columns: number, rows: number, seed: number, moved: (row: number) => number = () => 0) {
  const normal = normalNumbers(seed);
  return Array.from({ length: columns }, (_, column) => ({
    reference: Float64Array.from({ length: rows }, normal),
    generated: Float64Array.from({ length: rows }, (_, row) => normal() + (column === 0 ? moved(row) : 0)),
  }));
}

describe('supportOverlap', () => {
  it('finds the share that lies elsewhere, with an error, and the same on any threads', async () => {
    const pairs = normalPairs(20, 600, 1, (row) => (row % 5 < 2 ? 9 : 0));
    const { reference, generated } = await supportOverlap(pairs, { threads: 1, seed: 4 });
    expect(Math.abs(generated.outside / generated.judged - 0.4)).toBeLessThan(0.02);
    expect(reference.outside / reference.judged).toBeLessThan(0.02);
    // The rows are binomial, the judgment adds little.
    expect(Math.abs(generated.standardError - Math.sqrt((0.4 * 0.6) / 600))).toBeLessThan(0.008);
    for (const { row } of generated.farthest) expect(row % 5).toBeLessThan(2);
    expect(await supportOverlap(pairs, { threads: 3, seed: 4 })).toEqual({ reference, generated });
  });

  it('sees a part of the detector that one sample never lights', async () => {
    const normal = normalNumbers(2);
    const dead = { reference: Float64Array.from({ length: 300 }, normal), generated: new Float64Array(300) };
    const { reference } = await supportOverlap([...normalPairs(5, 300, 3), dead]);
    expect(reference.outside / 300).toBeGreaterThan(0.6);
  });

  it('of equal samples, the stated share is outside', async () => {
    let [outside, judged] = [0, 0];
    for (let trial = 0; trial < 30; trial++) {
      for (const one of Object.values(await supportOverlap(normalPairs(4, 400, 100 + trial)))) {
        expect(one.expectedShare).toBeLessThanOrEqual(1e-3);
        outside += one.outside;
        judged += one.judged;
      }
    }
    // Rows that are near each other are outside together.
    expect(Math.abs(outside / judged - 1e-3)).toBeLessThan(3 * 2 * Math.sqrt(1e-3 / judged));
    expect(outside).toBeGreaterThan(0);
  });

  it('says that no row is outside where all are equal, however few there are', async () => {
    const equal = [{ reference: Float64Array.of(2, 2, 2), generated: Float64Array.of(2) }];
    const found = await supportOverlap(equal);
    expect(found.reference).toMatchObject({ judged: 3, directions: 0, outside: 0, farthest: [] });
    expect(found.generated).toMatchObject({ judged: 1, outside: 0 });
  });

  it('refuses what it cannot judge', async () => {
    const refused: [unknown, object, string][] = [
      [[], {}, 'ERR_SHAPE'],
      [[{ reference: [1], generated: [1] }], {}, 'ERR_ARGUMENT'],
      [normalPairs(1001, 3, 1), {}, 'ERR_SHAPE'],
      [[{ reference: Float64Array.of(1, 2), generated: Float64Array.of() }], {}, 'ERR_TOO_FEW_ROWS'],
      [
        [{ reference: Float64Array.of(1, Number.POSITIVE_INFINITY), generated: Float64Array.of(1) }],
        {},
        'ERR_NON_FINITE',
      ],
      [normalPairs(2, 10, 1), { seed: -1 }, 'ERR_ARGUMENT'],
    ];
    for (const [columns, options, code] of refused)
      await expect(supportOverlap(columns as never, options)).rejects.toMatchObject({ code });
  });
});
