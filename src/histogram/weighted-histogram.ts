import { ArgumentError } from '../errors.js';
import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { HistogramAxisRecord } from '../native/contract/histograms.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { type ComputeOptions, computeOptions, computerFor } from '../native/devices.js';
import { requireLength, requireNumberArray } from '../native/number-array.js';
import { callNative, NativeObject } from '../native/run-job.js';
import { binCount, type HistogramAxis } from './axis.js';
import { withoutFlow } from './cells.js';
import { fillInPieces } from './fill.js';
import { type KeptSums, readUhiHistogram, writeUhiHistogram } from './uhi-conversion.js';

export interface HistogramOptions {
  /** How many sums are kept side by side, so that one fill serves several sets of weights. Default 1. */
  readonly weightColumns?: number | undefined;
  /** Kept in the UHI metadata. */
  readonly label?: string | undefined;
}

export interface FillOptions extends ComputeOptions {
  /**
   * One weight a row, or one array a weight column, where null means that every row counts 1. Absent: every row
   * counts 1 in every weight column.
   */
  readonly weights?: NumberArray | readonly (NumberArray | null)[] | undefined;
}

export interface ContentOptions {
  /** True: underflow and overflow cells are included, first and last on every axis. Default false. */
  readonly flow?: boolean | undefined;
}

/** Rows with NaN in a coordinate: they are in no cell. */
export interface NanRows {
  readonly entries: number;
  /** Σw of these rows, one a weight column. */
  readonly sumsOfWeights: readonly number[];
}

/**
 * A histogram of 1 to 8 axes that keeps the sum of weights and the sum of their squares (the variance) of each bin and flow
 * cell, for one or more columns of weights. Weights may have either sign. At most 1e8 cells times weight columns.
 *
 * Values and variances are flat arrays, the last axis fastest; `shape` has the bins of each axis.
 *
 * @throws CaloscopeError ERR_ARGUMENT for axes that are not sound or too many cells
 */
export class WeightedHistogram extends NativeObject<'histogram'> {
  readonly axes: readonly HistogramAxis[];
  readonly weightColumns: number;
  readonly label: string | undefined;
  #filling = false;

  constructor(axes: readonly HistogramAxis[], options: HistogramOptions = {}) {
    requireAxes(axes);
    requireKnownOptions(options, { weightColumns: true, label: true });
    const { weightColumns = 1, label } = options;
    if (!Number.isSafeInteger(weightColumns) || weightColumns < 1) {
      throw new ArgumentError('ERR_ARGUMENT', 'weightColumns must be a whole number from 1 on');
    }
    super(callNative(() => native().createHistogram(axes.map(axisRecord), weightColumns)));
    this.axes = [...axes];
    this.weightColumns = weightColumns;
    this.label = label;
  }

  /** @internal */
  protected override get shown(): string {
    return `${this.shape.join(' × ')} bins`;
  }

  /** Bins of each axis, flow cells not counted. */
  get shape(): readonly number[] {
    return this.axes.map(binCount);
  }

  /** Rows in bins and flow cells so far. */
  get entries(): number {
    return callNative(() => native().histogramCounters(this.handle)).entries;
  }

  get nan(): NanRows {
    const { nanEntries, nanValues } = callNative(() => native().histogramCounters(this.handle));
    return { entries: nanEntries, sumsOfWeights: Array.from(nanValues) };
  }

  /** Edges of the bins of an axis, ascending, one more than bins. */
  edges(axis = 0): Float64Array {
    return callNative(() => native().histogramEdges(this.handle, axis));
  }

  /** Σw of each bin. */
  values(column = 0, { flow = false }: ContentOptions = {}): Float64Array {
    const cells = callNative(() => native().histogramValues(this.handle, column));
    return flow ? cells : withoutFlow(cells, this.shape);
  }

  /** Σw² of each bin: the variance of its value. */
  variances(column = 0, { flow = false }: ContentOptions = {}): Float64Array {
    const cells = callNative(() => native().histogramVariances(this.handle, column));
    return flow ? cells : withoutFlow(cells, this.shape);
  }

  /**
   * Adds rows: `columns` has one array an axis. All or nothing: after an error or an abort the histogram is as before. The
   * result has the same bits for any number of threads. The next fill may start when this one has ended.
   *
   * Arrays over SharedArrayBuffers (all of them, or none) are read where they lie, which is fastest for long ones. Of others
   * the first 8 MB are copied before this returns, the rest while the work goes on. Leave long arrays as they are until then.
   *
   * @throws CaloscopeError ERR_SHAPE (lengths), ERR_ARGUMENT, ERR_NON_FINITE (a weight; names the row)
   */
  async fill(columns: readonly NumberArray[], options: FillOptions = {}): Promise<void> {
    requireKnownOptions(options, { ...computeOptions, weights: true });
    const weights = this.#checkedWeights(columns, options.weights);
    const computer = computerFor(options);
    if (this.#filling) {
      // Sums that are added in the order in which fills happen to end would differ from run to run.
      throw new ArgumentError('ERR_ARGUMENT', 'a fill of this histogram is still running; await it first');
    }
    this.#filling = true;
    try {
      await fillInPieces(this.handle, columns, weights, computer, options);
    } finally {
      this.#filling = false;
    }
  }

