import { logAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { Analysis, AnalysisContext } from '../analysis.js';

const calibrationBins = { bins: 30, lower: 1e-2, upper: 1e2 };

/**
 * Weight calibration: in bins of w, the measured ratio (n_ref/N_ref)/(n_gen/N_gen) against the weight itself.
 * A point on the diagonal means that the weight is the ratio. Arrays have one entry a bin; null where a count is 0.
 */
export interface WeightCalibration {
  /** Bin edges in w, logarithmic, 1e-2 to 1e2 in 30 bins; one more entry than bins. */
  readonly edges: readonly number[];
  readonly reference: readonly number[];
  readonly generated: readonly number[];
  /** Mean weight of the generated showers of the bin. */
  readonly meanWeight: readonly (number | null)[];
  readonly ratio: readonly (number | null)[];
  /** Poisson error of `ratio`. */
  readonly ratioError: readonly (number | null)[];
}

/** Whether the weight is the ratio of the densities. */
export const calibration: Analysis<WeightCalibration> = {
  async run(context) {
    return { part: await weightCalibration(context) };
  },
};

/**
 * Weight calibration: in bins of w, (n_ref/N_ref)/(n_gen/N_gen) against the mean weight. Ratio error from the Poisson
 * errors of both counts: ratio · √(1/n_ref + 1/n_gen).
 */
async function weightCalibration({ scores, run }: AnalysisContext): Promise<WeightCalibration> {
  const reference = scores.reference.values;
  const generated = scores.generated.values;
  const { bins, lower, upper } = calibrationBins;
  using inReference = new WeightedHistogram([logAxis(bins, lower, upper)]);
  using inGenerated = new WeightedHistogram([logAxis(bins, lower, upper)], { weightColumns: 2 });
  await inReference.fill([reference], run);
  await inGenerated.fill([generated], { ...run, weights: [null, scores.finiteWeights()] });
  const referenceCounts = Array.from(inReference.values());
  const generatedCounts = Array.from(inGenerated.values(0));
  const sums = inGenerated.values(1);
  const ratio = referenceCounts.map((count, bin) => {
    const others = generatedCounts[bin] as number;
    return count > 0 && others > 0 ? count / reference.length / (others / generated.length) : null;
  });
  return {
    edges: Array.from(inReference.edges()),
    reference: referenceCounts,
    generated: generatedCounts,
    meanWeight: generatedCounts.map((count, bin) => (count > 0 ? (sums[bin] as number) / count : null)),
    ratio,
    ratioError: ratio.map((value, bin) =>
      value === null
        ? null
        : value * Math.sqrt(1 / (referenceCounts[bin] as number) + 1 / (generatedCounts[bin] as number)),
    ),
  };
}
