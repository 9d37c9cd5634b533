import { ArgumentError } from '../errors.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { FailuresRecord, RegionCondition, RowCounts } from '../native/contract/failures.js';
import { requireWhole } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from '../native/threads.js';
import { type ColumnPair, requireColumns } from '../statistics/largest-distance.js';

export type { RegionCondition, RowCounts } from '../native/contract/failures.js';

export interface FindFailuresOptions extends ThreadedJobOptions {
  /** Indices of the columns that may explain the scores in turn. Default: all. */
  readonly candidates?: readonly number[] | undefined;
  /** Of the cut into halves; a whole number from 0 on. Default 0. */
  readonly seed?: number | undefined;
}

/** Rows that meet all conditions. */
export interface Region {
  readonly conditions: readonly RegionCondition[];
  /** Counted in the half of the rows that had no part in the choice of the region. */
  readonly measured: RowCounts;
}

/** What a column explains of the area under the ROC curve of ln w. */
export interface ExplainedArea {
  /** Index of the column. */
  readonly column: number;
  /** AUC between rows alike in this column, after the columns before it were weighted away. */
  readonly left: number;
  /** Of AUC − ½, beyond what the columns before it explain. */
  readonly share: number;
  /** Jackknife over ten groups of rows; the training is not in it. */
  readonly error: number;
}

/** Where and in which columns two samples differ. */
export interface Failures {
  /** Rows of the half in which regions were measured. */
  readonly measuring: RowCounts;
  /** Of each column the range in which the samples differ most. */
  readonly columns: readonly Region[];
  /**
   * Up to three boxes of each direction, of up to three conditions, in which the ratio of the samples is farthest from 1 for certain;
   * first those of which the generated sample has too few.
   */
  readonly boxes: readonly Region[];
  /** AUC of ln w, all rows together. */
  readonly area: number;
  /** What each column explains alone, in their order, of all rows. */
  readonly alone: readonly ExplainedArea[];
  /**
   * The column that explains most, the one that explains most beyond it, and so on, at most five: chosen in the half that is searched,
   * measured in the other.
   */
  readonly inTurn: readonly ExplainedArea[];
}

/**
 * Looks for the columns and the regions in which two samples differ. Regions are found on one half of the rows and
 * counted on the other, so that a factor quoted of them is unbiased. What a column explains is the part of the area under
 * the ROC curve of ln w that is gone between rows alike in it. Deterministic, whatever the threads.
 *
 * @param columns one number a row, NaN where there is no value.
 * @param logWeights ln w of the rows, finite.
 * @throws CaloscopeError ERR_SHAPE, ERR_TOO_FEW_ROWS, ERR_NON_FINITE, ERR_ARGUMENT; `signal.reason` when aborted.
 */
export async function findFailures(
  columns: readonly ColumnPair[],
  logWeights: { readonly reference: Float64Array; readonly generated: Float64Array },
  options: FindFailuresOptions = {},
): Promise<Failures> {
  requireKnownOptions(options, { ...threadedJobOptions, candidates: true, seed: true });
  requireLogWeights(logWeights);
  const { reference, generated } = logWeights;
  requireColumns(columns, { reference: reference.length, generated: generated.length });
  const { candidates = columns.map((_, i) => i), seed = 0 } = options;
  requireWhole(seed, 0, 'seed');
  if (
    !Array.isArray(candidates) ||
    candidates.some((column) => !(Number.isInteger(column) && columns[column] !== undefined))
  ) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `candidates must be indices of columns, from 0 to ${columns.length - 1}`,
    );
  }
  const threads = threadsOf(options);
  const found = await runJob<FailuresRecord>(
    (notify) =>
      native().findFailures(
        columns.map((column) => column.reference),
        columns.map((column) => column.generated),
        Uint32Array.from(candidates),
        reference,
        generated,
        seed,
        threads,
        notify,
      ),
    options,
  );
  const { measuring, ofColumns, boxes, area, alone, inTurn } = found;
  return { measuring, columns: ofColumns, boxes, area, alone, inTurn };
}

function requireLogWeights(logWeights: { readonly reference: unknown; readonly generated: unknown }): void {
  for (const role of ['reference', 'generated'] as const) {
    if (logWeights?.[role] instanceof Float64Array) continue;
    throw new ArgumentError('ERR_ARGUMENT', `logWeights.${role} must be a Float64Array`);
  }
}
