import { ArgumentError } from '../errors.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { MixtureRecord } from '../native/contract/failures.js';
import { requireWhole } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from '../native/threads.js';

export interface MixtureOptions extends ThreadedJobOptions {
  /** Components at most, from 1 to 50. Default 6. */
  readonly most?: number | undefined;
  /** A whole number from 0 on. Default 0. */
  readonly seed?: number | undefined;
}

/** One normal distribution of a mixture, without correlations. */
export interface MixtureComponent {
  readonly share: number;
  /** One a column. */
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

export interface GaussianMixture {
  readonly components: readonly MixtureComponent[];
  /** The most probable component of every row. */
  readonly component: Uint32Array;
}

/**
 * Fits a mixture of normal distributions without correlations: expectation and maximization from k-means++ starts, the number of
 * components with the smallest Bayesian information criterion. Deterministic, whatever the threads.
 *
 * @param columns one finite number a row; in units of their width, variances stay above 0.001.
 * @throws CaloscopeError ERR_SHAPE, ERR_NON_FINITE, ERR_TOO_FEW_ROWS, ERR_ARGUMENT; `signal.reason` when aborted.
 */
export async function gaussianMixture(
  columns: readonly Float64Array[],
  options: MixtureOptions = {},
): Promise<GaussianMixture> {
  requireKnownOptions(options, { ...threadedJobOptions, most: true, seed: true });
  const { most = 6, seed = 0 } = options;
  const rows: number = Array.isArray(columns) ? (columns[0]?.length ?? 0) : 0;
  if (rows === 0 || columns.some((column) => !(column instanceof Float64Array) || column.length !== rows)) {
    throw new ArgumentError(
      'ERR_SHAPE',
      'columns must be Float64Arrays of one length, at least one with one row',
    );
  }
  if (!Number.isInteger(most) || most < 1 || most > 50) {
    throw new ArgumentError('ERR_ARGUMENT', 'most must be a whole number from 1 to 50');
  }
  requireWhole(seed, 0, 'seed');
  const threads = threadsOf(options);
  const numbers = new Float64Array(rows * columns.length);
  for (const [c, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) numbers[row * columns.length + c] = column[row] as number;
  }
  const found = await runJob<MixtureRecord>(
    (notify) => native().mixture(numbers, columns.length, most, seed, threads, notify),
    options,
  );
  const of = (values: Float64Array, k: number) =>
    Array.from(values.subarray(k * columns.length, (k + 1) * columns.length));
  const components = Array.from(found.shares, (share, k) => ({
    share,
    mean: of(found.means, k),
    variance: of(found.variances, k),
  }));
  return { components, component: found.component };
}
