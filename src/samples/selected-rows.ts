import * as z from 'zod';
import { ArgumentError } from '../errors.js';
import { didYouMean } from '../names.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { JobOptions } from '../native/run-job.js';
import type { Warning } from '../warnings.js';
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
 * What a number that was stored as float32 may be beside what is written down for it, relative to it: after a change of unit,
 * or as log₁₀ of up to 10⁷ (ln 10 · 7 · 2⁻²⁴). Whole numbers, such as codes of particles, are exact.
 */
const roundingOfFloat32 = 2 ** -19;
/** The same of float16, which no rounding of larger numbers looks like: all have 11 bits at most, and some nearly as many. */
const roundingOfFloat16 = 2 ** -11;

/** Bits from the first that is set to the last. */
function significantBits(value: number): number {
  if (value === 0) return 0;
  let rest = Math.abs(value) / 2 ** Math.floor(Math.log2(Math.abs(value)));
  let bits = 1;
  for (; bits < 64 && !Number.isInteger(rest); bits++) rest *= 2;
  return bits;
}

/** How far the numbers of a condition may be from what is written down for them. */
function roundingOf(values: Float64Array): number {
  let most = 0;
  for (const value of values) {
    if (Number.isInteger(value) || !Number.isFinite(value)) continue;
    most = Math.max(most, significantBits(value));
    if (most > 11) return roundingOfFloat32;
  }
  return most > 8 ? roundingOfFloat16 : roundingOfFloat32;
}

/** How the numbers of one condition are compared. */
interface Comparison {
  readonly rounding: number;
  /** Whole numbers up to this one are held apart. */
  readonly exactTo: number;
}

function equals(value: number, wanted: number, { rounding, exactTo }: Comparison): boolean {
  if (value === wanted) return true;
  if (Number.isInteger(value) && Number.isInteger(wanted) && Math.abs(wanted) <= exactTo) return false;
  return Math.abs(value - wanted) <= rounding * Math.abs(wanted);
}

function isChosen({ from, to, values }: RowSelection, value: number, how: Comparison): boolean {
  if (values !== null) return values.some((wanted) => equals(value, wanted, how));
  return (
    (from === null || value >= from || equals(value, from, how)) &&
    (to === null || value <= to || equals(value, to, how)) &&
    !Number.isNaN(value)
  );
}

/** Whether a row with these conditions is chosen. @throws ArgumentError ERR_ARGUMENT where that cannot be told. */
function chooser(
  conditions: readonly Condition[],
  chosen: readonly RowSelection[],
  noun: string,
): (row: number) => boolean {
  const columns = chosen.map((one) => {
    const condition = conditionOf(one, conditions, noun);
    requireHeldApart(one, condition);
    const { values, exactTo = Number.MAX_SAFE_INTEGER } = condition;
    return { one, values, how: { rounding: roundingOf(values), exactTo } };
  });
  return (row) => columns.every(({ one, values, how }) => isChosen(one, values[row] as number, how));
}

/** Whole numbers that were rounded to each other when they were read cannot be chosen one by one. */
function requireHeldApart(
  { condition, values: wanted }: RowSelection,
  { values, exactTo = Number.MAX_SAFE_INTEGER }: Condition,
): void {
  if (wanted === null) return;
  const rounded = (value: number) => Number.isInteger(value) && Math.abs(value) > exactTo;
  if (!wanted.some(rounded) && !values.some(rounded)) return;
  const message = `select: ${condition} has whole numbers above ${exactTo}, which are rounded to each other when they are read; choose a range, or number them anew in the file`;
  throw new ArgumentError('ERR_ARGUMENT', message);
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
  const stays = chooser(conditions, chosen, sample.noun);
  const removed = new Float64Array(sample.rows);
  let count = 0;
  for (let row = 0; row < sample.rows; row++) {
    if (!stays(row)) removed[count++] = row;
  }
  if (count === 0) return sample;
  if (count < sample.rows) return await sample.without(removed.slice(0, count), options);
  const about = chosen.map((one) => ({ one, condition: conditionOf(one, conditions, sample.noun) }));
  const wanted = about.map(({ one, condition }) => selectionText(one, condition.unit)).join(' and ');
  const there = about.map(({ condition }) => rangeOf(condition)).join(', ');
  const message = `select: none of the ${sample.rows} ${role} ${sample.noun} has ${wanted}; there is ${there}`;
  throw new ArgumentError('ERR_TOO_FEW_ROWS', message);
}

/** Counts the rows of samples that a classifier was not trained for. */
export class SelectionWatch {
  readonly #chosen: readonly RowSelection[];
  #others = 0;
  #rows = 0;
  #unknown = '';

  constructor(chosen: readonly RowSelection[]) {
    this.#chosen = chosen;
  }

  count(sample: Sample): void {
    if (this.#chosen.length === 0) return;
    const conditions = sample.conditions();
    const keys = conditions.map(({ key }) => key);
    const missing = this.#chosen.filter(({ condition }) => !keys.includes(condition));
    this.#unknown = missing.map(({ condition }) => condition).join(', ');
    if (missing.length > 0) return;
    const stays = chooser(conditions, this.#chosen, sample.noun);
    for (let row = 0; row < sample.rows; row++) if (!stays(row)) this.#others++;
    this.#rows += sample.rows;
  }

  /** @param noun what the rows are, plural. */
  warnings(noun: string): Warning[] {
    const trained = this.#chosen.map((one) => selectionText(one)).join(' and ');
    if (this.#unknown !== '') {
      const message = `the classifier was trained with ${noun} of ${trained}; whether these are such ${noun} cannot be told, since they come without ${this.#unknown}`;
      return [{ code: 'outside-selection', message }];
    }
    if (this.#others === 0) return [];
    const message = `${this.#others} of ${this.#rows} ${noun} are not of ${trained}, which the classifier was trained with: their weights mean nothing`;
    return [{ code: 'outside-selection', message }];
  }
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
