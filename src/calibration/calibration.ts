import { ArgumentError } from '../errors.js';
import { requireKnownOptions, requireOneOf } from '../names.js';
import { native } from '../native/binding.js';
import {
  type CalibratedRecord,
  type CalibrationMethod,
  type CalibrationParameters,
  calibrationMethods,
} from '../native/contract/calibration.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { requireNumberArray } from '../native/number-array.js';
import { type JobOptions, jobOptions, runJob } from '../native/run-job.js';
import { type LabelledLogits, nativeSet } from './labelled-logits.js';

export type { CalibrationMethod, CalibrationParameters } from '../native/contract/calibration.js';

export interface CalibrationOptions extends JobOptions {
  /**
   * Whether both samples count half of all, whatever their sizes: then the log odds are ln(p_reference/p_generated). Default
   * true; false takes the sizes for the frequencies of the classes.
   */
  readonly balance?: boolean | undefined;
}

/** Their names, for functions that refuse others. */
export const calibrationOptions: Readonly<Record<keyof CalibrationOptions, true>> = {
  ...jobOptions,
  balance: true,
};

/** Calibrated rows, one entry a row. */
export interface CalibratedRows {
  /** ln(D/(1−D)) of the calibrated probability D, finite. */
  readonly logOdds: Float64Array;
  /** Of `venn-abers`: p0 and p1, between which a calibrated probability lies; null for other methods. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

export interface Calibrated extends CalibratedRows {
  /** `slope` and `offset` of `platt`, `inverseTemperature` of `temperature`; empty for other methods. */
  readonly parameters: CalibrationParameters;
}

/** Rows of both samples, each with the fold that its logit is held out in. */
export interface FoldedLogits extends LabelledLogits {
  readonly referenceFold: Uint16Array;
  readonly generatedFold: Uint16Array;
}

export interface CrossCalibrated {
  readonly reference: CalibratedRows;
  readonly generated: CalibratedRows;
  /** One a fold. */
  readonly parameters: readonly CalibrationParameters[];
}

/**
 * Fits a map from logits to calibrated log odds to rows whose sample is known, and applies it to `logits`. Rows that it was fitted
 * to do not tell how good it is: {@link crossCalibrate} maps every row by others.
 *
 * - `isotonic`: isotonic regression of the label on σ(logit), within [1e-6, 1−1e-6] (Zadrozny, Elkan, KDD 2002).
 * - `platt`: slope·logit + offset, maximum likelihood with smoothed targets (Platt, 1999).
 * - `temperature`: logit/T (Guo et al., arXiv:1706.04599), T at the minimum itself.
 * - `histogram`: the share of reference rows in 15 bins of equal content, within [1e-6, 1−1e-6] (Zadrozny, Elkan, ICML 2001).
 * - `venn-abers`: inductive Venn–Abers prediction, p1/(1−p0+p1) (Vovk, Petej, arXiv:1211.0025).
 *
 * Defined also at the edge: equal logits get the share of the reference rows (`temperature`: T at the minimum, 1 for logits of
 * 0); separated samples finite log odds.
 *
 * @throws CaloscopeError ERR_TOO_FEW_ROWS (a sample without rows of a weight above 0), ERR_NON_FINITE (names the row), ERR_SHAPE,
 * ERR_ARGUMENT; `signal.reason` when aborted
 */
export async function calibrate(
  method: CalibrationMethod,
  known: LabelledLogits,
  logits: NumberArray,
  options: CalibrationOptions = {},
): Promise<Calibrated> {
  requireKnownOptions(options, calibrationOptions);
  requireOneOf(calibrationMethods, method, 'method');
  requireNumberArray(logits, 'logits');
  const set = nativeSet(known);
  const { balance = true } = options;
  return await runJob<CalibratedRecord & Pick<Calibrated, 'parameters'>>(
    (notify) => native().calibrate(method, set, logits, balance, notify),
    options,
  );
}

/**
 * Calibrates every row by the map that {@link calibrate} fits to the rows of all other folds.
 *
 * @throws as {@link calibrate}
 */
export async function crossCalibrate(
  method: CalibrationMethod,
  rows: FoldedLogits,
  options: CalibrationOptions = {},
): Promise<CrossCalibrated> {
  requireKnownOptions(options, calibrationOptions);
  requireOneOf(calibrationMethods, method, 'method');
  const set = nativeSet(rows);
  const { referenceFold, generatedFold } = rows;
  requireFolds(referenceFold, rows.reference.length, 'referenceFold');
  requireFolds(generatedFold, rows.generated.length, 'generatedFold');
  const { balance = true } = options;
  return await runJob<CrossCalibrated>(
    (notify) => native().crossCalibrate(method, set, referenceFold, generatedFold, balance, notify),
    options,
  );
}

function requireFolds(folds: unknown, rows: number, what: string): void {
  if (!(folds instanceof Uint16Array)) {
    throw new ArgumentError('ERR_ARGUMENT', `${what} must be a Uint16Array with the fold of each row`);
  }
  if (folds.length === rows) return;
  throw new ArgumentError('ERR_SHAPE', `${what} must have ${rows} entries, one a row, not ${folds.length}`);
}
