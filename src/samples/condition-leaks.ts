import type { ComputeOptions } from '../native/devices.js';
import { likelihoodRatioArea } from '../statistics/likelihood-ratio-area.js';
import { RankedScores } from '../statistics/rank-statistics.js';
import type { Warning } from '../warnings.js';
import type { Sample } from './sample.js';

/** Conditions tell the samples apart when their distributions differ by more, and not by chance. */
const largestDistance = 0.01;
const smallestPValue = 1e-6;

/** Conditions whose values alone tell the samples apart. */
export async function conditionLeaks(
  reference: Sample,
  generated: Sample,
  options: ComputeOptions,
): Promise<Warning[]> {
  const others = generated.conditions();
  const leaks: Warning[] = [];
  for (const [i, { name, values }] of reference.conditions().entries()) {
    const second = others[i]?.values ?? new Float64Array(0);
    using ranked = await RankedScores.of(values, second, options);
    const { statistic, pValue } = await ranked.kolmogorovSmirnov(options);
    if (!(statistic > largestDistance && pValue < smallestPValue)) continue;
    const { value } = await ranked.areaUnderCurve(options);
    const best = Math.max(value, 1 - value, likelihoodRatioArea(values, second));
    const message =
      `the ${name} alone tell the samples apart (Kolmogorov–Smirnov distance ${statistic.toFixed(3)}, ` +
      `AUC ${best.toFixed(3)} at best): the classifiers learn the condition, not the difference; ` +
      `use samples with the same ${name}`;
    leaks.push({ code: 'incident-energy-leak', message });
  }
  return leaks;
}
