import type { SeparationSummary, Verdict } from './result.js';

/** Null standard deviations above which a difference is called seen. */
const significant = 3;
const clear = 0.75;

/** The verdict on an AUC, for a physicist. */
export function verdictOn(auc: SeparationSummary, toy: boolean): Verdict {
  const significance = (auc.value - 0.5) / auc.nullStandardDeviation;
  const measured = `AUC ${auc.value.toFixed(3)} ± ${auc.standardError.toFixed(3)}`;
  const showers = toy ? 'toy showers' : 'showers';
  if (!(significance > significant)) {
    const below = significance < -significant;
    return {
      level: 'indistinguishable',
      sentence: below
        ? `The classifiers do worse than guessing (${measured}, ${(-significance).toFixed(1)} standard deviations below 0.5): rows are probably shared or repeated, and the weights mean nothing.`
        : `The classifiers cannot tell the generated ${showers} from the reference (${measured}; 0.5 is a coin toss, ±${auc.nullStandardDeviation.toFixed(4)} expected by chance): no difference is seen at this sample size.`,
    };
  }
  const level = auc.value >= clear ? 'clearly-different' : 'distinguishable';
  const how = level === 'clearly-different' ? 'clearly tell' : 'can tell';
  return {
    level,
    sentence: `The classifiers ${how} the generated ${showers} from the reference: ${measured}, ${significance.toFixed(1)} null standard deviations above 0.5. The weights say where.`,
  };
}
