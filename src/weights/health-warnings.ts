import { type NumberedRows, rowText } from '../samples/source-rows.js';
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
 * @param logWeights ln w of all rows, after clipping.
 * @param of what the rows are, plural, and where they stand.
 */
export function healthWarnings(
  health: WeightHealth,
  logWeights: Float64Array,
  role: SampleRole,
  of: { readonly noun: string } & Pick<NumberedRows, 'sourceRows' | 'files'>,
): Warning[] {
  const { noun } = of;
  const { mean, meanError, effectiveSampleSize, tailIndex, rows } = health;
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
  const odd = logWeights.reduce((count, logWeight) => count + (hasFiniteWeight(logWeight, role) ? 0 : 1), 0);
  if (odd > 0) {
    const first = logWeights.findIndex((logWeight) => !hasFiniteWeight(logWeight, role));
    const place = `the first in ${rowText(of, first)} (ln w = ${logWeights[first]?.toPrecision(6)})`;
    const what = role === 'generated' ? 'w' : 'w or 1/w';
    const message = `${odd} of ${rows} weights of the ${role} sample are not finite (${what} beyond float64, or NaN), ${place}: sums with them are infinite or NaN; look at these ${noun}, or bound the weights (--clip)`;
    warnings.push({ code: 'non-finite-weights', message });
  }
  return warnings;
}

/** Of the reference sample 1/w is summed, too. */
function hasFiniteWeight(logWeight: number, role: SampleRole): boolean {
  return (
    Number.isFinite(Math.exp(logWeight)) && (role === 'generated' || Number.isFinite(Math.exp(-logWeight)))
  );
}
