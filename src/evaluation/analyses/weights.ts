import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { SampleRole, WeightHealth } from '../../weights/density-ratio.js';
import { healthWarnings } from '../../weights/health-warnings.js';
import { withSourceRows } from '../../weights/source-rows.js';
import type { Analysis } from '../analysis.js';

export type { ExtremeShower, WeightHealth } from '../../weights/density-ratio.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails, there over 4 decades to either side. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = 79;
/** Few, so that results of like samples have the same axis. */
const decadesToEitherSide = [1, 2, 4, 8, 16, 32] as const;

export interface WeightSummary {
  /** Median over the generated rows of the standard error of ln w before any calibration: sampling of both samples and training, no bias. */
  readonly medianError: number;
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
      reference: withSourceRows(reference.health, samples.reference.sourceRows),
      generated: withSourceRows(generated.health, samples.generated.sourceRows),
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
