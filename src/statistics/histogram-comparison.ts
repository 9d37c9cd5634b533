import { ArgumentError } from '../errors.js';
import { requireObject } from '../names.js';

/** Contents of the bins of a histogram, without flow bins: counts or sums of weights. */
export type BinContents = ArrayLike<number>;

/** Sums of weights Σw and their variances Σw², one a bin, without flow bins. */
export interface BinContentsWithErrors {
  readonly values: BinContents;
  readonly variances: BinContents;
}

export interface ChiSquare {
  /** Σ (p − q)²/(σ_p² + σ_q²); NaN where a histogram has no sum above 0. */
  readonly value: number;
  /** Bins with a variance: those that were compared. About `bins` − 1 is expected for equal shapes. */
  readonly bins: number;
}

/** @throws ArgumentError ERR_ARGUMENT for what is no list, ERR_SHAPE. */
function requireEqualLengths(arrays: readonly BinContents[]): void {
  if (!arrays.every((array) => Array.isArray(array) || ArrayBuffer.isView(array))) {
    throw new ArgumentError('ERR_ARGUMENT', 'contents of bins must be lists or typed arrays of numbers');
  }
  if (arrays.every((array) => array.length === arrays[0]?.length)) return;
  throw new ArgumentError(
    'ERR_SHAPE',
    `only histograms with equal bins can be compared, got ${arrays.map((array) => array.length).join(' and ')} bins`,
  );
}

/** Contents divided by their sum; null where the sum is not above 0. */
function shape(contents: BinContents): Float64Array | null {
  const shares = Float64Array.from(contents);
  const sum = shares.reduce((total, content) => total + content, 0);
  return sum > 0 ? shares.map((content) => content / sum) : null;
}

/**
 * Separation power ½ Σ (p−q)²/(p+q) of two histograms normalised to the sum of the given bins: 0 for equal shapes, 1 for
 * disjoint ones. Entries out of range do not count, neither in the bins nor in the norm (the definition of the
 * CaloChallenge); what an evaluation prints counts them. Bins where p + q is not above 0 are left out. NaN where a histogram has no sum above 0.
 *
 * @throws ArgumentError ERR_SHAPE for different numbers of bins
 */
export function separationPower(first: BinContents, second: BinContents): number {
  requireEqualLengths([first, second]);
  const p = shape(first);
  const q = shape(second);
  if (!p || !q) return Number.NaN;
  return p.reduce((separation, inFirst, bin) => {
    const inSecond = q[bin] as number;
    const both = inFirst + inSecond;
    return both > 0 ? separation + (inFirst - inSecond) ** 2 / both / 2 : separation;
  }, 0);
}

/**
 * χ² of the shapes of two weighted histograms: contents over their sum, errors √Σw² over the same sum, both histograms'
 * errors added in quadrature. With the norms given by the contents it is distributed about as χ² with `bins` − 1 degrees of
 * freedom where the shapes are equal and the bins well filled. Bins in which both variances are 0 are left out.
 *
 * @throws ArgumentError ERR_SHAPE for different numbers of bins
 */
export function chiSquare(first: BinContentsWithErrors, second: BinContentsWithErrors): ChiSquare {
  for (const one of [first, second]) requireObject(one, 'a histogram', '{ values, variances }');
  requireEqualLengths([first.values, first.variances, second.values, second.variances]);
  const sums = [first, second].map(({ values }) => Array.from(values).reduce((sum, value) => sum + value, 0));
  const [inFirst = 0, inSecond = 0] = sums;
  if (!(inFirst > 0 && inSecond > 0)) return { value: Number.NaN, bins: 0 };
  let value = 0;
  let bins = 0;
  for (let bin = 0; bin < first.values.length; bin++) {
    const difference = (first.values[bin] as number) / inFirst - (second.values[bin] as number) / inSecond;
    const variance =
      (first.variances[bin] as number) / inFirst ** 2 + (second.variances[bin] as number) / inSecond ** 2;
    if (!(variance > 0)) continue;
    value += difference ** 2 / variance;
    bins += 1;
  }
  return { value, bins };
}
