import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { HeldOutRows } from '../../native/contract/training.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { SampleRole, WeightHealth } from '../../weights/density-ratio.js';
import { healthWarnings } from '../../weights/health-warnings.js';
import { withSourceRows } from '../../weights/source-rows.js';
import type { Analysis } from '../analysis.js';
import type { Scores } from '../scores.js';
import type { EvaluationChoices } from '../settings.js';

export type { ExtremeShower, WeightHealth } from '../../weights/density-ratio.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails, there over 4 decades to either side. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = 79;
/** Few, so that results of like samples have the same axis. */
const decadesToEitherSide = [1, 2, 3, 4, 6, 8, 16, 32] as const;

export interface WeightSummary {
  /** Median over the generated rows of the standard error of ln w before any calibration: sampling of both samples and training, no bias. */
  readonly medianError: number;
  readonly reference: LearnedWeightHealth;
  readonly generated: LearnedWeightHealth;
}

/** Health of weights that were learned from the very sample, each by members that never saw the row. */
export interface LearnedWeightHealth extends WeightHealth {
  /**
   * Whether `meanError` is one standard error: of the rows, the fit of the learners' sum to the same rows, which ties the mean to
   * 1, included; not of the learners, which are taken as they are. False where the rows that are there do not tell it (it is
   * then too small as a rule): the Pareto index of the largest weights is above ½, so that their variance is infinite, or
   * e^{4s²} is above the number of rows, s the standard deviation of ln w: what E(w⁴)/E(w²)² would be of a normal ln w. False
   * where s² is below one over the number of rows, and all weights next to 1: their mean is then tied to 1 so closely that no error
   * describes it. False, too, for weights that were clipped or calibrated, where it is their standard deviation over √n and nothing else.
   */
  readonly meanErrorHolds: boolean;
}

/** Pareto index above which the variance of weights is infinite. */
const largestIndexOfVariance = 0.5;

/** Health and distributions of the weights of both samples. */
export const weights: Analysis<WeightSummary> = {
  async run({ scores, fitted, choices, run, ...samples }) {
    const { reference, generated } = scores;
    const decades = decadesFor([reference.health, generated.health]);
    const healthOf = (role: SampleRole) =>
      ofLearned(withSourceRows(scores[role].health, samples[role]), fitted[role], choices);
    const health = { reference: healthOf('reference'), generated: healthOf('generated') };
    return {
      part: { medianError: scores.medianError(), ...health },
      histograms: {
        ...(await weightHistograms(scores, 'reference', decades, run)),
        ...(await weightHistograms(scores, 'generated', decades, run)),
      },
      warnings: [
        ...healthWarnings(health.generated, generated.logWeights, 'generated', samples.generated),
        ...healthWarnings(health.reference, reference.logWeights, 'reference', samples.reference),
      ],
    };
  },
};

function ofLearned(
  health: WeightHealth,
  { meanWeightError, logRatios }: HeldOutRows,
  { clip, calibration }: EvaluationChoices,
): LearnedWeightHealth {
  const asLearned = clip === null && calibration === null;
  const spread = variance(logRatios);
  const told = spread > 1 / health.rows && Math.exp(4 * spread) <= health.rows;
  return {
    ...health,
    meanError: asLearned ? meanWeightError : health.meanError,
    meanErrorHolds: asLearned && told && (health.tailIndex ?? 0) <= largestIndexOfVariance,
  };
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
}

/** Names of the histograms of w; the role of the sample follows. */
export const weightNames = { linear: 'weight_linear', logarithmic: 'weight_log' } as const;

/** Of the logarithmic axis: the fewest that hold all finite weights, at most 32. */
function decadesFor(samples: readonly WeightHealth[]): number {
  const ends = samples.flatMap(({ smallest, largest }) => [...smallest.slice(0, 1), ...largest.slice(0, 1)]);
  const furthest = Math.max(0, ...ends.map(({ logWeight }) => Math.abs(logWeight) / Math.LN10));
  return decadesToEitherSide.find((decades) => furthest < decades) ?? 32;
}

/** Histograms of w of one sample; every row counts once, or by its own weight. */
async function weightHistograms(
  scores: Scores,
  role: SampleRole,
  decades: number,
  run: ComputeOptions,
): Promise<Record<string, UhiHistogram>> {
  const weights = scores[role].values;
  const options = { ...run, weights: scores.rowWeights(role) ?? undefined };
  const { bins, lower, upper } = linearBins;
  const label = { name: 'w', label: 'w = p_reference / p_generated' };
  using linear = new WeightedHistogram([regularAxis(bins, lower, upper, label)], {
    label: `w, ${role} sample`,
  });
  const log = logAxis(logarithmicBins, 10 ** -decades, 10 ** decades, label);
  using logarithmic = new WeightedHistogram([log], { label: `w, ${role} sample` });
  await linear.fill([weights], options);
  await logarithmic.fill([weights], options);
  return {
    [`${weightNames.linear}_${role}`]: linear.toUhi(),
    [`${weightNames.logarithmic}_${role}`]: logarithmic.toUhi(),
  };
}
