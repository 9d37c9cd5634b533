import { requireKnownOptions, requireOneOf } from '../names.js';
import { native } from '../native/binding.js';
import { type BinSpacing, binSpacings, type ReliabilityRecord } from '../native/contract/calibration.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { requireWhole } from '../native/number-array.js';
import { runJob } from '../native/run-job.js';
import { type CalibrationOptions, calibrationOptions } from './calibration.js';
import { nativeSet } from './labelled-logits.js';

export type { BinSpacing } from '../native/contract/calibration.js';

export interface ReliabilityOptions extends CalibrationOptions {
  /** Default 20; at most a million. */
  readonly bins?: number | undefined;
  /** Default `quantile`: bins with equally many rows, or equal sums of their weights. Bins are closed above, as those of scikit-learn. */
  readonly spacing?: BinSpacing | undefined;
  /** How often labels are drawn from the probabilities, at least 2. Default 200, fewer from 100,000 rows on, at least 20. */
  readonly resamples?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Of the rows, from 0 on, of both samples or of none; absent: every row counts 1. Only their ratios within a sample matter. */
  readonly referenceWeights?: NumberArray | undefined;
  readonly generatedWeights?: NumberArray | undefined;
}

/** A bin of the probability D with rows in it. */
export interface ReliabilityBin {
  /** Edges in D. */
  readonly lower: number;
  readonly upper: number;
  /** Rows. */
  readonly reference: number;
  readonly generated: number;
  readonly meanProbability: number;
  /** Share of reference rows; both samples count half of all where they are balanced. */
  readonly frequency: number;
  /** 68.3 % interval of `frequency`, Wilson's score interval (1927); of weighted rows with their effective number (Σv)²/Σv². */
  readonly frequencyLow: number;
  readonly frequencyHigh: number;
}

/**
 * Expected calibration error Σ_b (n_b/n) |frequency − mean probability|. It is above 0 for perfect probabilities too; how far
 * is measured by drawing the labels from the stated probabilities, with everything else as it is; of weighted rows, by drawing the
 * difference in each bin, normal around 0 with the variance Σv²(label − D)² of its rows.
 */
export interface CalibrationError {
  readonly value: number;
  /** Mean over the draws: the bias at perfect calibration. */
  readonly expected: number;
  /** Standard deviation of the draws. */
  readonly deviation: number;
  /** `value` − `expected`: 0 on average for perfect probabilities, too small by up to `expected` for poor ones. */
  readonly debiased: number;
  /** Of perfect calibration: (1 + draws that reach `value`)/(draws + 1). */
  readonly pValue: number;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  readonly error: CalibrationError;
}

/**
 * Reliability curve of probabilities to be a reference row, and the expected calibration error with its bias at perfect
 * calibration removed. With the spacing `uniform` and `balance: false` the bins are those of scikit-learn's
 * `calibration_curve`.
 *
 * @throws CaloscopeError ERR_TOO_FEW_ROWS (an empty sample), ERR_NON_FINITE, ERR_ARGUMENT (probabilities outside [0, 1]);
 * `signal.reason` when aborted
 */
export async function reliability(
  reference: NumberArray,
  generated: NumberArray,
  options: ReliabilityOptions = {},
): Promise<Reliability> {
  requireKnownOptions(options, {
    ...calibrationOptions,
    bins: true,
    spacing: true,
    resamples: true,
    seed: true,
    referenceWeights: true,
    generatedWeights: true,
  });
  const { referenceWeights, generatedWeights } = options;
  const set = nativeSet({ reference, generated, referenceWeights, generatedWeights });
  const { bins = 20, spacing = 'quantile', balance = true, seed = 1 } = options;
  const { resamples = usualResamples(reference.length + generated.length) } = options;
  requireOneOf(binSpacings, spacing, 'spacing');
  requireWhole(bins, 1, 'bins');
  requireWhole(resamples, 2, 'resamples');
  requireWhole(seed, 0, 'seed');
  const plan = { bins, spacing, balance, resamples, seed };
  const found = await runJob<ReliabilityRecord>((notify) => native().reliability(set, plan, notify), options);
  const { value, expected, deviation, reached } = found;
  const pValue = (1 + reached) / (resamples + 1);
  return {
    bins: found.bins,
    error: { value, expected, deviation, debiased: value - expected, pValue },
  };
}

/** Labels drawn in all by default: some tenths of a second of one thread. */
const work = 2e7;

function usualResamples(rows: number): number {
  return Math.min(200, Math.max(20, Math.floor(work / rows)));
}
