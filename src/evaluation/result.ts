import type { PresetName } from '../classifier/presets.js';
import type { UhiDocument } from '../formats/uhi/uhi.js';
import type { CalibrationMethod } from '../native/contract/calibration.js';
import type { LearnerName } from '../native/contract/ensembles.js';
import type { HeldOutSplit } from '../native/contract/training.js';
import type { RepeatedPolicy } from '../samples/repeated-rows.js';
import type { ComparedLayers, SampleRecord } from '../samples/sample.js';
import type { RowSelection } from '../samples/selected-rows.js';
import type { Warning } from '../warnings.js';
import type { SeparationSummary } from './analyses/auc.js';
import type { CalibrationSummary } from './analyses/calibration.js';
import type { WindowClusters } from './analyses/clusters.js';
import type { ConditionDependence } from './analyses/conditions.js';
import type { ShowerExamples } from './analyses/examples.js';
import type { FailureSummary } from './analyses/failures.js';
import type { LargestDistanceTest } from './analyses/largest-distance.js';
import type { ObservableComparison } from './analyses/observables.js';
import type { ProfileComparison } from './analyses/profiles.js';
import type { PullSummary } from './analyses/pulls.js';
import type { RocCurve } from './analyses/roc.js';
import type { SupportSummary } from './analyses/support.js';
import type { TrainingSummary } from './analyses/training.js';
import type { VoxelComparison } from './analyses/voxels.js';
import type { WeightSummary } from './analyses/weights.js';
import type { WeightWindow } from './analyses/windows.js';
import type { AnalysisCost } from './analysis-cost.js';

export type { PermutationTest } from '../classifier/permutation-test.js';
export type { PresetName } from '../classifier/presets.js';
export type { VoxelBlock, VoxelRate, VoxelRates } from '../failures/voxel-blocks.js';
export type { LearnerName } from '../native/contract/ensembles.js';
export type { HeldOutSplit } from '../native/contract/training.js';
export type { CellAxis, CellMeans, PicturedLayer } from '../samples/pictures.js';
export type { RowWeightSummary } from '../samples/row-weights.js';
export type { ComparedLayers, Profile, SampleOrigin, SampleRecord } from '../samples/sample.js';
export type { RowSelection } from '../samples/selected-rows.js';
export type { Warning, WarningCode } from '../warnings.js';
export type { SeparationSummary } from './analyses/auc.js';
export type {
  CalibratedCheck,
  CalibrationCheck,
  CalibrationError,
  CalibrationMethod,
  CalibrationParameters,
  CalibrationSummary,
  LogLossGain,
  ReliabilityBin,
  WeightCalibration,
} from './analyses/calibration.js';
export type { ClusterTrait, WeightCluster, WindowClusters } from './analyses/clusters.js';
export type { BinObservable, ConditionBin, ConditionDependence } from './analyses/conditions.js';
export type { DrawnShower, ExampleOrigin, ShowerExamples } from './analyses/examples.js';
export type {
  ExplainedShare,
  FailureBox,
  FailureRegion,
  FailureSentence,
  FailureSummary,
  ObservableFailure,
  RegionBound,
  RegionFactor,
} from './analyses/failures.js';
export type { LargestDistanceTest } from './analyses/largest-distance.js';
export type {
  BeforeAndAfter,
  ObservableComparison,
  ShapeComparison,
  UndefinedShares,
} from './analyses/observables.js';
export type { LargestPull, MeanComparison, ProfileComparison, ProfileCurve } from './analyses/profiles.js';
export type { NormalFit, PullDistribution, PullSummary } from './analyses/pulls.js';
export type { RocCurve } from './analyses/roc.js';
export type { OutsideRow, OutsideRows, SupportSummary } from './analyses/support.js';
export type { NetworkTraining, TrainingSummary } from './analyses/training.js';
export type { CellComparison, LayerComparison, VoxelComparison } from './analyses/voxels.js';
export type { ExtremeShower, LearnedWeightHealth, WeightHealth, WeightSummary } from './analyses/weights.js';
export type { WeightWindow, WindowObservable, WindowRows } from './analyses/windows.js';
export type { AnalysisCost } from './analysis-cost.js';
export type { CellPull } from './largest-pull.js';
export type { NullPair } from './null-pair.js';
export type { RepeatedTrainings } from './repeated-trainings.js';

