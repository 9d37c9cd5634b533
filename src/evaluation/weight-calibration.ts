import { logAxis } from '../histogram/axis.js';
import { WeightedHistogram } from '../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../native/devices.js';
import { type CountRatio, countRatio } from '../statistics/poisson-ratio.js';
import type { CalibrationWeights } from './calibration-folds.js';

/** The axis of arXiv:2305.16774. */
const calibrationBins = { bins: 30, lower: 1e-2, upper: 1e2 };

/** ln w of both samples, one entry a row. */
export interface LogWeights {
  readonly reference: Float64Array;
  readonly generated: Float64Array;
}

/**
 * Weight calibration: in bins of w, the measured ratio (n_ref/N_ref)/(n_gen/N_gen) against the weight itself. A point on the
 * diagonal means that the weight is the ratio. Arrays have one entry a bin.
 */
export interface WeightCalibration {
  /** Bin edges in w, logarithmic, 1e-2 to 1e2 in 30 bins; one more entry than bins. */
  readonly edges: readonly number[];
  /** Rows in the bins, or sums of their weights, those of a sample being 1 on average. */
  readonly reference: readonly number[];
  readonly generated: readonly number[];
  /** Rows with w below and above the axis. */
  readonly below: { readonly reference: number; readonly generated: number };
  readonly above: { readonly reference: number; readonly generated: number };
  /** Mean weight of the generated rows of the bin; null where there is none. */
  readonly meanWeight: readonly (number | null)[];
  /** Null where a bin holds no generated row. */
  readonly ratio: readonly (number | null)[];
  /**
   * 68.3 % interval of `ratio` from the Poisson errors of both counts, of weighted rows from those of their effective numbers (Σv)²/Σv².
   * Bins without generated rows have a lower end, and bins
   * without reference rows an upper one; null where there is no end, or no row at all.
   */
  readonly ratioLow: readonly (number | null)[];
  readonly ratioHigh: readonly (number | null)[];
}

/** See {@link WeightCalibration}. */
export async function weightCalibration(
  logWeights: LogWeights,
  { referenceWeights, generatedWeights }: Partial<CalibrationWeights>,
  run: ComputeOptions,
): Promise<WeightCalibration> {
  const { bins, lower, upper } = calibrationBins;
  const axis = () => logAxis(bins, lower, upper);
  const reference = logWeights.reference.map(Math.exp);
  const generated = logWeights.generated.map(Math.exp);
  const ofReference = usualWeights(referenceWeights, reference.length);
  const ofGenerated = usualWeights(generatedWeights, generated.length);
  const finite = generated.map((weight, row) =>
    Number.isFinite(weight) ? weight * (ofGenerated?.[row] ?? 1) : 0,
  );
  using inReference = new WeightedHistogram([axis()]);
  using inGenerated = new WeightedHistogram([axis()], { weightColumns: 2 });
  await inReference.fill([reference], { ...run, weights: ofReference ?? undefined });
  await inGenerated.fill([generated], { ...run, weights: [ofGenerated, finite] });
  const counts = {
    reference: Array.from(inReference.values(0, { flow: true })),
    generated: Array.from(inGenerated.values(0, { flow: true })),
  };
  const sums = inGenerated.values(1);
  const inside = {
    reference: counts.reference.slice(1, -1),
    generated: counts.generated.slice(1, -1),
  };
  const squares = { reference: inReference.variances(0), generated: inGenerated.variances(0) };
  const scale = generated.length / reference.length;
  const ratios = inside.reference.map((n, bin) =>
    sumRatio(
      { sum: n, squares: squares.reference[bin] as number },
      { sum: inside.generated[bin] as number, squares: squares.generated[bin] as number },
    ),
  );
  const scaled = (value: number | null | undefined) =>
    value === null || value === undefined ? null : value * scale;
  return {
    edges: Array.from(inReference.edges()),
    ...inside,
    below: { reference: counts.reference[0] as number, generated: counts.generated[0] as number },
    above: { reference: counts.reference.at(-1) as number, generated: counts.generated.at(-1) as number },
    meanWeight: inside.generated.map((count, bin) => (count > 0 ? (sums[bin] as number) / count : null)),
    ratio: ratios.map((ratio) => scaled(ratio?.value)),
    ratioLow: ratios.map((ratio) => scaled(ratio?.low)),
    ratioHigh: ratios.map((ratio) => scaled(ratio?.high)),
  };
}

/** With the mean 1; null: every row counts 1. */
function usualWeights(weights: Float64Array | undefined, rows: number): Float64Array | null {
  if (weights === undefined) return null;
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / rows;
  return weights.map((weight) => weight / mean);
}

/** Weights v of rows in a bin: Σv and Σv². */
interface SumOfWeights {
  readonly sum: number;
  readonly squares: number;
}

/** Ratio of two sums with the interval of {@link countRatio} of what they are worth in rows. */
function sumRatio(first: SumOfWeights, second: SumOfWeights): CountRatio | null {
  const worth = ({ sum, squares }: SumOfWeights) => (squares > 0 ? (sum * sum) / squares : 0);
  const ratio = countRatio(worth(first), worth(second));
  /** Weight of one such row; where there is none, as of equal weights. */
  const each = ({ sum, squares }: SumOfWeights) => (squares > 0 ? squares / sum : 1);
  const factor = each(first) / each(second);
  return (
    ratio && {
      value: ratio.value === null ? null : ratio.value * factor,
      low: ratio.low * factor,
      high: ratio.high === null ? null : ratio.high * factor,
    }
  );
}
