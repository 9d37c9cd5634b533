import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { SampleSupport, SupportRecord } from '../native/contract/failures.js';
import { requireWhole } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from '../native/threads.js';
import { type ColumnPair, requireColumns } from '../statistics/largest-distance.js';

export type { OutsideRow, SampleSupport } from '../native/contract/failures.js';

/** Columns in which support can be judged: principal axes cost their cube. */
export const mostSupportColumns = 1000;

export interface SupportOptions extends ThreadedJobOptions {
  /** Of the rows that are judged where a sample has more than 8,000 (fewer with more than 39 columns); a whole number from 0 on. Default 0. */
  readonly seed?: number | undefined;
}

/** Rows of each of two samples that have none of the other near them. */
export interface SupportOverlap {
  readonly reference: SampleSupport;
  readonly generated: SampleSupport;
}

/**
 * Judges which rows of either sample lie outside the other's support: where the nearest rows of both samples together, about ten
 * for samples of one size, are all of its own. Their number is the smallest for which that happens to one of 1000 rows of equal
 * samples. Distances are Euclidean along the principal axes of the other sample, in units of its width. Deterministic, whatever the threads.
 *
 * @param columns 1 to 1000; one number a row, NaN where there is no value: the mean of the column stands for it.
 * @throws CaloscopeError ERR_SHAPE, ERR_TOO_FEW_ROWS, ERR_NON_FINITE, ERR_ARGUMENT; `signal.reason` when aborted.
 */
export async function supportOverlap(
  columns: readonly ColumnPair[],
  options: SupportOptions = {},
): Promise<SupportOverlap> {
  requireKnownOptions(options, { ...threadedJobOptions, seed: true });
  const first = columns?.[0];
  requireColumns(columns, {
    reference: first?.reference?.length ?? 0,
    generated: first?.generated?.length ?? 0,
  });
  const { seed = 0 } = options;
  requireWhole(seed, 0, 'seed');
  const threads = threadsOf(options);
  return await runJob<SupportRecord>(
    (notify) =>
      native().supportOverlap(
        columns.map(({ reference }) => reference),
        columns.map(({ generated }) => generated),
        seed,
        threads,
        notify,
      ),
    options,
  );
}
