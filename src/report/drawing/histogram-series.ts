import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { isFiniteNumber } from './numbers.js';

/** A one-dimensional histogram made ready for drawing: heights are shares of the sum inside the range. */
export interface HistogramSeries {
  /** Bin edges, ascending; one more than bins. */
  readonly edges: readonly number[];
  /** Share of the sum inside the range, one a bin; 0 throughout for an empty histogram. */
  readonly shares: readonly number[];
  /** Statistical error of `shares`: square root of the variance over the same sum. */
  readonly errors: readonly number[];
  /** Sum of weights inside the range. */
  readonly sum: number;
  /** Shares of the whole (range and flow bins) that lie below and above the range. */
  readonly belowRange: number;
  readonly aboveRange: number;
}

/** Null where the histogram is missing, has more than one axis, or contradicts itself. */
export function histogramSeries(histogram: UhiHistogram | undefined): HistogramSeries | null {
  const axis = histogram?.axes[0];
  if (histogram === undefined || axis === undefined || histogram.axes.length !== 1) return null;
  if (axis.type !== 'regular' && axis.type !== 'variable') return null;
  const edges = axis.type === 'regular' ? regularEdges(axis.lower, axis.upper, axis.bins) : axis.edges;
  const bins = edges.length - 1;
  const first = axis.underflow ? 1 : 0;
  const { values, variances } = histogram.storage;
  const stored = first + bins + (axis.overflow ? 1 : 0);
  if (!isAscending(edges) || values.length !== stored || variances.length !== stored) return null;

  const heights = values.slice(first, first + bins).map(numberOrZero);
  const spreads = variances.slice(first, first + bins).map(numberOrZero);
  const below = axis.underflow ? numberOrZero(values[0]) : 0;
  const above = axis.overflow ? numberOrZero(values[stored - 1]) : 0;
  const sum = heights.reduce((total, height) => total + height, 0);
  const whole = sum + below + above;
  const scale = sum > 0 ? 1 / sum : 0;
  return {
    edges,
    shares: heights.map((height) => height * scale),
    errors: spreads.map((variance) => Math.sqrt(Math.max(variance, 0)) * scale),
    sum,
    belowRange: whole > 0 ? below / whole : 0,
    aboveRange: whole > 0 ? above / whole : 0,
  };
}

/** True where two histograms have the same bins, so that their ratio means something. */
export function sameBins(first: HistogramSeries, second: HistogramSeries): boolean {
  return (
    first.edges.length === second.edges.length &&
    first.edges.every((edge, index) => edge === second.edges[index])
  );
}

/** One bin of a ratio of two normalised histograms. */
export interface RatioBin {
  readonly lower: number;
  readonly upper: number;
  readonly ratio: number;
  /** Errors of both histograms added in quadrature, taken as independent; null where the numerator is empty. */
  readonly error: number | null;
}

/** The ratio numerator / denominator, bin by bin; bins with an empty denominator are left out. */
export function ratioBins(numerator: HistogramSeries, denominator: HistogramSeries): RatioBin[] {
  const bins: RatioBin[] = [];
  for (const [index, below] of denominator.shares.entries()) {
    const above = numerator.shares[index] ?? 0;
    if (below <= 0) continue;
    const ratio = above / below;
    const relative = Math.hypot(
      (numerator.errors[index] ?? 0) / above,
      (denominator.errors[index] ?? 0) / below,
    );
    bins.push({
      lower: denominator.edges[index] ?? 0,
      upper: denominator.edges[index + 1] ?? 0,
      ratio,
      error: above > 0 ? ratio * relative : null,
    });
  }
  return bins;
}

function regularEdges(lower: number, upper: number, bins: number): number[] {
  const width = (upper - lower) / bins;
  return Array.from({ length: bins + 1 }, (_, index) => (index === bins ? upper : lower + index * width));
}

function isAscending(edges: readonly unknown[]): boolean {
  if (edges.length < 2 || !edges.every(isFiniteNumber)) return false;
  return edges.every((edge, index) => index === 0 || edge > (edges[index - 1] as number));
}

/** Bins that hold no finite number count as empty. */
function numberOrZero(value: unknown): number {
  return isFiniteNumber(value) ? value : 0;
}
