import { ArgumentError } from '../errors.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { requireLength, requireNumberArray } from '../native/number-array.js';
import { type JobOptions, jobOptions, runJob } from '../native/run-job.js';

export interface IsotonicOptions extends JobOptions {
  /** From 0 on, one a row; rows of weight 0 are dropped. Default: every row counts 1. */
  readonly weights?: NumberArray | undefined;
  /** The regression is moved into [lower, upper]. Default: no limits. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
  /** Where the function is wanted; finite. */
  readonly query?: NumberArray | undefined;
}

/** A function that does not fall: linear between thresholds, constant outside. */
export interface IsotonicRegression {
  /** Thresholds, ascending, and the function there. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** At the query, one a value. */
  readonly values: Float64Array;
}

const resolutions = { double: 1e-15, single: 1e-6 };

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al., Ann. Math. Stat. 26 (1955) 641). As scikit-learn has it: x
 * closer than 1e-15 (Float64Array) or 1e-6 (Float32Array) to the first of its group are one, with the mean y.
 *
 * @throws CaloscopeError ERR_TOO_FEW_ROWS (no row of a weight above 0), ERR_NON_FINITE (names the row), ERR_SHAPE, ERR_ARGUMENT
 */
export async function isotonicRegression(
  x: NumberArray,
  y: NumberArray,
  options: IsotonicOptions = {},
): Promise<IsotonicRegression> {
  requireKnownOptions(options, { ...jobOptions, weights: true, lower: true, upper: true, query: true });
  requireNumberArray(x, 'x');
  requireNumberArray(y, 'y');
  requireLength(y, x.length, 'y');
  const { weights, query = new Float64Array(0) } = options;
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = options;
  if (weights !== undefined) {
    requireNumberArray(weights, 'weights');
    requireLength(weights, x.length, 'weights');
  }
  requireNumberArray(query, 'query');
  if (!(lower < upper)) {
    throw new ArgumentError('ERR_ARGUMENT', 'lower must be a number below upper');
  }
  const resolution = x instanceof Float32Array ? resolutions.single : resolutions.double;
  return await runJob<IsotonicRegression>(
    (notify) =>
      native().isotonicRegression(x, y, weights ?? null, query, { lower, upper, resolution }, notify),
    options,
  );
}
