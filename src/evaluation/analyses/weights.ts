import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../../native/devices.js';
import { sharedDeviations } from '../../statistics/fold-jackknife.js';
import type { SampleRole, WeightHealth } from '../../weights/density-ratio.js';
import { healthWarnings } from '../../weights/health-warnings.js';
import { withSourceRows } from '../../weights/source-rows.js';
import type { Analysis } from '../analysis.js';
import type { Scores } from '../scores.js';

export type { ExtremeShower, WeightHealth } from '../../weights/density-ratio.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails, there over 4 decades to either side. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = 79;
/** Few, so that results of like samples have the same axis. */
const decadesToEitherSide = [1, 2, 3, 4, 6, 8, 16, 32] as const;

export interface WeightSummary {
  /** Median over the generated rows of the standard error of ln w before any calibration: sampling of both samples and training, no bias. */
  readonly medianError: number;
  /**
   * `meanError` holds the scatter of the weights and what they have in common, as the errors of reweighted bins do. The fit
   * of the constant ties the mean to 1, so that for small differences it scatters less.
   */
  readonly reference: WeightHealth;
  readonly generated: WeightHealth;
}

/** Health and distributions of the weights of both samples. */
export const weights: Analysis<WeightSummary> = {
  async run({ scores, run, ...samples }) {
    const { reference, generated } = scores;
    const { noun } = samples.reference;
    const decades = decadesFor([reference.health, generated.health]);
    const health = {
      reference: withSourceRows(
        withShared(reference.health, scores, 'reference'),
        samples.reference.sourceRows,
      ),
      generated: withSourceRows(
        withShared(generated.health, scores, 'generated'),
        samples.generated.sourceRows,
      ),
    };
    return {
      part: { medianError: scores.medianError(), ...health },
      histograms: {
        ...(await weightHistograms(reference.values, 'reference', decades, run)),
        ...(await weightHistograms(generated.values, 'generated', decades, run)),
      },
      warnings: [
        ...healthWarnings(health.generated, 'generated', noun),
        ...healthWarnings(health.reference, 'reference', noun),
      ],
    };
  },
};

/** As of a bin that holds all rows. */
function withShared(health: WeightHealth, scores: Scores, role: SampleRole): WeightHealth {
  const { learned, kept } = scores.foldReplicas(role);
  const means = (replicas: readonly Float64Array[]) =>
    replicas.map((weights) => [weights.reduce((sum, w) => sum + w, 0) / weights.length]);
  const shared = sharedDeviations({ learned: means(learned), kept: means(kept) });
  return {
    ...health,
    meanError: Math.hypot(health.meanError, ...shared.map(([deviation = 0]) => deviation)),
  };
}

/** Names of the histograms of w; the role of the sample follows. */
export const weightNames = { linear: 'weight_linear', logarithmic: 'weight_log' } as const;

/** Of the logarithmic axis: the fewest that hold all finite weights, at most 32. */
function decadesFor(samples: readonly WeightHealth[]): number {
  const ends = samples.flatMap(({ smallest, largest }) => [...smallest.slice(0, 1), ...largest.slice(0, 1)]);
  const furthest = Math.max(0, ...ends.map(({ logWeight }) => Math.abs(logWeight) / Math.LN10));
  return decadesToEitherSide.find((decades) => furthest < decades) ?? 32;
}

/** Histograms of w of one sample; every shower counts once. */
async function weightHistograms(
  weights: Float64Array,
  role: SampleRole,
  decades: number,
  options: ComputeOptions,
): Promise<Record<string, UhiHistogram>> {
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
