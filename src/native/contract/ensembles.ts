/** native/addon/ensemble_operations.cc as TypeScript sees it. */
import type { NativeHandle } from './jobs.js';

export const learnerNames = ['network', 'logistic', 'quadratic', 'sparse', 'trees'] as const;
/**
 * What can be a member of an ensemble: networks; ridge logistic regressions, linear or with squares and products; logistic
 * regressions on the few columns that say most; gradient-boosted trees. All but networks read the stored columns only, not the voxels.
 */
export type LearnerName = (typeof learnerNames)[number];

export const activations = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh'] as const;
/** Of the hidden layers of a network. */
export type Activation = (typeof activations)[number];

export type EnsembleHandle = NativeHandle<'ensemble'>;
export type MemberHandle = NativeHandle<'member'>;

/** A tensor as files hold it: a matrix of a network is outputs × inputs, row by row. */
export interface NativeTensor {
  readonly name: string;
  readonly shape: Uint32Array;
  /** float32 in networks; what regressions and trees have is of other types, too. */
  readonly values: Float32Array | Float64Array | Uint32Array;
}

/** The two blocks of rows that a member never saw; null where nothing is known of its training. */
export type LeftOut = Uint32Array | null;

/** A member of an ensemble: the core knows which tensors it has and what they are called. */
export interface NativeMember {
  readonly learner: LearnerName;
  readonly leftOut: LeftOut;
  /** That it reads. */
  readonly columns: number;
  /** Of networks, behind all layers but the last; null where there is one layer only. */
  readonly activation: Activation | null;
  readonly slope: number | null;
  readonly tensors: readonly NativeTensor[];
}

/** Principal axes of the stored columns; see native/core/learners/whitening.h. */
export interface NativeWhitening {
  readonly centre: Float64Array;
  /** columns × directions. */
  readonly matrix: Float64Array;
  readonly relativeWidth: Float64Array;
  readonly clip: number;
}

/** How members become ln(p_ref/p_gen). */
export interface NativeEnsembleSum {
  /** Blocks of rows of the training; 1 of a split, whose members left out no fold; 0 where nothing is known of it. */
  readonly blocks: number;
  readonly whitening: NativeWhitening | null;
  /** One a learner. */
  readonly weights: Float64Array;
  readonly constant: number;
  /** Of the weights and the constant. */
  readonly covariance: Float64Array;
}

export interface NativeEnsembleSize {
  readonly members: number;
  readonly learners: readonly LearnerName[];
  /** Columns of the samples that are scored. */
  readonly inputs: number;
  /** Numbers that are fitted, one a learner: of its largest member. */
  readonly parameters: readonly number[];
}

export interface EnsembleOperations {
  createMember(
    member: Pick<NativeMember, 'learner' | 'columns' | 'tensors'> & {
      readonly activation: Activation;
      readonly slope: number;
    },
  ): MemberHandle;
  createEnsemble(
    ensemble: NativeEnsembleSum & {
      readonly members: readonly {
        readonly member: MemberHandle;
        readonly learner: LearnerName;
        readonly leftOut: LeftOut;
      }[];
    },
  ): EnsembleHandle;
  ensembleSize(ensemble: EnsembleHandle): NativeEnsembleSize;
  ensembleMember(ensemble: EnsembleHandle, number: number): NativeMember;
  ensembleSum(ensemble: EnsembleHandle): NativeEnsembleSum;
}
