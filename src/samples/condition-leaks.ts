import type { ComputeOptions } from '../native/devices.js';
import { areaUnderCurve, kolmogorovSmirnov } from '../statistics/rank-statistics.js';
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
    const { statistic, pValue } = await kolmogorovSmirnov(values, second, options);
    if (!(statistic > largestDistance && pValue < smallestPValue)) continue;
    const auc = await areaUnderCurve(values, second, options);
    const message =
      `the ${name} alone tell the samples apart (Kolmogorov–Smirnov distance ${statistic.toFixed(3)}, ` +
      `AUC ${Math.max(auc.value, 1 - auc.value).toFixed(3)}): the classifiers learn the condition, not the shower; ` +
      `use samples with the same ${name}`;
    leaks.push({ code: 'incident-energy-leak', message });
  }
  return leaks;
}
