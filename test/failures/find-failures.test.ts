import { describe, expect, it } from 'vitest';
import { findFailures } from '#caloscope/failures/find-failures';
import { normalNumbers } from '../support/gaussian-samples.js';

const rows = 4000;
const normal = normalNumbers(31);
const numbers = (shift: number) => Float64Array.from({ length: rows }, () => normal() + shift);
const columns = [
  { reference: numbers(0), generated: numbers(0) },
  { reference: numbers(1), generated: numbers(0) },
];
const [, shifted] = columns as [unknown, (typeof columns)[number]];
const logWeights = {
  reference: shifted.reference.map((x) => x - 0.5),
  generated: shifted.generated.map((x) => x - 0.5),
};

describe('findFailures', () => {
  it('names the column that differs, with the factor of the populations', async () => {
    const {
      inTurn,
      columns: regions,
      boxes,
      measuring,
    } = await findFailures(columns, logWeights, { threads: 2 });
    expect(inTurn.map(({ column }) => column)).toEqual([1]);
    expect(inTurn[0]?.share).toBeGreaterThan(0.9);
    expect(boxes.flatMap((box) => box.conditions.map(({ column }) => column))).not.toContain(0);
    expect(measuring.reference).toBeGreaterThan(rows / 2 - 200);
    const bound = regions[1]?.conditions[0];
    expect(bound?.column).toBe(1);
    const isBounded = Number.isFinite(bound?.lower) || Number.isFinite(bound?.upper);
    expect(isBounded).toBe(true);
  });

  it('takes candidates alone in turn', async () => {
    const { inTurn, alone } = await findFailures(columns, logWeights, { candidates: [0] });
    expect(inTurn).toEqual([]);
    expect(alone).toHaveLength(2);
  });

  it('refuses what does not fit', async () => {
    const short = { ...logWeights, generated: new Float64Array(3) };
    await expect(findFailures([], logWeights)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(findFailures(columns, short)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(findFailures(columns, logWeights, { candidates: [2] })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: 'candidates must be indices of columns, from 0 to 1',
    });
    await expect(findFailures(columns, logWeights, { seed: 0.5 })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
    const infinite = { ...logWeights, reference: new Float64Array(rows).fill(Number.POSITIVE_INFINITY) };
    await expect(findFailures(columns, infinite)).rejects.toMatchObject({ code: 'ERR_NON_FINITE' });
    await expect(findFailures(columns, { reference: [1], generated: [2] } as never)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: 'logWeights.reference must be a Float64Array',
    });
  });

  it('ends when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(findFailures(columns, logWeights, { signal })).rejects.toThrow('enough');
  });
});
