import { type HistogramAxis, logAxis, regularAxis } from '../histogram/axis.js';
import type { Observable } from '../samples/sample.js';
import { type BinnedRange, roundedLogLimits, roundedRange, wholeNumberRange } from './axis-limits.js';
import type { ObservableColumn } from './own-observables.js';
import { isValue, undefinedValueOf } from './undefined-value.js';

/** Bins of an axis, at most: the largest of these up to three times the cube root of the smaller sample. */
const binNumbers = [50, 40, 30, 25, 20, 15];
/** Rows of each sample that decide the range of an axis. */
const rowsForRange = 20_000;
/** Range of an axis: these quantiles of both samples together, rounded outward so that samples of a kind have one axis. */
const lowQuantile = 0.001;
const highQuantile = 0.999;
/** Ratio of the upper to the lower end of positive values above which an axis is logarithmic. */
const logarithmicRange = 300;

/** The value of a column that says "there is none"; see {@link undefinedValueOf}. */
export function undefinedValueIn({ reference, generated }: ObservableColumn): number | null {
  return undefinedValueOf(reference, generated, sortedTogether(thinned(reference), thinned(generated)));
}

/** How an observable is histogrammed. */
export interface ObservableBins {
  readonly axis: HistogramAxis;
  /** Rows of this value are counted apart; null: there is none. */
  readonly undefinedValue: number | null;
}

/** What several analyses ask for. */
const known = new WeakMap<ObservableColumn, ObservableBins | null>();

/** Bins in which both samples can be seen; null where all values are equal, so that there is nothing to see. */
export function binsFor(column: ObservableColumn): ObservableBins | null {
  const bins = known.get(column) ?? foundBins(column);
  known.set(column, bins);
  return bins;
}

function foundBins(column: ObservableColumn): ObservableBins | null {
  const { reference, generated } = column;
  const all = sortedTogether(thinned(reference), thinned(generated));
  const undefinedValue = undefinedValueOf(reference, generated, all);
  const isUndefined = isValue(undefinedValue);
  const finite = all.filter(Number.isFinite);
  const defined = finite.filter((value) => !isUndefined(value));
  const axis = axisOf(column, spreads(defined) ? defined : finite, undefinedValue);
  if (axis !== null) return { axis, undefinedValue };
  const only = finite[0];
  if (!Number.isNaN(undefinedValue) || only === undefined) return null;
  const margin = 0.5 + Math.abs(only) / 10;
  const { observable } = column;
  const options = { name: observable.name, label: labelOf(observable) };
  return { axis: regularAxis(1, only - margin, only + margin, options), undefinedValue };
}

function spreads(sorted: Float64Array): boolean {
  return sorted.length > 0 && quantile(sorted, highQuantile) > quantile(sorted, lowQuantile);
}

function quantile(sorted: Float64Array, probability: number): number {
  return sorted[Math.round(probability * (sorted.length - 1))] as number;
}

/** Null where the values are equal, but for a thousandth. */
function axisOf(column: ObservableColumn, values: Float64Array, apart: number | null): HistogramAxis | null {
  const { observable, reference, generated } = column;
  // A fraction may be 1, and a count the largest there is.
  const options = { name: observable.name, label: labelOf(observable), upperEdge: 'last-bin' } as const;
  if (!spreads(values)) return null;
  const lower = quantile(values, lowQuantile);
  const upper = quantile(values, highQuantile);
  const wanted = 3 * Math.cbrt(Math.min(reference.length, generated.length));
  const most = binNumbers.find((bins) => bins <= wanted) ?? (binNumbers.at(-1) as number);
  const positive = values.filter((value) => value > 0);
  const lowest = positive[Math.floor(lowQuantile * positive.length)] ?? 0;
  const median = positive[positive.length >> 1] ?? 0;
  if (lower >= 0 && observable.unit === 'MeV' && upper > logarithmicRange * lowest) {
    // Far down the tail of nearly empty layers nothing can be told apart: six decades are enough.
    return logAxis(most, ...roundedLogLimits(Math.max(lowest, median * 1e-5, upper * 1e-6), upper), options);
  }
  const range = values.every(Number.isInteger) ? wholeNumberRange : roundedRange;
  const { bins, lower: low, upper: high } = withoutApart(range(lower, upper, most), lower, apart);
  return regularAxis(bins, low, high, options);
}

/** Begins above the value that is counted apart where nothing else lies in the bins below. */
function withoutApart(range: BinnedRange, lowest: number, apart: number | null): BinnedRange {
  const width = (range.upper - range.lower) / range.bins;
  const empty = Math.min(range.bins - 1, Math.floor((lowest - range.lower) / width));
  const below = range.lower + empty * width;
  return empty > 0 && apart !== null && apart >= range.lower && apart < below
    ? { bins: range.bins - empty, lower: below, upper: range.upper }
    : range;
}

/** The values of both samples, ascending. */
export function sortedTogether(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all.sort();
}

/** At most rowsForRange values, equally spaced in the sample. */
function thinned(values: Float64Array): Float64Array {
  const step = Math.ceil(values.length / rowsForRange);
  return step <= 1
    ? values
    : Float64Array.from({ length: Math.floor(values.length / step) }, (_, i) => values[i * step] as number);
}

function labelOf({ label, unit }: Observable): string {
  return unit === '' ? label : `${label} [${unit}]`;
}
