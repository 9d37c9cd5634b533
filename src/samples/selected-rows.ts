import * as z from 'zod';
import { ArgumentError } from '../errors.js';
import { didYouMean } from '../names.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { JobOptions } from '../native/run-job.js';
import type { Condition, Sample } from './sample.js';

const bound = z.number({ error: 'must be a number' }).nullable().default(null);

const selectionSchema = z
  .strictObject({
    /** `energy` (MeV), or the name of another condition (in its unit). */
    condition: z.string().min(1, { error: 'must not be empty' }),
    /** Both ends belong to the range; null: no bound. */
    from: bound,
    to: bound,
    /** In place of a range. */
    values: z
      .array(z.number({ error: 'must be numbers' }), { error: 'must be a list of numbers' })
      .min(1, { error: 'must name a value' })
      .readonly()
      .nullable()
      .default(null),
  })
  .refine(({ from, to, values }) => (values === null) !== (from === null && to === null), {
    error: 'needs a bound, from or to, or else values',
  })
  .refine(({ from, to }) => from === null || to === null || from <= to, {
    error: 'needs a lower bound that is not above the upper one',
  });

/** Which rows are compared: those whose conditions are all as chosen. */
export const selectionsSchema = z
  .array(selectionSchema, { error: 'must be a list of { condition, from, to } or { condition, values }' })
  .refine((list) => new Set(list.map(({ condition }) => condition)).size === list.length, {
    error: 'must name each condition once',
  })
  .readonly();

/** What the rows that are compared were made for. */
export type RowSelection = z.output<typeof selectionSchema>;

/**
 * What a number of a float32 file may be beside what is written down for it, after a change of unit, relative to it. Whole
 * numbers, such as codes of particles, are exact.
 */
const rounding = 2 ** -22;

function equals(value: number, wanted: number): boolean {
  if (value === wanted) return true;
  if (Number.isInteger(value) && Number.isInteger(wanted)) return false;
  return Math.abs(value - wanted) <= rounding * Math.abs(wanted);
}

function isChosen({ from, to, values }: RowSelection, value: number): boolean {
  if (values !== null) return values.some((wanted) => equals(value, wanted));
  return (
    (from === null || value >= from || equals(value, from)) &&
    (to === null || value <= to || equals(value, to)) &&
    !Number.isNaN(value)
  );
}

/**
 * The sample with those rows that are chosen, which keep their numbers; the sample itself where all are. Another sample is the
 * caller's to free.
 *
 * @throws ArgumentError ERR_ARGUMENT for a condition that the rows do not have, ERR_TOO_FEW_ROWS where no row is left.
 */
export async function selectRows(
  sample: Sample,
  role: SampleRole,
  chosen: readonly RowSelection[],
  options: JobOptions,
): Promise<Sample> {
  if (chosen.length === 0) return sample;
  const conditions = sample.conditions();
  const columns = chosen.map((one) => ({ one, condition: conditionOf(one, conditions, sample.noun) }));
  const removed = new Float64Array(sample.rows);
  let count = 0;
  for (let row = 0; row < sample.rows; row++) {
    const stays = columns.every(({ one, condition }) => isChosen(one, condition.values[row] as number));
    if (!stays) removed[count++] = row;
  }
  if (count === 0) return sample;
  if (count < sample.rows) return await sample.without(removed.slice(0, count), options);
  const wanted = columns.map(({ one, condition }) => selectionText(one, condition.unit)).join(' and ');
  const there = columns.map(({ condition }) => rangeOf(condition)).join(', ');
  const message = `select: none of the ${sample.rows} ${role} ${sample.noun} has ${wanted}; there is ${there}`;
  throw new ArgumentError('ERR_TOO_FEW_ROWS', message);
}

function conditionOf({ condition }: RowSelection, conditions: readonly Condition[], noun: string): Condition {
  const found = conditions.find(({ key }) => key === condition);
  if (found) return found;
  const known = conditions.map(({ key }) => key);
  const have =
    known.length === 0
      ? `${noun} of this layout have none`
      : `the ${noun} have ${known.join(', ')}${didYouMean(condition, known)}`;
  throw new ArgumentError('ERR_ARGUMENT', `select: there is no condition ${condition}; ${have}`);
}

/** `energy from 1000 to 50000 MeV`, `pdg 22 or -211`. */
export function selectionText({ condition, from, to, values }: RowSelection, unit = ''): string {
  const parts =
    values === null
      ? [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to ${to}`])]
      : [values.join(' or ')];
  return [condition, ...parts, ...(unit === '' ? [] : [unit])].join(' ');
}

function rangeOf({ key, unit, values }: Condition): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return `no ${key}`;
  const [from, to] = finite.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const short = (value: number) => Number(value.toPrecision(6));
  return selectionText(
    from === to
      ? { condition: key, from: null, to: null, values: [short(from)] }
      : { condition: key, from: short(from), to: short(to), values: null },
    unit,
  );
}
