import type { Warning } from '../warnings.js';
import type { SampleRole, WeightHealth } from './density-ratio.js';

/**
 * Distance of the mean weight from 1, in its errors and in all, above which the weights are not a ratio of densities.
 * Small distances are usual: noise in ln w alone raises the mean of w by half its variance.
 */
const meanDistance = { errors: 5, absolute: 0.05 };
/** Effective sample size, as a share of the rows, below which weighted sums rest on a few rows. */
const smallestEffectiveShare = 0.01;

/** Pareto index of the largest weights above which sums of weights are unreliable (arXiv:1507.02646). */
const largestTailIndex = 0.7;

const means: Readonly<Record<SampleRole, string>> = {
  generated: 'mean of w over the generated sample',
  reference: 'mean of 1/w over the reference sample',
};

/**
 * Says where the weights of a sample are no ratio of densities, or too few rows carry them.
 *
 * @param noun what the rows are, plural.
 */
export function healthWarnings(health: WeightHealth, role: SampleRole, noun: string): Warning[] {
  const { mean, meanError, nonFinite, effectiveSampleSize, tailIndex, rows } = health;
  const warnings: Warning[] = [];
  const distance = Math.abs(mean - 1);
  if (distance > meanDistance.errors * meanError && distance > meanDistance.absolute) {
    const message = `the ${means[role]} is ${mean.toFixed(3)} ± ${meanError.toFixed(3)} in place of 1: the weights are not calibrated, or the samples do not overlap`;
    warnings.push({ code: 'mean-weight', message });
  }
  if (effectiveSampleSize < smallestEffectiveShare * rows) {
    const message = `a few ${noun} of the ${role} sample carry nearly all of the weight (effective sample size ${effectiveSampleSize.toFixed(0)} of ${rows}): sums with these weights mean little; look at the most extreme ${noun}`;
    warnings.push({ code: 'few-showers-dominate', message });
  }
  if (tailIndex !== null && tailIndex > largestTailIndex) {
    const message = `the largest weights of the ${role} sample have a Pareto index of ${tailIndex.toFixed(2)}, above ${largestTailIndex}: sums with these weights and their errors are unreliable, whatever the effective sample size`;
    warnings.push({ code: 'heavy-tail', message });
  }
  if (nonFinite > 0) {
    const message = `${nonFinite} weights of the ${role} sample are not finite`;
    warnings.push({ code: 'non-finite-weights', message });
  }
  return warnings;
}
