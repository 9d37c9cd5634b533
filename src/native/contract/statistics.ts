/** native/addon/statistics_operations.cc as TypeScript sees it. */
import type { NativeComputer } from './devices.js';
import type { JobHandle, NativeHandle, Notify, NumberArray } from './jobs.js';

/** The scores of both samples, sorted. */
export type RankedScoresHandle = NativeHandle<'ranked-scores'>;

export interface AreaUnderCurveRecord {
  readonly value: number;
  readonly standardError: number;
  readonly nullStandardDeviation: number;
  readonly pValue: number;
}

export interface RocCurveRecord {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
}

export interface KolmogorovSmirnovRecord {
  readonly statistic: number;
  readonly pValue: number;
}

export interface LargestDistanceRecord {
  readonly distances: Float64Array;
  readonly standardized: Float64Array;
  readonly reached: number;
}

export const ensembleRules = ['mean-logit', 'mean-probability', 'mean-weight'] as const;
/**
 * How the logits l of an ensemble's members become one ln w: the mean of l; ln(Σσ(l)/Σσ(−l)), the log-odds of the mean
 * probability; ln of the mean of exp l. The rule matters in the tails.
 */
export type EnsembleRule = (typeof ensembleRules)[number];

export const sampleRoles = ['reference', 'generated'] as const;
export type SampleRole = (typeof sampleRoles)[number];

export interface DensityRatioOptionsRecord {
  readonly rule: EnsembleRule;
  readonly priorShift: number;
  readonly role: SampleRole;
  readonly clip: { readonly lower: number; readonly upper: number } | null;
  /** Empty: every row counts 1. */
  readonly rowWeights: Float64Array;
}

export interface WeightHealthRecord {
  readonly rows: number;
  readonly nonFinite: number;
  readonly mean: number;
  readonly meanError: number;
  readonly effectiveSampleSize: number;
  readonly tailIndex: number | null;
  readonly shareBelowOne: number;
  readonly shareAboveOne: number;
  readonly quantiles: readonly { readonly probability: number; readonly logWeight: number }[];
  readonly smallest: readonly { readonly row: number; readonly logWeight: number }[];
  readonly largest: readonly { readonly row: number; readonly logWeight: number }[];
  readonly clipped: {
    readonly lower: number;
    readonly upper: number;
    readonly below: number;
    readonly above: number;
  } | null;
}

export interface DensityRatioRecord {
  readonly logWeights: Float64Array;
  readonly values: Float64Array;
  readonly health: WeightHealthRecord;
  /** NaN with one member. */
  readonly memberSpread: number;
}

export interface StatisticsOperations {
  rankScores(
    referenceScores: NumberArray,
    generatedScores: NumberArray,
    referenceWeights: NumberArray | null,
    generatedWeights: NumberArray | null,
    computer: NativeComputer,
    notify: Notify<RankedScoresHandle>,
  ): JobHandle;
  areaUnderCurve(scores: RankedScoresHandle, notify: Notify<AreaUnderCurveRecord>): JobHandle;
  /** `maxPoints` = 0: all. */
  rocCurve(scores: RankedScoresHandle, maxPoints: number, notify: Notify<RocCurveRecord>): JobHandle;
  kolmogorovSmirnov(scores: RankedScoresHandle, notify: Notify<KolmogorovSmirnovRecord>): JobHandle;
  /** Columns of both samples, one array each; weights of all rows, those of the first sample first, or none. */
  largestDistance(
    first: readonly NumberArray[],
    second: readonly NumberArray[],
    weights: Float64Array,
    permutations: number,
    seed: number,
    threads: number,
    notify: Notify<LargestDistanceRecord>,
  ): JobHandle;
  /** `logits`: [members × rows], one member after the other. */
  densityRatioWeights(
    logits: NumberArray,
    members: number,
    options: DensityRatioOptionsRecord,
    computer: NativeComputer,
    notify: Notify<DensityRatioRecord>,
  ): JobHandle;
}
