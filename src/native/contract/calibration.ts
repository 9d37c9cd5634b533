/** native/addon/calibration_operations.cc as TypeScript sees it. */
import type { JobHandle, Notify, NumberArray } from './jobs.js';

export const calibrationMethods = ['isotonic', 'platt', 'temperature', 'histogram', 'venn-abers'] as const;
/** Maps from logits to calibrated log odds; native/core/calibration/ has a file for each. */
export type CalibrationMethod = (typeof calibrationMethods)[number];

export const binSpacings = ['uniform', 'quantile'] as const;
/** Bins of a probability: of equal width in [0, 1], or with equally many rows. */
export type BinSpacing = (typeof binSpacings)[number];

/** Logits of rows whose sample is known. Weights are of all rows or null. */
export interface CalibrationSetRecord {
  readonly reference: NumberArray;
  readonly generated: NumberArray;
  readonly referenceWeights: NumberArray | null;
  readonly generatedWeights: NumberArray | null;
}

export interface CalibratedRecord {
  readonly logOdds: Float64Array;
  /** p0 and p1 of Venn–Abers; null for other methods. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

/** What was fitted, by name. */
export type CalibrationParameters = Readonly<Record<string, number>>;

export interface ReliabilityBinRecord {
  readonly lower: number;
  readonly upper: number;
  readonly reference: number;
  readonly generated: number;
  readonly meanProbability: number;
  readonly frequency: number;
  readonly frequencyLow: number;
  readonly frequencyHigh: number;
}

export interface ReliabilityRecord {
  readonly bins: readonly ReliabilityBinRecord[];
  readonly value: number;
  readonly expected: number;
  readonly deviation: number;
  readonly reached: number;
}

export interface CalibrationOperations {
  calibrate(
    method: CalibrationMethod,
    set: CalibrationSetRecord,
    logits: NumberArray,
    balance: boolean,
    notify: Notify<CalibratedRecord & { readonly parameters: CalibrationParameters }>,
  ): JobHandle;
  crossCalibrate(
    method: CalibrationMethod,
    set: CalibrationSetRecord,
    referenceFold: Uint16Array,
    generatedFold: Uint16Array,
    balance: boolean,
    notify: Notify<{
      readonly reference: CalibratedRecord;
      readonly generated: CalibratedRecord;
      readonly parameters: readonly CalibrationParameters[];
    }>,
  ): JobHandle;
  isotonicRegression(
    x: NumberArray,
    y: NumberArray,
    weights: NumberArray | null,
    query: NumberArray,
    limits: { readonly lower: number; readonly upper: number; readonly resolution: number },
    notify: Notify<{ readonly x: Float64Array; readonly y: Float64Array; readonly values: Float64Array }>,
  ): JobHandle;
  /** Of probabilities. */
  /** @param set probabilities in place of logits. */
  reliability(
    set: CalibrationSetRecord,
    plan: {
      readonly bins: number;
      readonly spacing: BinSpacing;
      readonly balance: boolean;
      readonly resamples: number;
      readonly seed: number;
    },
    notify: Notify<ReliabilityRecord>,
  ): JobHandle;
  properScores(
    set: CalibrationSetRecord,
    balance: boolean,
    notify: Notify<{ readonly brier: number; readonly logLoss: number; readonly jensenShannon: number }>,
  ): JobHandle;
  logLossGain(
    set: CalibrationSetRecord,
    referenceAfter: NumberArray,
    generatedAfter: NumberArray,
    balance: boolean,
    notify: Notify<{ readonly value: number; readonly standardError: number }>,
  ): JobHandle;
}