/** What the analyses found, one part each: src/evaluation/analyses.ts makes them, src/report/sections.ts draws them. */
export interface ResultParts {
  readonly auc: SeparationSummary;
  readonly roc: RocCurve;
  readonly weights: WeightSummary;
  /** null: rows have weights of their own, some of them below 0. */
  readonly calibration: CalibrationSummary | null;
  /** null: rows have weights of their own, as for failures. */
  readonly support: SupportSummary | null;
  /** null: rows have no layers. */
  readonly comparedLayers: ComparedLayers | null;
  readonly observables: readonly ObservableComparison[];
  readonly profiles: readonly ProfileComparison[];
  /** null: rows have no voxels. */
  readonly voxels: VoxelComparison | null;
  readonly largestDistance: LargestDistanceTest;
  readonly failures: FailureSummary | null;
  /** None, and no clusters, where rows have weights of their own. */
  readonly windows: readonly WeightWindow[];
  readonly clusters: readonly WindowClusters[];
  readonly examples: readonly ShowerExamples[];
  readonly conditions: readonly ConditionDependence[];
  /** null: the file of the generated sample does not say how well its generator knows its own density. */
  readonly pulls: PullSummary | null;
  readonly training: TrainingSummary;
}

/**
 * The result of an evaluation: plain JSON, versioned, the same for the same inputs and seed except for
 * {@link EvaluationResult.run}. It is what `result.json` holds, and all that a report is drawn from.
 */
export interface EvaluationResult extends ResultParts {
  readonly format: 'caloscope-evaluation';
  readonly formatVersion: 2;
  readonly verdict: Verdict;
  /** What is odd, in the order found; also shown in the report. */
  readonly warnings: readonly Warning[];
  readonly samples: { readonly reference: SampleRecord; readonly generated: SampleRecord };
  readonly settings: EvaluationSettings;
  /** All histograms, UHI serialisation; the same object as `histograms.json`. */
  readonly histograms: UhiDocument;
  readonly versions: Readonly<Record<string, string>>;
  /** What differs from run to run: date, machine, seconds. */
  readonly run: RunRecord;
}

export interface Verdict {
  /**
   * `indistinguishable`: `pValue` from 0.00135 on (three standard deviations, one-sided), and no observable below 10⁻⁶ after
   * correction for their number; otherwise `distinguishable`, or `clearly-different` where the classifiers or an observable
   * that differs significantly reach AUC 0.75.
   */
  readonly level: 'indistinguishable' | 'distinguishable' | 'clearly-different';
  /** A few plain sentences for a physicist; what the weights do not describe comes first. */
  readonly sentence: string;
  /** Of classifiers and observables together: min(1, 2 min(`classifierPValue`, `observablesPValue`)). */
  readonly pValue: number;
  readonly classifierPValue: number;
  /** Of the largest distance of all columns, under permuted labels. */
  readonly observablesPValue: number;
}

export interface EvaluationSettings {
  readonly geometry: string | null;
  /** How the geometry is known: `guessed from 6480 voxels`; null for a matrix. */
  readonly geometryReason: string | null;
  readonly features: string;
  /** Columns that the classifiers see. */
  readonly featureCount: number;
  /** MeV; voxels below count as zero. null: none do. */
  readonly threshold: number | null;
  /** Conditions beside the incident energy that the classifiers read. */
  readonly conditions: readonly string[];
  /** Why that threshold, or why none; null for a matrix. */
  readonly thresholdReason: string | null;
  /** Whose settings it was trained with, but for what was set beside it. */
  readonly preset: PresetName | null;
  /** null with a split. */
  readonly folds: number | null;
  /** Shares of the rows to train with, to validate with and to compare; null with folds. */
  readonly split: HeldOutSplit | null;
  readonly members: number;
  readonly learners: readonly LearnerName[];
  readonly whitening: boolean;
  readonly seed: number;
  /** Of ln w; ranks are those of the raw scores. null: none. */
  readonly calibration: CalibrationMethod | null;
  /** Which rows were compared, by what they were made for; none named: all. */
  readonly select: readonly RowSelection[];
  /** What was done about rows that occur twice. */
  readonly repeated: RepeatedPolicy;
  readonly network: Readonly<Record<string, unknown>>;
  readonly training: Readonly<Record<string, unknown>>;
}

export interface RunRecord {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Of the trainings: `cpu`, or the CUDA devices. */
  readonly device: string;
  /** Why that one. */
  readonly deviceReason: string;
  readonly instructionSet: string;
  readonly threads: number;
  /** Processes that shared the trainings, each on so many threads. */
  readonly ranks: number;
  /** Seconds by stage, in order. */
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[];
  /** Of the stage `analyses`, one after the other. */
  readonly analyses: readonly AnalysisCost[];
}
