import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { Warning } from '../../warnings.js';
import type { SampleRole, WeightHealth } from '../../weights/density-ratio.js';
import type { Analysis } from '../analysis.js';

export type { ExtremeShower, WeightHealth } from '../../weights/density-ratio.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = { bins: 79, lower: 1e-4, upper: 1e4 };
/**
 * Distance of the mean weight from 1, in its errors and in all, above which the weights are not a ratio of densities.
 * Small distances are usual: noise in ln w alone raises the mean of w by half its variance.
 */
const meanDistance = { errors: 5, absolute: 0.05 };
/** Effective sample size, as a share of the rows, below which weighted sums rest on a few showers. */
const smallestEffectiveShare = 0.01;

export interface WeightSummary {
  /** Median over the generated rows of the standard error of ln w: sampling of both samples and training, no bias. */
  readonly medianError: number;
  readonly reference: WeightHealth;
  readonly generated: WeightHealth;
}

/** Health and distributions of the weights of both samples. */
export const weights: Analysis<WeightSummary> = {
  async run({ scores, run }) {
    const { reference, generated } = scores;
    const health = { reference: reference.health, generated: generated.health };
    return {
      part: { medianError: scores.medianError(), ...health },
      histograms: {
        ...(await weightHistograms(reference.values, 'reference', run)),
        ...(await weightHistograms(generated.values, 'generated', run)),
      },
      warnings: healthWarnings(health),
    };
  },
};

/** Names of the histograms of w; the role of the sample follows. */
export const weightNames = { linear: 'weight_linear', logarithmic: 'weight_log' } as const;

/** Histograms of w of one sample; every shower counts once. */
async function weightHistograms(
  weights: Float64Array,
  role: SampleRole,
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
    [`${weightNames.linear}_${role}`]: linear.toUhi(),
    [`${weightNames.logarithmic}_${role}`]: logarithmic.toUhi(),
  };
}

/** Says where the weights are no ratio of densities, or too few showers carry them. */
export function healthWarnings(health: Pick<WeightSummary, SampleRole>): Warning[] {
  const warnings: Warning[] = [];
  for (const [role, what] of [
    ['generated', 'mean of w over the generated sample'],
    ['reference', 'mean of 1/w over the reference sample'],
  ] as const) {
    const { mean, meanError, nonFinite } = health[role];
    const distance = Math.abs(mean - 1);
    if (distance > meanDistance.errors * meanError && distance > meanDistance.absolute) {
      const message = `the ${what} is ${mean.toFixed(3)} ± ${meanError.toFixed(3)} in place of 1: the weights are not calibrated, or the samples do not overlap`;
      warnings.push({ code: 'mean-weight', message });
    }
    const { effectiveSampleSize, rows } = health[role];
    if (effectiveSampleSize < smallestEffectiveShare * rows) {
      const message = `a few showers of the ${role} sample carry nearly all of the weight (effective sample size ${effectiveSampleSize.toFixed(0)} of ${rows}): sums with these weights mean little; look at the most extreme showers`;
      warnings.push({ code: 'few-showers-dominate', message });
    }
    if (nonFinite > 0) {
      warnings.push({
        code: 'non-finite-weights',
        message: `${nonFinite} weights of the ${role} sample are not finite`,
      });
    }
  }
  return warnings;
}
