/** native/addon/training_operations.cc as TypeScript sees it. */
import type { NativeComputer } from './devices.js';
import type { Activation, EnsembleHandle, LearnerName, MemberHandle, NativeMember } from './ensembles.js';
import type { JobHandle, NativeHandle, Notify } from './jobs.js';
import type { FeatureTableHandle } from './showers.js';

export const schedules = ['plateau', 'cosine', 'constant'] as const;
export type Schedule = (typeof schedules)[number];

export const precisions = ['float32', 'bfloat16'] as const;
/** Of the factors of a network's products; sums are float32 in both. */
export type Precision = (typeof precisions)[number];

/** Shares of the rows of each sample: to train with, to choose epoch and sum of learners with, to test with; they sum to 1. */
export interface HeldOutSplit {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** Two samples as learners read them: native/core/learners/prepared_samples.h. */
export type PreparedSamplesHandle = NativeHandle<'prepared-samples'>;

export interface NativePlan {
  readonly folds: number;
  /** In place of folds. */
  readonly split: HeldOutSplit | null;
  readonly members: number;
  readonly seed: number;
  readonly learners: readonly LearnerName[];
  /** What the columns are, in words: checkpoints are of one input. */
  readonly input: string;
  /** The group of each row, the reference rows first: one group stays in one fold. Empty: none. */
  readonly groups: Uint32Array;
  readonly validationFraction: number;
  readonly hidden: Uint32Array;
  readonly activation: Activation;
  readonly slope: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly dropout: number;
  readonly patience: number;
  readonly schedule: Schedule;
  readonly precision: Precision;
}

/** Folder of the checkpoints of a training; one that is in use, or that must not be resumed, is refused. */
export interface NativeCheckpointFolder {
  readonly folder: string;
  readonly resume: boolean;
  /** Kept by several processes, one of which has locked it: always resumed. */
  readonly ofSeveral: boolean;
}

/** What one of several processes does of things that are counted from 0: they are dealt in cycles. */
export interface NativeFitShare {
  /** Of each place in a cycle: 1 where it is this process's. */
  readonly taken: Uint8Array;
  /** Places that the first cycle is ahead. */
  readonly before: number;
}

/** A member and its number among the members of the plan: learner by learner, pair of folds by pair of folds. */
export interface NativeFit {
  readonly number: number;
  readonly member: Omit<NativeMember, 'leftOut'>;
  readonly record: NativeTrainingRecord | null;
}

export interface NativeSharedFits {
  /** Of the whole plan. */
  readonly members: number;
  readonly fits: readonly NativeFit[];
}

/** Labellings, counted from 1, and z of each. */
export interface NativePermutedZ {
  readonly permutation: Uint32Array;
  readonly z: Float64Array;
}

export interface NativeTrainingRecord {
  readonly trainingRows: number;
  readonly validationRows: number;
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
  readonly epochs: readonly {
    readonly trainingLoss: number;
    readonly validationLoss: number;
    readonly learningRate: number;
  }[];
}

/** What members that never saw a row say of it; one entry a row but for `logits`. */
export interface HeldOutRows {
  /** The rows that were held out, ascending: all of the sample but with a split. */
  readonly rows: Uint32Array;
  /** The block of the row; 0 with a split. */
  readonly fold: Uint16Array;
  /** learners × rows, one learner after the other: the mean over its members. */
  readonly logits: Float32Array;
  /** Their sum with weights that know nothing of the row's block. */
  readonly scores: Float64Array;
  /** ln(p_ref/p_gen): their sum with the weights of the ensemble. */
  readonly logRatios: Float64Array;
  readonly logRatioErrors: Float64Array;
  /**
   * blocks × rows: ln w as it would be without the rows of one block, in the members and in the weights. Rows of that block have
   * the members that never saw it, as ever. Empty with a split.
   */
  readonly logRatiosWithout: Float32Array;
  /**
   * Standard error of the mean of w in the generated sample, of 1/w in the reference: the rows, and the sum of the learners that
   * follows them; the learners are taken as they are.
   */
  readonly meanWeightError: number;
  /** directions × rows: in units of their width, what no column shows. */
  readonly narrowDirections: Float32Array;
}

/** A learner and its weight in the scores of each block. */
export interface FittedLearner {
  readonly name: LearnerName;
  readonly weights: Float64Array;
}

/** See native/core/statistics/block_test.h. */
export interface BlockTestRecord {
  readonly blocks: Float64Array;
  readonly z: number;
  readonly pValue: number;
}

export interface NativePrediction extends NativeComputer {
  readonly precision: Precision;
}

export interface CrossFitted {
  readonly ensemble: EnsembleHandle;
  /** One a member, pair of folds by pair of folds; null for those that are not trained epoch by epoch. */
  readonly records: readonly (NativeTrainingRecord | null)[];
  readonly learners: readonly FittedLearner[];
  readonly reference: HeldOutRows;
  readonly generated: HeldOutRows;
  /** Whether the scores tell the samples apart. */
  readonly test: BlockTestRecord;
}

/** What an ensemble says of the rows of another sample. */
export interface NativeScores {
  /** learners × rows. */
  readonly logits: Float32Array;
  readonly logRatios: Float64Array;
  /** NaN where nothing is known of how the members were trained. */
  readonly logRatioErrors: Float64Array;
}

export interface TrainingOperations {
  prepareSamples(
    reference: FeatureTableHandle,
    generated: FeatureTableHandle,
    /** Of the rows of both samples, those of the reference first; none: every row counts 1. */
    weights: Float64Array,
    whiten: boolean,
    computer: NativeComputer,
    notify: Notify<PreparedSamplesHandle>,
  ): JobHandle;
  /** In how many ways labels can be permuted among rows that are alike but for the label; infinity for very many. */
  labellings(referenceRows: number, generatedRows: number, plan: NativePlan): number;
  crossFit(
    samples: PreparedSamplesHandle,
    plan: NativePlan,
    checkpoint: NativeCheckpointFolder | null,
    computer: NativeComputer,
    notify: Notify<CrossFitted>,
  ): JobHandle;
  /** A share of what crossFit fits, to the same bits. */
  fitShare(
    samples: PreparedSamplesHandle,
    plan: NativePlan,
    share: NativeFitShare,
    checkpoint: NativeCheckpointFolder | null,
    computer: NativeComputer,
    notify: Notify<NativeSharedFits>,
  ): JobHandle;
  /** crossFit with all members of the plan, fitted already, in the order of their numbers. */
  crossFitOf(
    samples: PreparedSamplesHandle,
    plan: NativePlan,
    fitted: readonly { readonly member: MemberHandle; readonly record: NativeTrainingRecord | null }[],
    computer: NativeComputer,
    notify: Notify<CrossFitted>,
  ): JobHandle;
  /** z of the test for a share of so many labellings that are drawn, everything fitted anew to each. */
  permutedZ(
    samples: PreparedSamplesHandle,
    plan: NativePlan,
    permutations: number,
    share: NativeFitShare,
    checkpoint: NativeCheckpointFolder | null,
    computer: NativeComputer,
    notify: Notify<NativePermutedZ>,
  ): JobHandle;
  scoreRows(
    ensemble: EnsembleHandle,
    features: FeatureTableHandle,
    options: NativePrediction,
    notify: Notify<NativeScores>,
  ): JobHandle;
}
