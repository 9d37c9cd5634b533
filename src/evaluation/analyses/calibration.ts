import { crossCalibrate } from '../../calibration/calibration.js';
import { type LogLossGain, logLossGain, probabilityScores } from '../../calibration/probability-scores.js';
import { type CalibrationError, type ReliabilityBin, reliability } from '../../calibration/reliability.js';
import {
  type CalibrationMethod,
  type CalibrationParameters,
  calibrationMethods,
} from '../../native/contract/calibration.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { type CalibrationWeights, calibrationFolds, calibrationWeights } from '../calibration-folds.js';
import { type LogWeights, type WeightCalibration, weightCalibration } from '../weight-calibration.js';

export type { LogLossGain } from '../../calibration/probability-scores.js';
export type { CalibrationError, ReliabilityBin } from '../../calibration/reliability.js';
export type { CalibrationMethod, CalibrationParameters } from '../../native/contract/calibration.js';
export type { WeightCalibration } from '../weight-calibration.js';

/** How far ln w is the log of the ratio of the densities; both samples count half of all. */
export interface CalibrationCheck {
  /** Of D = w/(1 + w), 20 bins with equally many rows. */
  readonly error: CalibrationError;
  /** Mean of (label − D)²; 0.25 for D = ½. */
  readonly brier: number;
  /** Nats; ln 2 for D = ½. */
  readonly logLoss: number;
  /** 1 − logLoss/ln 2, in bits: a lower bound of the Jensen–Shannon divergence of the samples. */
  readonly jensenShannon: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly weights: WeightCalibration;
}

export interface CalibratedCheck extends CalibrationCheck {
  readonly method: CalibrationMethod;
  /** By how much its log-loss is lower than that of the ln w that it was made from. */
  readonly gain: LogLossGain;
  /** What was fitted, one entry a fold. */
  readonly parameters: readonly CalibrationParameters[];
}

/** What calibrations would do to ln w, each row by a map that was fitted to the other folds. */
export interface CalibrationSummary {
  /** The one that weights and reweighted histograms were made with; null: none, unless it was asked for. */
  readonly applied: CalibrationMethod | null;
  /** Of ln w as the classifiers say it, before bounds on w. */
  readonly uncalibrated: CalibrationCheck;
  /** Of every method. */
  readonly calibrated: readonly CalibratedCheck[];
}

/** Whether the weight is the ratio of the densities, and whether a calibration makes it so. */
export const calibration: Analysis<CalibrationSummary | null> = {
  async run({ fitted, choices, run }) {
    const weights = calibrationWeights(fitted);
    if (weights === null) return { part: null };
    const uncalibrated = { reference: fitted.reference.logRatios, generated: fitted.generated.logRatios };
    const calibrated: CalibratedCheck[] = [];
    for (const method of calibrationMethods) {
      calibrated.push(await checkCalibration(method, uncalibrated, { fitted, weights }, run));
    }
    const part = {
      applied: choices.calibration,
      uncalibrated: await check(uncalibrated, weights, run),
      calibrated,
    };
    return { part };
  },
  summary(part) {
    if (part === null) return null;
    const { applied, uncalibrated, calibrated } = part;
    const row = (name: string, { error, logLoss }: CalibrationCheck, gain = '') => [
      name,
      `ECE less bias ${error.debiased.toFixed(4)} ± ${error.deviation.toFixed(4)}`,
      `log-loss ${logLoss.toFixed(4)}`,
      gain,
    ];
    return {
      heading: `Calibration of ln w (applied: ${applied ?? 'none'})`,
      rows: [
        row('none', uncalibrated),
        ...calibrated.map((each) =>
          row(
            each.method,
            each,
            `gain ${each.gain.value.toFixed(4)} ± ${each.gain.standardError.toFixed(4)}`,
          ),
        ),
      ],
    };
  },
};

async function checkCalibration(
  method: CalibrationMethod,
  uncalibrated: LogWeights,
  { fitted, weights }: Pick<AnalysisContext, 'fitted'> & { readonly weights: Partial<CalibrationWeights> },
  run: ComputeOptions,
): Promise<CalibratedCheck> {
  const folds = calibrationFolds(fitted);
  const { reference, generated, parameters } = await crossCalibrate(
    method,
    { ...uncalibrated, ...folds, ...weights },
    { signal: run.signal },
  );
  const after = { reference: reference.logOdds, generated: generated.logOdds };
  return {
    method,
    gain: await logLossGain({ ...uncalibrated, ...weights }, after, { signal: run.signal }),
    parameters,
    ...(await check(after, weights, run)),
  };
}

async function check(
  logWeights: LogWeights,
  weights: Partial<CalibrationWeights>,
  run: ComputeOptions,
): Promise<CalibrationCheck> {
  const { bins, error } = await reliability(
    logWeights.reference.map(probability),
    logWeights.generated.map(probability),
    { ...weights, signal: run.signal },
  );
  return {
    error,
    ...(await probabilityScores({ ...logWeights, ...weights }, { signal: run.signal })),
    reliability: bins,
    weights: await weightCalibration(logWeights, weights, run),
  };
}

function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
