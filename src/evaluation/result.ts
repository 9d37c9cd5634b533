import type { UhiDocument } from '../formats/uhi/uhi.js';
import type { SampleRecord } from '../samples/sample.js';
import type { AreaUnderCurve, RocCurve } from '../statistics/rank-statistics.js';
import type { EnsembleRule, WeightHealth } from '../weights/density-ratio.js';

export type { SampleRecord } from '../samples/sample.js';
export type { AreaUnderCurve, RocCurve } from '../statistics/rank-statistics.js';
export type { EnsembleRule, ExtremeShower, WeightHealth } from '../weights/density-ratio.js';

/**
 * The result of an evaluation: plain JSON, versioned, the same for the same inputs and seed except for
 * {@link EvaluationResult.run}. It is what `result.json` holds, and all that a report is drawn from.
 */
export interface EvaluationResult {
  readonly format: 'caloscope-evaluation';
  readonly formatVersion: 1;
  readonly verdict: Verdict;
  readonly auc: AreaUnderCurve;
  readonly roc: RocCurve;
  /** What is odd, in the order found; also shown in the report. */
  readonly warnings: readonly Warning[];
  readonly samples: { readonly reference: SampleRecord; readonly generated: SampleRecord };
  readonly weights: WeightSummary;
  readonly calibration: WeightCalibration;
  readonly observables: readonly ObservableComparison[];
  readonly training: TrainingSummary;
  readonly settings: EvaluationSettings;
  /** All histograms, UHI serialisation; the same object as `histograms.json`. */
  readonly histograms: UhiDocument;
  readonly versions: Readonly<Record<string, string>>;
  /** What differs from run to run: date, machine, seconds. */
  readonly run: RunRecord;
}

export interface Verdict {
  /**
   * `indistinguishable`: AUC within 3 null standard deviations of 0.5 (or below 0.5);
   * `distinguishable`: above that, AUC < 0.75; `clearly-different`: AUC ≥ 0.75.
   */
  readonly level: 'indistinguishable' | 'distinguishable' | 'clearly-different';
  /** One or two plain sentences for a physicist. */
  readonly sentence: string;
}

export interface Warning {
  /** Stable name, e.g. `units`, `incident-energy-leak`, `shared-rows`, `small-sample`, `members-disagree`. */
  readonly code: string;
  readonly message: string;
}

export interface WeightSummary {
  readonly rule: EnsembleRule;
  readonly reference: WeightHealth;
  readonly generated: WeightHealth;
}

/**
 * Weight calibration: in bins of w, the measured ratio (n_ref/N_ref)/(n_gen/N_gen) against the weight itself.
 * A point on the diagonal means that the weight is the ratio. Arrays have one entry a bin; null where a count is 0.
 */
export interface WeightCalibration {
  /** Bin edges in w, logarithmic, 1e-2 to 1e2 in 30 bins; one more entry than bins. */
  readonly edges: readonly number[];
  readonly reference: readonly number[];
  readonly generated: readonly number[];
  /** Mean weight of the generated showers of the bin. */
  readonly meanWeight: readonly (number | null)[];
  readonly ratio: readonly (number | null)[];
  /** Poisson error of `ratio`. */
  readonly ratioError: readonly (number | null)[];
}

/** One observable: three histograms in {@link EvaluationResult.histograms} on the same axis. */
export interface ObservableComparison {
  /** Stable name, e.g. `energy_ratio`, `layer_energy_3`. */
  readonly name: string;
  /** For axis labels, with TeX-free Unicode, e.g. `E_dep / E_inc`. */
  readonly label: string;
  /** `MeV`, `mm`, `voxel`, or empty. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Names of the histograms in `histograms`. `reweighted` is the generated sample with its weights. */
  readonly histograms: {
    readonly reference: string;
    readonly generated: string;
    readonly reweighted: string;
  };
  /** Separation power ½Σ(p−q)²/(p+q) of generated and of reweighted against reference; 0 = equal, 1 = disjoint. */
  readonly separation: { readonly generated: number; readonly reweighted: number };
  /** χ² and number of bins compared, normalised shapes, errors of both samples. */
  readonly chiSquare: {
    readonly generated: { readonly value: number; readonly bins: number };
    readonly reweighted: { readonly value: number; readonly bins: number };
  };
}

export interface TrainingSummary {
  readonly parameters: number;
  readonly networks: readonly NetworkTraining[];
  /** Median over the generated showers of the standard deviation of ln w between members; null with one member. */
  readonly memberSpread: number | null;
}

export interface NetworkTraining {
  readonly fold: number;
  readonly member: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Mean binary cross-entropy, classes balanced, in nats; ln 2 = 0.693 is a coin toss. */
  readonly epochs: readonly {
    readonly trainingLoss: number;
    readonly validationLoss: number;
    readonly learningRate: number;
  }[];
  /** Epoch whose parameters were kept, from 0. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}

export interface EvaluationSettings {
  readonly geometry: string | null;
  readonly features: string;
  /** Columns of the network input. */
  readonly featureCount: number;
  readonly threshold: number | null;
  readonly folds: number;
  readonly members: number;
  readonly seed: number;
  readonly ensembleRule: EnsembleRule;
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
  /** Seconds by stage, in order. */
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[];
}
