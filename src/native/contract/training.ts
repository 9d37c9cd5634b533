/** native/addon/training_operations.cc as TypeScript sees it. */
import type { NativeComputer } from './devices.js';
import type { JobHandle, NativeHandle, Notify } from './jobs.js';
import type { FeatureTableHandle } from './showers.js';

export type EnsembleHandle = NativeHandle<'ensemble'>;
export type MemberHandle = NativeHandle<'member'>;

export const activations = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh'] as const;
export type Activation = (typeof activations)[number];

export const schedules = ['plateau', 'cosine', 'constant'] as const;
export type Schedule = (typeof schedules)[number];

export const precisions = ['float32', 'bfloat16'] as const;
/** Of the factors of a network's products; sums are float32 in both. */
export type Precision = (typeof precisions)[number];

export interface NativePlan {
  readonly folds: number;
  readonly members: number;
  readonly seed: number;
  readonly validationFraction: number;
  readonly hidden: Uint32Array;
  readonly activation: Activation;
  readonly slope: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  readonly patience: number;
  readonly schedule: Schedule;
  readonly precision: Precision;
}

/** Folder of the checkpoints of a training; one that is in use, or that must not be resumed, is refused. */
export interface NativeCheckpointFolder {
  readonly folder: string;
  readonly resume: boolean;
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

/** Logits are members × rows and `fold` one a row; without folds the logits are empty. */
export interface HeldOutLogits {
  readonly fold: Uint16Array;
  readonly logits: Float32Array;
}

export interface NativePrediction extends NativeComputer {
  readonly precision: Precision;
}

export interface CrossFitted {
  /** Fold by fold, in a fold member by member. */
  readonly ensemble: EnsembleHandle;
  /** In the same order, of members that are trained epoch by epoch. */
  readonly records: readonly NativeTrainingRecord[];
  readonly reference: HeldOutLogits;
  readonly generated: HeldOutLogits;
}

/** A tensor as files hold it: a matrix is outputs × inputs, row by row. */
export interface NativeTensor {
  readonly name: string;
  readonly shape: Uint32Array;
  readonly values: Float32Array;
}

/** A member of an ensemble: the core knows which tensors it has and what they are called. */
export interface NativeMember {
  /** Behind all layers but the last; null where there is one layer only. */
  readonly activation: Activation | null;
  readonly slope: number | null;
  readonly tensors: readonly NativeTensor[];
}

export interface NativeEnsembleSize {
  readonly members: number;
  /** Columns that each member reads. */
  readonly inputs: number;
  /** Numbers in a member that are trained. */
  readonly parameters: number;
}

export interface TrainingOperations {
  crossFit(
    reference: FeatureTableHandle,
    generated: FeatureTableHandle,
    plan: NativePlan,
    checkpoint: NativeCheckpointFolder | null,
    computer: NativeComputer,
    notify: Notify<CrossFitted>,
  ): JobHandle;
  /** members × rows. */
  predictLogits(
    ensemble: EnsembleHandle,
    features: FeatureTableHandle,
    options: NativePrediction,
    notify: Notify<Float32Array>,
  ): JobHandle;
  createMember(
    member: NativeMember & { readonly activation: Activation; readonly slope: number },
  ): MemberHandle;
  createEnsemble(members: readonly MemberHandle[]): EnsembleHandle;
  ensembleSize(ensemble: EnsembleHandle): NativeEnsembleSize;
  ensembleMember(ensemble: EnsembleHandle, number: number): NativeMember;
}
