import { ArgumentError } from '../errors.js';
import type { Warning } from '../warnings.js';
import { type NumberedRows, rowText } from './source-rows.js';

/** Rows of a sample, and the weights with which they count; null: each counts 1. */
interface WeighedRows {
  readonly noun: string;
  readonly rows: number;
  readonly rowWeights: Float64Array | null;
}

/** The weights with which the rows of a sample count, as a result says it. */
export interface RowWeightSummary {
  /** Rows that are worth as much as these: (Σv)²/Σv². */
  readonly effectiveRows: number;
  /** Rows of negative weight. */
  readonly negative: number;
}

/** null: every row counts 1. */
export function weightSummary(weights: Float64Array | null): RowWeightSummary | null {
  if (weights === null) return null;
  let [sum, squares, negative] = [0, 0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
    if (weight < 0) negative += 1;
  }
  return { effectiveRows: (sum * sum) / squares, negative };
}

/**
 * Weights of rows may be of any sign.
 *
 * @param what whose they are, to begin a message with.
 * @throws ArgumentError ERR_SHAPE, ERR_NON_FINITE with the row, ERR_ARGUMENT where their sum is not above 0.
 */
export function requireRowWeights(weights: Float64Array, of: NumberedRows, what: string): void {
  const { rows } = of;
  if (weights.length !== rows) {
    const message = `${what}: ${weights.length} weights for ${rows} rows; give one a row`;
    throw new ArgumentError('ERR_SHAPE', message);
  }
  const odd = weights.findIndex((weight) => !Number.isFinite(weight));
  if (odd >= 0) {
    const message = `${what}: the weight of ${rowText(of, odd)} is ${weights[odd]}; weights are finite numbers: remove the row or leave it out (--drop-rows)`;
    throw new ArgumentError('ERR_NON_FINITE', message);
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum > 0 || rows === 0) return;
  throw new ArgumentError('ERR_ARGUMENT', `${what}: the sum of the weights is ${sum}; it must be above 0`);
}

/** Of some of the rows. */
export function weightsOfRows(weights: Float64Array | null, rows: ArrayLike<number>): Float64Array | null {
  return weights && Float64Array.from(rows, (row) => weights[row] as number);
}

/** Weights of both samples, those of the reference first; empty where every row of both counts 1. */
export function weightsOfBoth(reference: WeighedRows, generated: WeighedRows): Float64Array {
  const samples = [reference, generated];
  if (samples.every(({ rowWeights }) => rowWeights === null)) return new Float64Array(0);
  const all = new Float64Array(reference.rows + generated.rows).fill(1);
  if (reference.rowWeights) all.set(reference.rowWeights);
  if (generated.rowWeights) all.set(generated.rowWeights, reference.rows);
  return all;
}

/** Says that rows have weights of their own, how many rows they are worth, and what is not looked at with them. */
export function rowWeightWarnings(reference: WeighedRows, generated: WeighedRows): Warning[] {
  const words = [['reference', reference] as const, ['generated', generated] as const].flatMap(
    ([role, { rowWeights, rows, noun }]) => {
      const found = weightSummary(rowWeights);
      if (found === null) return [];
      const negative = found.negative > 0 ? `, ${found.negative} of negative weight` : '';
      return [
        `the ${rows} ${role} ${noun} are worth ${found.effectiveRows.toFixed(0)} of equal weight${negative}`,
      ];
    },
  );
  if (words.length === 0) return [];
  const negative = [reference, generated].some(({ rowWeights }) => rowWeights?.some((weight) => weight < 0));
  const unseen = `${negative ? 'calibrations, quantiles of ln w, ' : ''}regions where the samples differ, windows of w and rows outside the other sample`;
  const message = `rows count by weights of their own: ${words.join('; ')}; ${unseen} are not looked at`;
  return [{ code: 'row-weights', message }];
}
