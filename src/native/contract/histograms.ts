/** native/addon/histogram_operations.cc as TypeScript sees it. */
import type { NativeComputer } from './devices.js';
import type { JobHandle, NativeHandle, Notify, NumberArray } from './jobs.js';

export const axisTypes = ['regular', 'log', 'variable'] as const;
export type AxisType = (typeof axisTypes)[number];

export const upperEdges = ['overflow', 'last-bin'] as const;
export type UpperEdge = (typeof upperEdges)[number];

export interface HistogramAxisRecord {
  readonly type: AxisType;
  readonly upperEdge: UpperEdge;
  /** Regular and log axes. */
  readonly bins?: number;
  readonly lower?: number;
  readonly upper?: number;
  /** Variable axes. */
  readonly edges?: Float64Array;
}

export interface HistogramCountersRecord {
  /** Rows in cells, and rows with NaN in a coordinate. */
  readonly entries: number;
  readonly nanEntries: number;
  /** Σw and Σw² of the rows with NaN, one a weight column. */
  readonly nanValues: Float64Array;
  readonly nanVariances: Float64Array;
}

export interface HistogramSumsRecord extends HistogramCountersRecord {
  /** Σw and Σw², one a cell (flow cells included, last axis fastest), weight columns one after the other. */
  readonly values: Float64Array;
  readonly variances: Float64Array;
}

export type HistogramHandle = NativeHandle<'histogram'>;
/** Where the rows of a running fill go in. */
export type RowSourceHandle = NativeHandle<'row-source'>;

export interface HistogramOperations {
  createHistogram(axes: readonly HistogramAxisRecord[], weightColumns: number): HistogramHandle;
  /**
   * The job ends when `rows` rows have been pushed and added; it reports progress whenever there is room for more. `weighted`
   * has 0 for a weight column where every weight is 1. At most `pieces` wait.
   */
  fillHistogram(
    histogram: HistogramHandle,
    weighted: Uint8Array,
    rows: number,
    pieces: number,
    computer: NativeComputer,
    notify: Notify<undefined>,
  ): { readonly job: JobHandle; readonly rows: RowSourceHandle };
  /**
   * The same from typed arrays over shared memory, one an axis and one (or null) a weight column, which are read where they
   * lie, `rowsOfPiece` rows at a time. ERR_ARGUMENT for other memory.
   */
  fillHistogramInPlace(
    histogram: HistogramHandle,
    columns: readonly (NumberArray | null)[],
    rows: number,
    rowsOfPiece: number,
    computer: NativeComputer,
    notify: Notify<undefined>,
  ): JobHandle;
  /**
   * Copies a piece: one column an axis, then one column (or null: not weighted) a weight column, of `count` rows each. False,
   * and nothing is copied, while there is no room.
   */
  pushRows(rows: RowSourceHandle, columns: readonly (NumberArray | null)[], count: number): boolean;
  mergeHistogram(histogram: HistogramHandle, other: HistogramHandle): void;
  addToHistogram(histogram: HistogramHandle, sums: HistogramSumsRecord): void;
  /** One a cell, flow cells included, last axis fastest. */
  histogramValues(histogram: HistogramHandle, weightColumn: number): Float64Array;
  histogramVariances(histogram: HistogramHandle, weightColumn: number): Float64Array;
  histogramCounters(histogram: HistogramHandle): HistogramCountersRecord;
  histogramEdges(histogram: HistogramHandle, axis: number): Float64Array;
}
