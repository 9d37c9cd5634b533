import * as z from 'zod';
import { native } from '../native/binding.js';
import { type JobOptions, runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadsOf } from '../native/threads.js';
import type { Warning } from '../warnings.js';
import type { FeatureTable } from './feature-table.js';

/** Share of the rows of a training that lie outside of a range: native/core/samples/column_ranges.h. */
const outsideInTraining = 2e-3;
/** Share from which rows outside are worth a word, where the training had many rows. */
const oddShare = 0.01;
/** Rows that may lie outside where none of so many of the training did. */
const unseenRows = 15;
/** Standard deviations above that. */
const deviations = 6;
/** Columns named in a warning. */
const mostNamed = 3;

/** Ranges of the scalar columns that classifiers were trained on, over the rows of both samples: plain JSON. */
export const columnRangesSchema = z.strictObject({
  rows: z.int().positive(),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      lowest: z.number(),
      /** A thousandth of the rows lies below. */
      low: z.number(),
      /** A thousandth of the rows lies above. */
      high: z.number(),
      highest: z.number(),
    }),
  ),
});

export type ColumnRanges = z.output<typeof columnRangesSchema>;

/** @param names of the columns, those that are stored first. */
export async function columnRanges(
  reference: FeatureTable,
  generated: FeatureTable,
  rows: number,
  names: readonly string[],
  options: ThreadedJobOptions,
): Promise<ColumnRanges> {
  const threads = threadsOf(options);
  const numbers = await runJob<Float64Array>(
    (notify) => native().columnRanges(reference.handle, generated.handle, threads, notify),
    options,
  );
  const columns = names.slice(0, numbers.length / 4).map((name, column) => {
    const [lowest, low, high, highest] = numbers.subarray(4 * column) as unknown as Limits;
    return { name, lowest, low, high, highest };
  });
  return { rows, columns };
}

type Limits = readonly [number, number, number, number];

/** Counts the rows that leave what a classifier was trained on. */
export class RangeWatch {
  readonly #ranges: ColumnRanges;
  readonly #low: Float32Array;
  readonly #high: Float32Array;
  readonly #outside: Float64Array;
  #rows = 0;

  constructor(ranges: ColumnRanges) {
    this.#ranges = ranges;
    this.#low = Float32Array.from(ranges.columns, ({ low }) => low);
    this.#high = Float32Array.from(ranges.columns, ({ high }) => high);
    this.#outside = new Float64Array(ranges.columns.length);
  }

  /** @throws NativeError ERR_SHAPE for features of another input. */
  async count(features: FeatureTable, rows: number, options: JobOptions): Promise<void> {
    const found = await runJob<Float64Array>(
      (notify) => native().rowsOutside(features.handle, this.#low, this.#high, notify),
      options,
    );
    found.forEach((count, column) => {
      (this.#outside[column] as number) += count;
    });
    this.#rows += rows;
  }

  /**
   * Says so where more rows lie outside than a sample like those of the training has.
   *
   * @param noun what the rows are, plural.
   */
  warnings(noun: string): Warning[] {
    const left = this.#ranges.columns
      .map((range, column) => ({ ...range, count: this.#outside[column] as number }))
      .filter(({ count }) => count > this.#mostByChance)
      .sort((a, b) => b.count - a.count);
    if (left.length === 0) return [];
    const named = left.slice(0, mostNamed).map(({ name, low, high, count }) => {
      return `${percent(count / this.#rows)} outside ${short(low)} to ${short(high)} of ${name}`;
    });
    const others = left.length > mostNamed ? `, and in ${left.length - mostNamed} more columns` : '';
    const message = `${noun} leave what the classifier was trained on: ${named.join(', ')}${others}, where ${percent(outsideInTraining)} of the training are; their weights are extrapolated`;
    return [{ code: 'outside-training', message }];
  }

  get #mostByChance(): number {
    const expected = this.#rows * (oddShare + unseenRows / this.#ranges.rows);
    return expected + deviations * Math.sqrt(expected);
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
