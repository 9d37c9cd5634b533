import { requireKnownOptions, requireObject } from '../names.js';
import { native } from '../native/binding.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { requireLength, requireNumberArray } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type CalibrationOptions, calibrationOptions } from './calibration.js';
import { type LabelledLogits, nativeSet } from './labelled-logits.js';

/** Scores that the true probability alone minimizes, means over the rows. */
export interface ProbabilityScores {
  /** Mean of (label − D)², label 1 for reference rows. */
  readonly brier: number;
  /** Mean of −ln of the probability of the label, in nats. */
  readonly logLoss: number;
  /**
   * 1 − logLoss/ln 2, in bits: for balanced samples a lower bound of their Jensen–Shannon divergence, below 0 for probabilities
   * that are worse than ½.
   */
  readonly jensenShannon: number;
}

/** By how much the log-loss is lower. */
export interface LogLossGain {
  /** Nats. */
  readonly value: number;
  /** From the differences row by row; what other rows to fit the map to would change is not in it. */
  readonly standardError: number;
}

/**
 * Brier score, log-loss and Jensen–Shannon divergence of log odds ln(D/(1−D)). They are exact for large log odds, where a
 * probability would be 0 or 1.
 *
 * @throws CaloscopeError as `calibrate`
 */
export async function probabilityScores(
  rows: LabelledLogits,
  options: CalibrationOptions = {},
): Promise<ProbabilityScores> {
  requireKnownOptions(options, calibrationOptions);
  const set = nativeSet(rows);
  const { balance = true } = options;
  return await runJob<ProbabilityScores>((notify) => native().properScores(set, balance, notify), options);
}

/**
 * By how much log odds `after` have a lower log-loss than those of the same rows before.
 *
 * @throws CaloscopeError as `calibrate`
 */
export async function logLossGain(
  before: LabelledLogits,
  after: { readonly reference: NumberArray; readonly generated: NumberArray },
  options: CalibrationOptions = {},
): Promise<LogLossGain> {
  requireKnownOptions(options, calibrationOptions);
  const set = nativeSet(before);
  requireObject(after, 'after', '{ reference, generated }');
  requireNumberArray(after.reference, 'after.reference');
  requireNumberArray(after.generated, 'after.generated');
  requireLength(after.reference, before.reference.length, 'after.reference');
  requireLength(after.generated, before.generated.length, 'after.generated');
  const { balance = true } = options;
  return await runJob<LogLossGain>(
    (notify) => native().logLossGain(set, after.reference, after.generated, balance, notify),
    options,
  );
}
