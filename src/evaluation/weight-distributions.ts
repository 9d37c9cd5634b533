import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../histogram/axis.js';
import { WeightedHistogram } from '../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../native/devices.js';
import type { WeightCalibration } from './result.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = { bins: 79, lower: 1e-4, upper: 1e4 };
const calibrationBins = { bins: 30, lower: 1e-2, upper: 1e2 };

/** Histograms of w of one sample, `weight_linear_ROLE` and `weight_log_ROLE`; every shower counts once. */
export async function weightHistograms(
  weights: Float64Array,
  role: 'reference' | 'generated',
  options: ComputeOptions,
): Promise<Record<string, UhiHistogram>> {
  const { bins, lower, upper } = linearBins;
  const label = { name: 'w', label: 'w = p_reference / p_generated' };
  using linear = new WeightedHistogram([regularAxis(bins, lower, upper, label)], {
    label: `w, ${role} sample`,
  });
  const log = logAxis(logarithmicBins.bins, logarithmicBins.lower, logarithmicBins.upper, label);
  using logarithmic = new WeightedHistogram([log], { label: `w, ${role} sample` });
  await linear.fill([weights], options);
  await logarithmic.fill([weights], options);
  return {
    [`weight_linear_${role}`]: linear.toUhi(),
    [`weight_log_${role}`]: logarithmic.toUhi(),
  };
}

/**
 * Weight calibration: in bins of w, (n_ref/N_ref)/(n_gen/N_gen) against the mean weight. Ratio error from the Poisson
 * errors of both counts: ratio · √(1/n_ref + 1/n_gen).
 */
export async function weightCalibration(
  reference: Float64Array,
  generated: Float64Array,
  options: ComputeOptions,
): Promise<WeightCalibration> {
  const { bins, lower, upper } = calibrationBins;
  using inReference = new WeightedHistogram([logAxis(bins, lower, upper)]);
  using inGenerated = new WeightedHistogram([logAxis(bins, lower, upper)], { weightColumns: 2 });
  await inReference.fill([reference], options);
  const finite = generated.map((weight) => (Number.isFinite(weight) ? weight : 0));
  await inGenerated.fill([generated], { ...options, weights: [null, finite] });
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
