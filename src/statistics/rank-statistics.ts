import { ArgumentError } from '../errors.js';
import { requireKnownOptions } from '../names.js';
import { native } from '../native/binding.js';
import type { NumberArray } from '../native/contract/jobs.js';
import type { RankedScoresHandle, RocCurveRecord, SampleRole } from '../native/contract/statistics.js';
import { type ComputeOptions, computeOptions, computerFor } from '../native/devices.js';
import { requireLength, requireNumberArray } from '../native/number-array.js';
import { type JobOptions, NativeObject, runJob } from '../native/run-job.js';

export interface AreaUnderCurve {
  /** P(logit_ref > logit_gen) + ½ P(=). */
  readonly value: number;
  /** DeLong standard error of `value`; NaN where a sample has fewer than two showers. */
  readonly standardError: number;
  /** Standard deviation of the AUC if both samples had the same density, ties counted: 0.0029 at 20k vs 20k. */
  readonly nullStandardDeviation: number;
  /**
   * One-sided p-value for AUC > 0.5 under the null: ½ erfc(z/√2), z = (AUC − 0.5)/nullStandardDeviation. The normal
   * tail is accurate down to 1e-308 (z = 37.5) and 0 from z = 38.6 on; there z says more. 1 where all logits are equal.
   */
  readonly pValue: number;
}

/** Points of the ROC curve from (0,0) to (1,1), thinned to a few hundred; positives are the reference showers. */
export interface RocCurve {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
}

export interface KolmogorovSmirnov {
  /** Largest distance of the two empirical distribution functions. */
  readonly statistic: number;
  /**
   * Two-sided, from the limiting distribution with Stephens' correction for finite samples (1970); with weights, of samples
   * of effective sizes (Σw)²/Σw², which is an approximation. Equal values make it larger than it need be.
   */
  readonly pValue: number;
}

export interface ScoreOptions extends ComputeOptions {
  /** One a shower, of any sign, with a sum above 0; absent: every shower counts 1. Showers of weight 0 count for nothing. */
  readonly referenceWeights?: NumberArray | undefined;
  readonly generatedWeights?: NumberArray | undefined;
}

export interface RocCurveOptions extends ScoreOptions {
  /**
   * Most points, at least 2; `Infinity` gives one a distinct logit. The thinned curve is nowhere further than
   * 2/(maxPoints − 1) from the whole one, false and true positive rate together. Default 400.
   */
  readonly maxPoints?: number | undefined;
}

const scoreOptions: Readonly<Record<keyof ScoreOptions, true>> = {
  ...computeOptions,
  referenceWeights: true,
  generatedWeights: true,
};

interface Sample {
  readonly scores: NumberArray;
  readonly weights: NumberArray | null;
}

function sample(role: SampleRole, scores: NumberArray, weights: NumberArray | undefined): Sample {
  requireNumberArray(scores, `the ${role} logits`);
  if (scores.length === 0) {
    throw new ArgumentError('ERR_TOO_FEW_ROWS', `the ${role} sample is empty; give at least one logit`);
  }
  if (weights === undefined) return { scores, weights: null };
  requireNumberArray(weights, `${role}Weights`);
  requireLength(weights, scores.length, `${role}Weights`);
  return { scores, weights };
}

const defaultPoints = 400;

/** @internal Scores of both samples, sorted once for all that is asked of them. */
export class RankedScores extends NativeObject<'ranked-scores'> {
  static async of(
    referenceScores: NumberArray,
    generatedScores: NumberArray,
    options: ScoreOptions,
  ): Promise<RankedScores> {
    const reference = sample('reference', referenceScores, options.referenceWeights);
    const generated = sample('generated', generatedScores, options.generatedWeights);
    const computer = computerFor(options);
    const handle = await runJob<RankedScoresHandle>(
      (notify) =>
        native().rankScores(
          reference.scores,
          generated.scores,
          reference.weights,
          generated.weights,
          computer,
          notify,
        ),
      options,
    );
    return new RankedScores(handle);
  }

  areaUnderCurve(options: JobOptions): Promise<AreaUnderCurve> {
    return runJob((notify) => native().areaUnderCurve(this.handle, notify), options);
  }

  kolmogorovSmirnov(options: JobOptions): Promise<KolmogorovSmirnov> {
    return runJob((notify) => native().kolmogorovSmirnov(this.handle, notify), options);
  }

  /** `points`: as `maxPoints`, but 0 for all. */
  async rocCurve(options: JobOptions, points: number = defaultPoints): Promise<RocCurve> {
    const curve = await runJob<RocCurveRecord>(
      (notify) => native().rocCurve(this.handle, points, notify),
      options,
    );
    return {
      falsePositiveRate: Array.from(curve.falsePositiveRate),
      truePositiveRate: Array.from(curve.truePositiveRate),
    };
  }
}

/**
 * Area under the ROC curve of a classifier, reference showers as positives, on logits (or any scores: only their order
 * counts, so do not apply a sigmoid, which makes ties). Equal logits share. Infinite logits are fine.
 *
 * With weights, the sum over all pairs of w_ref w_gen ([l_ref > l_gen] + ½[=]) over the product of the sums of
 * weights; the error is the linearisation of DeLong's, and the null standard deviation takes effective sample sizes
 * (Σw)²/Σw².
 *
 * DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837; null: the variance of the Mann-Whitney statistic.
 *
 * @throws CaloscopeError ERR_NON_FINITE (NaN, names the row), ERR_TOO_FEW_ROWS, ERR_SHAPE, ERR_ARGUMENT (weights whose
 * sum is not above 0), ERR_DEVICE
 */
export async function areaUnderCurve(
  referenceLogits: NumberArray,
  generatedLogits: NumberArray,
  options: ScoreOptions = {},
): Promise<AreaUnderCurve> {
  requireKnownOptions(options, scoreOptions);
  using ranked = await RankedScores.of(referenceLogits, generatedLogits, options);
  return await ranked.areaUnderCurve(options);
}

/**
 * The ROC curve, reference showers as positives: one point a distinct logit from the highest down (equal logits make
 * one step), or fewer, see {@link RocCurveOptions.maxPoints}. Starts at (0,0) and ends at (1,1). With weights of both
 * signs it need not rise everywhere.
 *
 * @throws as {@link areaUnderCurve}
 */
export async function rocCurve(
  referenceLogits: NumberArray,
  generatedLogits: NumberArray,
  options: RocCurveOptions = {},
): Promise<RocCurve> {
  requireKnownOptions(options, { ...scoreOptions, maxPoints: true });
  const { maxPoints = defaultPoints } = options;
  if (maxPoints !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(maxPoints) && maxPoints >= 2)) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      'maxPoints must be a whole number from 2 on, or Infinity for all points',
    );
  }
  using ranked = await RankedScores.of(referenceLogits, generatedLogits, options);
  return await ranked.rocCurve(options, maxPoints === Number.POSITIVE_INFINITY ? 0 : maxPoints);
}

/**
 * Two-sample Kolmogorov–Smirnov test, two-sided. Tells whether a single number, such as the incident energy, is enough
 * to tell two samples apart.
 *
 * @throws as {@link areaUnderCurve}
 */
export async function kolmogorovSmirnov(
  reference: NumberArray,
  generated: NumberArray,
  options: ScoreOptions = {},
): Promise<KolmogorovSmirnov> {
  requireKnownOptions(options, scoreOptions);
  using ranked = await RankedScores.of(reference, generated, options);
  return await ranked.kolmogorovSmirnov(options);
}
