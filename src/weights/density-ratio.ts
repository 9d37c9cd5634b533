import { ArgumentError } from '../errors.js';
import { requireKnownOptions, requireOneOf } from '../names.js';
import { native } from '../native/binding.js';
import type { NumberArray } from '../native/contract/jobs.js';
import {
  type DensityRatioRecord,
  type EnsembleRule,
  ensembleRules,
  type SampleRole,
  sampleRoles,
} from '../native/contract/statistics.js';
import { type ComputeOptions, computerFor } from '../native/devices.js';
import { type MemberLogits, requireMemberLogits } from '../native/member-logits.js';
import { requireLength } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import type { PlaceOfRow } from '../samples/source-rows.js';

export type { EnsembleRule, SampleRole } from '../native/contract/statistics.js';
export type { MemberLogits } from '../native/member-logits.js';

/** Where none is chosen. */
export const usualEnsembleRule: EnsembleRule = 'mean-logit';

export interface DensityRatioOptions extends ComputeOptions {
  /** Default `mean-logit`. */
  readonly rule?: EnsembleRule | undefined;
  /**
   * Added to ln w after the rule: ln(N_gen/N_ref) of the training where the loss did not balance classes of unequal size.
   * Default 0.
   */
  readonly priorShift?: number | undefined;
  /** Weights w outside [lower, upper] are moved to its ends; 0 ≤ lower < upper < ∞. Default: nothing is clipped. */
  readonly clip?: { readonly lower: number; readonly upper: number } | undefined;
  /** Sample that the showers belong to: decides between w and 1/w in the health. Default `generated`. */
  readonly role?: SampleRole | undefined;
  /**
   * Weights v with which the showers count in mean, error, effective size, Pareto index and shares of the health, one each, of
   * any sign; absent: each counts 1.
   */
  readonly rowWeights?: Float64Array | undefined;
}

const knownOptions: Readonly<Record<keyof DensityRatioOptions, true>> = {
  rule: true,
  priorShift: true,
  clip: true,
  role: true,
  rowWeights: true,
  threads: true,
  device: true,
  devices: true,
  signal: true,
  onProgress: true,
};

/** Health of the weights w = p_ref/p_gen of one sample. */
export interface WeightHealth {
  readonly rows: number;
  /**
   * Showers whose ln w (before clipping) is not finite. All numbers below are of those whose ln w (after clipping) is
   * finite, and NaN where there is none.
   */
  readonly nonFinite: number;
  /**
   * Generated sample: mean of w; reference sample: mean of 1/w. Both are 1 for the exact ratio. With weights v of the showers, here
   * and below: Σvw/Σv.
   */
  readonly mean: number;
  /** Standard deviation over √n, what the learning of the weights adds not included; NaN for one shower. */
  readonly meanError: number;
  /** (Σw)²/Σw² (of 1/w for the reference sample; of vw), in showers. */
  readonly effectiveSampleSize: number;
  /**
   * Pareto index k̂ of the largest weights (of 1/w for the reference sample): moments of an order above 1/k̂ are infinite. Above
   * 0.7 sums of weights are unreliable, however large the effective sample size (arXiv:1507.02646). Null where fewer than five
   * weights are large enough to tell.
   */
  readonly tailIndex: number | null;
  /** Share of showers with w < 1, and with w > 1. */
  readonly shareBelowOne: number;
  readonly shareAboveOne: number;
  /**
   * Quantiles of ln w, interpolated linearly between ranks. With weights of the showers, the smallest ln w below or at which showers with
   * this share of the weight lie; empty where a weight is below 0: such a share rises and falls.
   */
  readonly quantiles: readonly { readonly probability: number; readonly logWeight: number }[];
  /** The (at most ten) showers with the smallest and the largest weights; `row` counts from 0 in the file. */
  readonly smallest: readonly ExtremeShower[];
  readonly largest: readonly ExtremeShower[];
  /** Null unless the user requested clipping: bounds on w, and how many showers were below and above. */
  readonly clipped: {
    readonly lower: number;
    readonly upper: number;
    readonly below: number;
    readonly above: number;
  } | null;
}

export interface ExtremeShower extends PlaceOfRow {
  readonly logWeight: number;
}

export interface DensityRatioWeights {
  /** ln w, one a shower. */
  readonly logWeights: Float64Array;
  /** w = exp(ln w), one a shower; infinite above ln w = 709.78, 0 below −745. */
  readonly values: Float64Array;
  readonly health: WeightHealth;
  /** Median over the showers of the standard deviation (n − 1) of l among the members; null with one member. */
  readonly memberSpread: number | null;
}

/**
 * Weights w = p_reference/p_generated of showers from the logits of a classifier that was trained with label 1 on the
 * reference and 0 on the generated sample: ln w is the logit. Works in log space until the last step, so that no weight
 * is lost to a sigmoid; infinite logits are taken as limits, NaN stays NaN, both are counted in the health.
 *
 * @param logits one a shower, or those of members of an ensemble as `score` and `evaluate` give them (`logits`), which `rule` makes one of.
 *
 * @throws CaloscopeError ERR_ARGUMENT, ERR_SHAPE (not a whole number of showers), ERR_TOO_FEW_ROWS (no logits), ERR_DEVICE
 */
export async function densityRatioWeights(
  logits: NumberArray | MemberLogits,
  options: DensityRatioOptions = {},
): Promise<DensityRatioWeights> {
  requireKnownOptions(options, knownOptions);
  const { rule = usualEnsembleRule, priorShift = 0, clip = null, role = 'generated' } = options;
  const { values, members, rows } = ensembleOf(logits);
  requireOneOf(ensembleRules, rule, 'rule');
  requireOneOf(sampleRoles, role, 'role');
  requireOption(Number.isFinite(priorShift), 'priorShift must be a finite number, ln(N_gen/N_ref)');
  if (clip) {
    const ordered = clip.lower >= 0 && clip.lower < clip.upper && Number.isFinite(clip.upper);
    requireOption(ordered, 'clip must have 0 ≤ lower < upper < ∞; both are bounds on w, not on ln w');
  }
  const { rowWeights = new Float64Array(0) } = options;
  requireOption(rowWeights instanceof Float64Array, 'rowWeights must be a Float64Array');
  if (options.rowWeights) requireLength(rowWeights, rows, 'rowWeights');
  const computer = computerFor(options);
  const record = await runJob<DensityRatioRecord>(
    (notify) =>
      native().densityRatioWeights(
        values,
        members,
        { rule, priorShift, role, clip, rowWeights },
        computer,
        notify,
      ),
    options,
  );
  return { ...record, memberSpread: Number.isNaN(record.memberSpread) ? null : record.memberSpread };
}

/** One logit a row is an ensemble of one. */
function ensembleOf(given: NumberArray | MemberLogits): MemberLogits {
  const ensemble = ArrayBuffer.isView(given) ? { values: given, members: 1, rows: given.length } : given;
  requireMemberLogits(ensemble, 'logits');
  if (ensemble.rows > 0) return ensemble;
  throw new ArgumentError('ERR_TOO_FEW_ROWS', 'there are no logits to make weights of; give at least one');
}

function requireOption(sound: boolean, demand: string): void {
  if (!sound) throw new ArgumentError('ERR_ARGUMENT', demand);
}
