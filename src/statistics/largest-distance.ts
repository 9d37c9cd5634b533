import { ArgumentError } from '../errors.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { NumberArray } from '../native/contract/jobs.js';
import type { LargestDistanceRecord } from '../native/contract/statistics.js';
import { requireLength, requireNumberArray, requireWhole } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from '../native/threads.js';

/** A column of both samples: one number a row. */
export interface ColumnPair {
  readonly reference: NumberArray;
  readonly generated: NumberArray;
}

export interface LargestDistanceOptions extends ThreadedJobOptions {
  /** R. Default 999, or fewer where rows × columns are so many that it would take long, never below 99. */
  readonly permutations?: number | undefined;
  /** A whole number from 0 on. Default 0. */
  readonly seed?: number | undefined;
  /**
   * Weights of the rows, the reference rows first, of any sign, with a sum above 0 in each sample; absent: every row counts 1. With weights
   * labels cannot be permuted, as equal samples may have other weights: what a row does to the difference of the distribution
   * functions gets a random sign in place of a label, the same in all columns (multiplier bootstrap); `permutations` is the number of
   * draws, and the p-value holds for many rows.
   */
  readonly weights?: Float64Array | undefined;
}

export interface ColumnDistance {
  /** Kolmogorov–Smirnov distance D. */
  readonly distance: number;
  /** λ = √(nm/(n+m)) D/(2σ), σ² the largest H(1−H) of the pooled distribution function H; σ = ½ where values do not repeat. */
  readonly standardized: number;
}

export interface LargestDistance {
  /** One a column. */
  readonly columns: readonly ColumnDistance[];
  /** Index of the column with the largest λ; the first of equals. */
  readonly largest: number;
  readonly permutations: number;
  /** Permutations whose largest λ is not below the observed one. */
  readonly reached: number;
  /** Chance of a λ as large in any of the columns where both samples have the same density: (1 + reached)/(R + 1). */
  readonly pValue: number;
  /** Least p-value that the permutations can give: 1/(R + 1). */
  readonly resolution: number;
}

/** Labels walked through by default, rows × columns × permutations: some seconds of one thread. */
const work = 2e9;
const mostPermutations = 999;
const fewestPermutations = 99;

/** 999, or fewer where rows × columns are so many that it would take long; never below 99. */
export function usualPermutations(rows: number, columns: number): number {
  const affordable = Math.floor(work / (rows * columns)) - 1;
  return Math.min(mostPermutations, Math.max(fewestPermutations, affordable));
}

/**
 * Tells whether two samples differ in any of several columns, with one p-value for "the largest Kolmogorov–Smirnov distance of
 * all": the labels of the pooled rows are permuted, the same way in all columns, so that it holds for columns that depend on
 * each other and for values that repeat (Westfall and Young, Resampling-Based Multiple Testing, 1993). Distances are
 * standardized column by column, so that one with few different values counts as others do. The same seed gives the same
 * result on any number of threads.
 *
 * @throws CaloscopeError ERR_SHAPE (no columns, other lengths), ERR_TOO_FEW_ROWS, ERR_NON_FINITE (NaN; infinities are values
 * like others), ERR_ARGUMENT; `signal.reason` when aborted
 */
export async function largestDistance(
  columns: readonly ColumnPair[],
  options: LargestDistanceOptions = {},
): Promise<LargestDistance> {
  requireKnownOptions(options, { ...threadedJobOptions, permutations: true, seed: true, weights: true });
  const { seed = 0, weights = new Float64Array(0) } = options;
  requireColumns(columns);
  const [one] = columns as readonly [ColumnPair, ...ColumnPair[]];
  const rows = one.reference.length + one.generated.length;
  const { permutations = usualPermutations(rows, columns.length) } = options;
  requireWhole(permutations, 1, 'permutations');
  requireWhole(seed, 0, 'seed');
  requireNumberArray(weights, 'weights');
  if (options.weights) requireLength(weights, rows, 'weights');
  const threads = threadsOf(options);
  const { distances, standardized, reached } = await runJob<LargestDistanceRecord>(
    (notify) =>
      native().largestDistance(
        columns.map(({ reference }) => reference),
        columns.map(({ generated }) => generated),
        weights,
        permutations,
        seed,
        threads,
        notify,
      ),
    options,
  );
  const each = columns.map((_, i) => ({
    distance: distances[i] as number,
    standardized: standardized[i] as number,
  }));
  const largest = standardized.indexOf(Math.max(...standardized));
  const resolution = 1 / (permutations + 1);
  return { columns: each, largest, permutations, reached, pValue: (1 + reached) * resolution, resolution };
}

/**
 * @internal
 * @param rows of each sample; where left out, those of the first column.
 * @throws ArgumentError ERR_SHAPE, ERR_ARGUMENT.
 */
export function requireColumns(
  columns: readonly ColumnPair[],
  rows?: { readonly reference: number; readonly generated: number },
): void {
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new ArgumentError('ERR_SHAPE', 'columns must be a list of at least one { reference, generated }');
  }
  for (const [i, column] of columns.entries()) {
    for (const role of ['reference', 'generated'] as const) {
      const values: unknown = column?.[role];
      requireNumberArray(values, `columns.${i}.${role}`);
      requireLength(values, rows?.[role] ?? columns[0]?.[role].length ?? 0, `columns.${i}.${role}`);
    }
  }
}
