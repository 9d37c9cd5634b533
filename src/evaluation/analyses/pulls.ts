import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import type { OwnDensities } from '../../samples/own-densities.js';
import { jackknifeVariance } from '../../statistics/fold-jackknife.js';
import { type NormalFit, normalFit } from '../../statistics/normal-fit.js';
import type { Analysis, AnalysisContext } from '../analysis.js';

export type { NormalFit } from '../../statistics/normal-fit.js';

/** Bins of the drawings, and the quantiles between which they lie, as arXiv:2305.16774 has them. */
const bins = 49;
const quantiles = [0.005, 0.995] as const;

/** Pulls of the generated rows. */
export interface PullDistribution {
  /** Rows that have a pull. */
  readonly rows: number;
  /** Rows without one: no finite weight, or no spread above 0. */
  readonly without: number;
  /** Quantiles 0.5 and 99.5 %, between which the pulls are drawn and fitted. */
  readonly lower: number;
  readonly upper: number;
  /** Mean and width, with errors that hold sampling and, unless rows were split once, learning; null: no normal distribution fits. */
  readonly fit: NormalFit | null;
  readonly histogram: string;
}

/**
 * How far a Bayesian generator is wrong, in units of what it says of its own density p_gen: width 1 where that covers its error, above
 * where it is too sure of itself. After section 5 of arXiv:2305.16774 and its code.
 */
export interface PullSummary {
  /** Draws of the generator's network a row; null: its spread was given. Of few draws the spread is uncertain itself. */
  readonly draws: number | null;
  /** Whether the errors of the fits hold learning, too. */
  readonly errorsHoldLearning: boolean;
  /** (p_ref − p_gen)/σ(p_gen) = μ(w − 1)/σ, μ the median of the draws of p_gen, σ half of their middle 68.3 %. null: too few rows. */
  readonly density: PullDistribution | null;
  /** (ln p_ref − ln p_gen)/σ(ln p_gen) = ln w/σ, σ the standard deviation of the draws of ln p_gen. */
  readonly logarithm: PullDistribution | null;
}

type PullKind = 'density' | 'logarithm';

const labels: Readonly<Record<PullKind, string>> = {
  density: '(p_ref − p_gen) / σ(p_gen)',
  logarithm: 'ln w / σ(ln p_gen)',
};

/** What generated rows are wrong by, over what the generator says that they may be. */
export const pulls: Analysis<PullSummary | null> = {
  async run(context) {
    const densities = context.generated.ownDensities;
    if (densities === null) return { part: null };
    const histograms: Record<string, UhiHistogram> = {};
    const density = await distributionOf('density', context, densities, histograms);
    const logarithm = await distributionOf('logarithm', context, densities, histograms);
    const { draws } = densities;
    const errorsHoldLearning = context.fitted.generated.logRatiosWithout.length > 0;
    return { part: { draws, errorsHoldLearning, density, logarithm }, histograms };
  },
  summary(part) {
    if (part === null) return null;
    return {
      heading: "Pulls in the generator's own uncertainty (1: it covers the error)",
      rows: (['density', 'logarithm'] as const).map((kind) => [labels[kind], ...fitWords(part[kind])]),
    };
  },
};

function fitWords(found: PullDistribution | null): string[] {
  if (found === null) return ['too few rows'];
  if (found.fit === null) return ['no normal distribution fits'];
  const { mean, meanError, width, widthError } = found.fit;
  const measured = (value: number, error: number) => `${value.toFixed(3)} ± ${error.toFixed(3)}`;
  return [`mean ${measured(mean, meanError)}`, `width ${measured(width, widthError)}`];
}

function pullsOf(kind: PullKind, logWeights: Float64Array, densities: OwnDensities): Float64Array {
  const { relative, logarithmic } = densities;
  return kind === 'density'
    ? logWeights.map((logWeight, row) => Math.expm1(logWeight) / (relative[row] as number))
    : logWeights.map((logWeight, row) => logWeight / (logarithmic[row] as number));
}

async function distributionOf(
  kind: PullKind,
  { scores, fitted, run }: AnalysisContext,
  densities: OwnDensities,
  histograms: Record<string, UhiHistogram>,
): Promise<PullDistribution | null> {
  const { logWeights } = scores.generated;
  const all = pullsOf(kind, logWeights, densities);
  const sorted = all.filter(Number.isFinite).sort();
  const [lower, upper] = quantiles.map((share) => sorted[Math.round(share * (sorted.length - 1))]);
  if (lower === undefined || upper === undefined || !(lower < upper)) return null;
  const weights = scores.rowWeights('generated');
  const fit = normalFit(all, { lower, upper, weights });
  const axis = regularAxis(bins, lower, upper, { name: 'pull', label: labels[kind] });
  using histogram = new WeightedHistogram([axis], { label: `${labels[kind]}, generated sample` });
  await histogram.fill([all.map((pull) => (Number.isFinite(pull) ? pull : Number.NaN))], {
    ...run,
    weights: weights ?? undefined,
  });
  const name = `pull_${kind}_generated`;
  histograms[name] = histogram.toUhi();
  const { fold, logRatios, logRatiosWithout } = fitted.generated;
  const folds = logRatiosWithout.length / logRatios.length;
  const replicas = Array.from({ length: folds }, (_, k) => {
    const without = (row: number) =>
      (logRatiosWithout[k * logRatios.length + row] as number) - (logRatios[row] as number);
    const outside = logWeights.map((one, row) => (fold[row] === k ? Number.NaN : one + without(row)));
    return normalFit(pullsOf(kind, outside, densities), { lower, upper, weights });
  });
  return {
    rows: sorted.length,
    without: all.length - sorted.length,
    lower,
    upper,
    fit: fit && withLearning(fit, replicas),
    histogram: name,
  };
}

/**
 * Errors of rows and learning together, by leaving out one fold after the other, never below those of the fit alone. Of five folds they
 * have four degrees of freedom.
 */
function withLearning(fit: NormalFit, replicas: readonly (NormalFit | null)[]): NormalFit {
  const found = replicas.filter((one) => one !== null);
  if (found.length < 2) return fit;
  const error = (own: number, value: (one: NormalFit) => number) =>
    Math.max(own, Math.sqrt(jackknifeVariance(found.map(value))));
  return {
    ...fit,
    meanError: error(fit.meanError, ({ mean }) => mean),
    widthError: error(fit.widthError, ({ width }) => width),
  };
}