  #checkedWeights(
    columns: readonly NumberArray[],
    weights: FillOptions['weights'],
  ): readonly (NumberArray | null)[] {
    if (!Array.isArray(columns) || columns.length !== this.axes.length) {
      throw new ArgumentError(
        'ERR_SHAPE',
        `columns must be a list of typed arrays, one for each of the ${this.axes.length} axes`,
      );
    }
    const rows: number = columns[0]?.length ?? 0;
    for (const [axis, column] of columns.entries()) {
      requireNumberArray(column, `column ${axis}`);
      requireLength(column, rows, `column ${axis}`);
    }
    if (weights === undefined) return new Array(this.weightColumns).fill(null);
    const list: readonly (NumberArray | null)[] = Array.isArray(weights)
      ? [...weights]
      : [weights as NumberArray];
    if (list.length !== this.weightColumns) {
      throw new ArgumentError(
        'ERR_SHAPE',
        `weights must be a list with one typed array or null for each of the ${this.weightColumns} weight columns`,
      );
    }
    for (const [index, column] of list.entries()) {
      if (column === null) continue;
      requireNumberArray(column, `weight column ${index}`);
      requireLength(column, rows, `weight column ${index}`);
    }
    return list;
  }

  /**
   * Adds the contents of another histogram with equal axes (logarithmic and variable axes with the same edges are equal) and
   * as many weight columns. Takes time in proportion to the cells, about 1 ms a million.
   *
   * @throws CaloscopeError ERR_SHAPE
   */
  merge(other: WeightedHistogram): void {
    if (this.#filling || other.#filling) {
      throw new ArgumentError('ERR_ARGUMENT', 'a fill of these histograms is still running; await it first');
    }
    const categories = (one: WeightedHistogram) =>
      JSON.stringify(one.axes.map((axis) => (axis.type === 'category' ? axis.categories : null)));
    if (categories(this) !== categories(other)) {
      throw new ArgumentError('ERR_SHAPE', 'the categories of the histograms are not the same');
    }
    callNative(() => native().mergeHistogram(this.handle, other.handle));
  }

  /**
   * One weight column in UHI serialisation (`uhi_schema` 1, storage `weighted`), flow cells included. A logarithmic axis
   * becomes a variable one. {@link sparseUhi} makes a sparse one of it. The number of entries and the rows with NaN go into the metadata.
   *
   * @throws CaloscopeError ERR_NON_FINITE where a sum overflowed: JSON has no number for it
   */
  toUhi(column = 0): UhiHistogram {
    const counters = callNative(() => native().histogramCounters(this.handle));
    return writeUhiHistogram(this.axes, (axis) => this.edges(axis), this.label, {
      values: this.values(column, { flow: true }),
      variances: this.variances(column, { flow: true }),
      entries: counters.entries,
      nanEntries: counters.nanEntries,
      nanValue: counters.nanValues[column] ?? 0,
      nanVariance: counters.nanVariances[column] ?? 0,
    });
  }

  /**
   * A histogram with one weight column from its UHI serialisation, for example to merge it with another part. Flow cells that
   * the serialisation leaves out are 0; so is the number of entries where the metadata does not tell it. Storages, also sparse ones, as for
   * parseUhiHistogram.
   *
   * @throws CaloscopeError ERR_UHI for what is not such a histogram, or has a circular axis
   */
  static fromUhi(uhi: UhiHistogram<unknown>): WeightedHistogram {
    const { axes, label, sums } = readUhiHistogram(uhi);
    const histogram = new WeightedHistogram(axes, { label });
    addSums(histogram, sums);
    return histogram;
  }
}

function addSums(histogram: WeightedHistogram, sums: KeptSums): void {
  callNative(() =>
    native().addToHistogram(histogram.handle, {
      ...sums,
      nanValues: Float64Array.of(sums.nanValue),
      nanVariances: Float64Array.of(sums.nanVariance),
    }),
  );
}

function requireAxes(axes: readonly HistogramAxis[]): void {
  if (Array.isArray(axes) && axes.length >= 1 && axes.length <= 8) return;
  throw new ArgumentError(
    'ERR_ARGUMENT',
    'a histogram needs a list of 1 to 8 axes, made by regularAxis and the like',
  );
}

function axisRecord(axis: HistogramAxis): HistogramAxisRecord {
  const { upperEdge } = axis;
  if (axis.type === 'variable') return { type: axis.type, upperEdge, edges: Float64Array.from(axis.edges) };
  if (axis.type === 'category')
    return { type: 'regular', upperEdge, bins: binCount(axis), lower: 0, upper: binCount(axis) };
  return { type: axis.type, upperEdge, bins: axis.bins, lower: axis.lower, upper: axis.upper };
}
