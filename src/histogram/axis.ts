import { ArgumentError } from '../errors.js';
import { requireKnownOptions, requireObject, requireOneOf } from '../names.js';
import { type UpperEdge, upperEdges } from '../native/contract/histograms.js';

export interface AxisOptions {
  /**
   * Where a value goes that equals the upper end: `overflow` (default, the convention of Boost.Histogram and of
   * high-energy physics) or `last-bin` (NumPy's).
   */
  readonly upperEdge?: UpperEdge | undefined;
  /** Name and label for plots, kept in the UHI metadata of the axis. */
  readonly name?: string | undefined;
  readonly label?: string | undefined;
}

export interface AnyAxis {
  readonly upperEdge: UpperEdge;
  readonly name?: string;
  readonly label?: string;
}

/** `bins` equal bins in [lower, upper). */
export interface RegularAxis extends AnyAxis {
  readonly type: 'regular';
  readonly bins: number;
  readonly lower: number;
  readonly upper: number;
}

/** `bins` bins in [lower, upper), equal in ln x. */
export interface LogAxis extends AnyAxis {
  readonly type: 'log';
  readonly bins: number;
  readonly lower: number;
  readonly upper: number;
}

/** Bins between given edges. */
export interface VariableAxis extends AnyAxis {
  readonly type: 'variable';
  readonly edges: readonly number[];
}

/**
 * One bin a category, in their order. Rows are filled with the number of their category, counted from 0; whatever is none of them is in the
 * overflow cell, or the underflow cell below 0.
 */
export interface CategoryAxis extends AnyAxis {
  readonly type: 'category';
  readonly categories: readonly string[] | readonly number[] | readonly boolean[];
}

/**
 * An axis of a histogram. All bins are closed on the left and open on the right, but see {@link AxisOptions.upperEdge};
 * every axis has an underflow and an overflow cell. −∞ is underflow, +∞ overflow; NaN is in no cell and counted apart.
 */
export type HistogramAxis = RegularAxis | LogAxis | VariableAxis | CategoryAxis;

/** Where nothing is said. */
export const usualUpperEdge: UpperEdge = 'overflow';

function common(options: AxisOptions): AnyAxis {
  requireKnownOptions(options, { upperEdge: true, name: true, label: true });
  const { upperEdge = usualUpperEdge, name, label } = options;
  requireOneOf(upperEdges, upperEdge, 'upperEdge');
  return { upperEdge, ...(name === undefined ? {} : { name }), ...(label === undefined ? {} : { label }) };
}

function requireBins(bins: number): void {
  if (Number.isSafeInteger(bins) && bins >= 1 && bins <= 1e8) return;
  throw new ArgumentError('ERR_ARGUMENT', `an axis has 1 to 100000000 bins, not ${bins}`);
}

function requireRange(lower: number, upper: number): void {
  if (lower < upper && Number.isFinite(upper - lower)) return;
  throw new ArgumentError(
    'ERR_ARGUMENT',
    `an axis needs finite ends, lower < upper, not ${lower} and ${upper}`,
  );
}

/**
 * Equal bins in [lower, upper). A value x is in bin int(z·bins), z = (x − lower)/(upper − lower), exactly as in
 * Boost.Histogram. NumPy compares with rounded edges instead, so that 0.29 in 100 bins of [0, 1] is in bin 28 here and in
 * bin 29 there; a {@link variableAxis} with NumPy's edges and `upperEdge: 'last-bin'` gives NumPy's counts.
 *
 * @throws ArgumentError ERR_ARGUMENT
 */
export function regularAxis(
  bins: number,
  lower: number,
  upper: number,
  options: AxisOptions = {},
): RegularAxis {
  requireBins(bins);
  requireRange(lower, upper);
  return { type: 'regular', bins, lower, upper, ...common(options) };
}

/**
 * Bins equal in ln x, 0 < lower. The edges are rounded once and values compared with them, so that the axis is the same as a
 * variable one with these edges (which is what UHI gets, as it knows no logarithmic axis). x ≤ 0 is underflow;
 * Boost.Histogram puts negative values, whose logarithm is NaN, into overflow.
 *
 * @throws ArgumentError ERR_ARGUMENT
 */
export function logAxis(bins: number, lower: number, upper: number, options: AxisOptions = {}): LogAxis {
  requireBins(bins);
  requireRange(lower, upper);
  if (!(lower > 0)) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `the lower end of a logarithmic axis must be above 0, not ${lower}`,
    );
  }
  return { type: 'log', bins, lower, upper, ...common(options) };
}

/**
 * Bins between finite edges that rise strictly, at least two.
 *
 * @throws ArgumentError ERR_ARGUMENT
 */
export function variableAxis(edges: ArrayLike<number>, options: AxisOptions = {}): VariableAxis {
  requireObject(edges, 'edges', 'a list or typed array of numbers');
  const list = Array.from(edges);
  if (list.length < 2) throw new ArgumentError('ERR_ARGUMENT', 'an axis needs at least two edges');
  for (const [index, edge] of list.entries()) {
    const rises = index === 0 || (list[index - 1] as number) < edge;
    if (Number.isFinite(edge) && rises) continue;
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `edges must be finite and rise strictly: edge ${index} is ${edge}; sort them and remove duplicates`,
    );
  }
  requireRange(list[0] as number, list[list.length - 1] as number);
  return { type: 'variable', edges: list, ...common(options) };
}

/**
 * An axis of texts, whole numbers, or false and true, which differ from each other.
 *
 * @throws ArgumentError ERR_ARGUMENT
 */
export function categoryAxis(
  categories: CategoryAxis['categories'],
  options: Omit<AxisOptions, 'upperEdge'> = {},
): CategoryAxis {
  const list: readonly unknown[] = Array.isArray(categories) ? categories : [];
  requireBins(list.length);
  const [first] = list;
  const sound = (one: unknown) =>
    typeof one === typeof first && (typeof one === 'number' ? Number.isSafeInteger(one) : true);
  const known = ['string', 'number', 'boolean'].includes(typeof first);
  const both = typeof first !== 'boolean' || (list.length === 2 && first === false);
  if (!known || !both || !list.every(sound) || new Set(list).size < list.length) {
    const message = 'categories must be different texts, or different whole numbers, or false and true';
    throw new ArgumentError('ERR_ARGUMENT', message);
  }
  return { type: 'category', categories: [...categories] as CategoryAxis['categories'], ...common(options) };
}

/** Bins of an axis, flow cells not counted. */
export function binCount(axis: HistogramAxis): number {
  if (axis.type === 'category') return axis.categories.length;
  return axis.type === 'variable' ? axis.edges.length - 1 : axis.bins;
}
