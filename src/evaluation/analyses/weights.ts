import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { SampleRole, WeightHealth } from '../../weights/density-ratio.js';
import { healthWarnings } from '../../weights/health-warnings.js';
import { withSourceRows } from '../../weights/source-rows.js';
import type { Analysis } from '../analysis.js';

export type { ExtremeShower, WeightHealth } from '../../weights/density-ratio.js';

/** Axes of arXiv:2305.16774: linear around w = 1, and logarithmic with the tails. */
const linearBins = { bins: 49, lower: 0, upper: 3 };
const logarithmicBins = { bins: 79, lower: 1e-4, upper: 1e4 };
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
    const health = {
      reference: withSourceRows(reference.health, samples.reference.sourceRows),
      generated: withSourceRows(generated.health, samples.generated.sourceRows),
    };
    return {
      part: { medianError: scores.medianError(), ...health },
      histograms: {
        ...(await weightHistograms(reference.values, 'reference', run)),
        ...(await weightHistograms(generated.values, 'generated', run)),
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
