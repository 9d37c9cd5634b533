/**
 * The whole surface of the native core as TypeScript sees it. What crosses: numbers, strings, plain records, typed
 * arrays, handles. Inputs of jobs are copied synchronously before the call returns; outputs are fresh arrays.
 */

/** Must equal `abi_version` in native/addon/module.cc. */
export const abiVersion = 2;

declare const kind: unique symbol;

/** A native object; only the core looks inside. Freed by `dispose` or when collected. */
export interface NativeHandle<Kind extends string> {
  readonly [kind]: Kind;
}

export type JobHandle = NativeHandle<'job'>;

/** How a job speaks: any number of 'progress', then exactly one 'done' or 'failed'. */
export interface Notify<Result> {
  (event: 'progress', done: number, total: number, message: string): void;
  (event: 'done', result: Result): void;
  (event: 'failed', error: Error): void;
}

export interface MachineRecord {
  /** Threads that the machine can run at once. */
  readonly logicalCores: number;
  /** Name of the kernel set in use: baseline, avx2, avx512, avx512bf16 or neon. */
  readonly kernelSet: string;
  /** Why that one, e.g. `has AVX2 and FMA, not AVX-512`; the processor is the subject. */
  readonly kernelSetReason: string;
}

// --- native/addon/histogram_operations.cc

/** Numbers that the core takes as they are: float32 is not widened in JavaScript. */
export type NumberArray = Float32Array | Float64Array;

export interface HistogramAxisRecord {
  readonly type: 'regular' | 'log' | 'variable';
  readonly upperEdge: 'overflow' | 'last-bin';
  /** Regular and log axes. */
  readonly bins?: number;
  readonly lower?: number;
  readonly upper?: number;
  /** Variable axes. */
  readonly edges?: Float64Array;
}

export interface HistogramCountersRecord {
  /** Rows in cells, and rows with NaN in a coordinate. */
  readonly entries: number;
  readonly nanEntries: number;
  /** Σw and Σw² of the rows with NaN, one a weight column. */
  readonly nanValues: Float64Array;
  readonly nanVariances: Float64Array;
}

export interface HistogramSumsRecord extends HistogramCountersRecord {
  /** Σw and Σw², one a cell (flow cells included, last axis fastest), weight columns one after the other. */
  readonly values: Float64Array;
  readonly variances: Float64Array;
}

export type HistogramHandle = NativeHandle<'histogram'>;
/** Where the rows of a running fill go in. */
export type RowSourceHandle = NativeHandle<'row-source'>;

export interface HistogramOperations {
  createHistogram(axes: readonly HistogramAxisRecord[], weightColumns: number): HistogramHandle;
  /**
   * The job ends when `rows` rows have been pushed and added; it reports progress whenever there is room for more. `weighted`
   * has 0 for a weight column where every weight is 1. At most `pieces` wait.
   */
  fillHistogram(
    histogram: HistogramHandle,
    weighted: Uint8Array,
    rows: number,
    pieces: number,
    threads: number,
    notify: Notify<undefined>,
  ): { readonly job: JobHandle; readonly rows: RowSourceHandle };
  /**
   * Copies a piece: one column an axis, then one column (or null: not weighted) a weight column, of `count` rows each. False,
   * and nothing is copied, while there is no room.
   */
  pushRows(rows: RowSourceHandle, columns: readonly (NumberArray | null)[], count: number): boolean;
  mergeHistogram(histogram: HistogramHandle, other: HistogramHandle): void;
  addToHistogram(histogram: HistogramHandle, sums: HistogramSumsRecord): void;
  /** One a cell, flow cells included, last axis fastest. */
  histogramValues(histogram: HistogramHandle, weightColumn: number): Float64Array;
  histogramVariances(histogram: HistogramHandle, weightColumn: number): Float64Array;
  histogramCounters(histogram: HistogramHandle): HistogramCountersRecord;
  histogramEdges(histogram: HistogramHandle, axis: number): Float64Array;
}

// --- native/addon/reading_operations.cc

export type HitExchangeHandle = NativeHandle<'hit-exchange'>;

/** Neighbouring columns of dense showers: rows × rowLength numbers, row by row. All of one block have one number type. */
export interface ShowerColumns {
  readonly numbers: Float32Array | Float64Array;
  readonly rowLength: number;
}

/** Neighbouring showers of a file; their voxels are the columns side by side. Energies in MeV. */
export interface DenseBlock {
  readonly firstRow: number;
  readonly incidentEnergies: Float64Array;
  readonly columns: readonly ShowerColumns[];
}

/** Something odd: how often, and in which row of the file and voxel first. */
export interface OddityRecord {
  readonly count: number;
  readonly firstRow: number;
  readonly firstVoxel: number;
}

/** Infinite, smallest above largest, where nothing was seen. */
export interface RangeRecord {
  readonly smallest: number;
  readonly largest: number;
}

/** What was seen in the numbers of a block. */
export interface ContentNotesRecord {
  readonly rows: number;
  /** Voxels a shower. */
  readonly width: number;
  /** Memory that the hits take. */
  readonly bytes: number;
  readonly nonFiniteVoxels: OddityRecord;
  readonly negativeVoxels: OddityRecord;
  readonly nonFiniteEnergies: OddityRecord;
  readonly badEnergies: OddityRecord;
  readonly emptyShowers: OddityRecord;
  readonly incidentEnergy: RangeRecord;
  /** Of all voxels after the policy, without those that are not finite. */
  readonly voxelEnergy: RangeRecord;
  /** Deposited over incident energy of the showers with both. */
  readonly ratios: Float64Array;
  /** Voxels above 0 by layer. */
  readonly layerHits: Float64Array;
}

/**
 * Threads that read a file leave blocks in an exchange, which they know by its number; the thread that owns it takes them.
 * What was never taken goes with the exchange.
 */
export interface ReadingOperations {
  createHitExchange(): HitExchangeHandle;
  hitExchangeNumber(exchange: HitExchangeHandle): number;
  /**
   * Finds the hits of a block, looks at its numbers, sets voxels to 0 as the policy says, and leaves the block under its
   * first row; null for an exchange: it is only looked at.
   *
   * @param layerStarts first voxel of each layer, ascending from 0, to count hits by; may be empty.
   */
  leaveHits(
    exchange: number | null,
    block: DenseBlock,
    policy: { readonly zeroNonFinite: boolean; readonly zeroNegative: boolean },
    layerStarts: Uint32Array,
  ): ContentNotesRecord;
  /** Appends the block that was left under its first row to a table, without copying it. */
  takeHits(exchange: HitExchangeHandle, firstRow: number, table: ShowerTableHandle): void;
}

// --- native/addon/shower_operations.cc

export type ShowerTableHandle = NativeHandle<'shower-table'>;
export type FeatureTableHandle = NativeHandle<'feature-table'>;

/** What the core needs of a geometry; lengths in mm or voxels, `radius`, `eta`, `phi` one a voxel. */
export interface NativeGeometry {
  readonly family: 'calogan' | 'calochallenge';
  /** One more entry than layers. */
  readonly firstVoxel: Uint32Array;
  readonly layerId: Uint32Array;
  readonly angular: Uint8Array;
  readonly eta: Float64Array;
  readonly phi: Float64Array;
  readonly radius: Float64Array;
}

export type FeatureSetName = 'low' | 'low-normalised' | 'high';

export interface ShowerTableRecord {
  readonly voxels: number;
  readonly rows: number;
  /** Voxels other than zero, of all showers. */
  readonly hits: number;
  readonly bytes: number;
}

/** How many rows repeat another, with the first such pair. */
export interface RepeatedRows {
  readonly count: number;
  readonly firstRow: number;
  readonly secondRow: number;
}

export interface RepeatedShowers {
  readonly withinFirst: RepeatedRows;
  readonly withinSecond: RepeatedRows;
  readonly shared: RepeatedRows;
}

export interface ShowerOperations {
  createShowerTable(voxels: number, expectedRows: number): ShowerTableHandle;
  /** MeV; `voxels` is rows × voxels. */
  appendShowers(
    table: ShowerTableHandle,
    incidentEnergies: Float64Array,
    voxels: Float32Array | Float64Array,
  ): void;
  showerTable(table: ShowerTableHandle): ShowerTableRecord;
  incidentEnergies(table: ShowerTableHandle): Float64Array;
  /** count × voxels, zeros included. */
  readShowers(table: ShowerTableHandle, first: number, count: number): Float64Array;
  featureNames(geometry: NativeGeometry, set: FeatureSetName): string[];
  /** count × columns in double precision. */
  featureRows(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    set: FeatureSetName,
    threshold: number | null,
    first: number,
    count: number,
  ): Float64Array;
  makeFeatures(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    set: FeatureSetName,
    threshold: number | null,
    notify: Notify<FeatureTableHandle>,
  ): JobHandle;
  /** rows × columns, copied. */
  makeMatrix(values: Float32Array, columns: number): FeatureTableHandle;
  observableNames(geometry: NativeGeometry): string[];
  /** chosen × rows, one observable after the other. */
  observables(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    threshold: number | null,
    chosen: Uint32Array,
    notify: Notify<Float64Array>,
  ): JobHandle;
  repeatedShowers(
    first: ShowerTableHandle,
    second: ShowerTableHandle,
    notify: Notify<RepeatedShowers>,
  ): JobHandle;
}

// --- native/addon/simulation_operations.cc

export interface ToyShowerOptions {
  readonly geometry: 'calogan' | 'ds2';
  readonly seed: number;
  /** Name of a distortion, 'none' included. */
  readonly distortion: string;
  readonly strength: number;
  /** False: undistorted showers, with the density ratio to the distorted ones where that is known. */
  readonly distorted: boolean;
  /** Number of the first shower of the block. */
  readonly first: number;
  readonly count: number;
  readonly threads: number;
}

export interface ToyShowerBlock {
  /** MeV, `count` entries. */
  readonly incidentEnergies: Float64Array;
  /** MeV, `count` rows of all voxels. */
  readonly voxels: Float32Array;
  /** MeV beside the three sections of the calorimeter (calogan: its layers), `count` rows of 3. */
  readonly overflow: Float32Array;
  /** ln p_reference / p_generated, `count` entries; there for distortions with a known ratio. */
  readonly logDensityRatio?: Float64Array;
}

export interface SimulationOperations {
  makeToyShowers(options: ToyShowerOptions, notify: Notify<ToyShowerBlock>): JobHandle;
  /** Area under the ROC curve of the exact density ratio of the distortion 'depth-shift'. */
  toyDepthShiftAuc(strength: number): number;
}

// --- native/addon/statistics_operations.cc

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

export interface DensityRatioOptionsRecord {
  readonly rule: 'mean-logit' | 'mean-probability' | 'mean-weight';
  readonly priorShift: number;
  readonly role: 'reference' | 'generated';
  readonly clip: { readonly lower: number; readonly upper: number } | null;
}

export interface WeightHealthRecord {
  readonly rows: number;
  readonly nonFinite: number;
  readonly mean: number;
  readonly meanError: number;
  readonly effectiveSampleSize: number;
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
  areaUnderCurve(
    referenceScores: NumberArray,
    generatedScores: NumberArray,
    referenceWeights: NumberArray | null,
    generatedWeights: NumberArray | null,
    notify: Notify<AreaUnderCurveRecord>,
  ): JobHandle;
  /** `maxPoints` = 0: all. */
  rocCurve(
    referenceScores: NumberArray,
    generatedScores: NumberArray,
    referenceWeights: NumberArray | null,
    generatedWeights: NumberArray | null,
    maxPoints: number,
    notify: Notify<RocCurveRecord>,
  ): JobHandle;
  kolmogorovSmirnov(
    first: NumberArray,
    second: NumberArray,
    notify: Notify<KolmogorovSmirnovRecord>,
  ): JobHandle;
  /** `logits`: [members × rows], one member after the other. */
  densityRatioWeights(
    logits: NumberArray,
    members: number,
    options: DensityRatioOptionsRecord,
    notify: Notify<DensityRatioRecord>,
  ): JobHandle;
}

// --- native/addon/training_operations.cc

export type EnsembleHandle = NativeHandle<'ensemble'>;

export type Activation = 'relu' | 'leaky-relu' | 'elu' | 'gelu' | 'silu' | 'tanh';

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
  readonly schedule: 'constant' | 'cosine' | 'plateau';
  readonly precision: Precision;
}

/** Folder of the checkpoints of a training; one that is in use, or that must not be gone on from, is refused. */
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

/** Of the factors of a network's products; sums are float32 in both. */
export type Precision = 'float32' | 'bfloat16';

export interface NativePrediction {
  readonly threads: number;
  readonly precision: Precision;
}

export interface CrossFitted {
  /** Networks fold by fold, in a fold member by member; `records` in the same order. */
  readonly ensemble: EnsembleHandle;
  readonly records: readonly NativeTrainingRecord[];
  readonly reference: HeldOutLogits;
  readonly generated: HeldOutLogits;
}

export interface NativeLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs × outputs, row by row. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface NativeNetwork {
  readonly activation: Activation;
  readonly slope: number;
  /** Standardisation of the inputs: x′ = (x − centre)·scale, held to ±clip; one entry a column. */
  readonly centre: Float32Array;
  readonly scale: Float32Array;
  readonly clip: Float32Array;
  readonly layers: readonly NativeLayer[];
}

export interface TrainingOperations {
  crossFit(
    reference: FeatureTableHandle,
    generated: FeatureTableHandle,
    plan: NativePlan,
    checkpoint: NativeCheckpointFolder | null,
    threads: number,
    notify: Notify<CrossFitted>,
  ): JobHandle;
  /** networks × rows. */
  predictLogits(
    ensemble: EnsembleHandle,
    features: FeatureTableHandle,
    options: NativePrediction,
    notify: Notify<Float32Array>,
  ): JobHandle;
  createEnsemble(networks: readonly NativeNetwork[]): EnsembleHandle;
  ensembleNetworks(ensemble: EnsembleHandle): NativeNetwork[];
}

export interface NativeBinding
  extends HistogramOperations,
    ReadingOperations,
    ShowerOperations,
    SimulationOperations,
    StatisticsOperations,
    TrainingOperations {
  readonly abiVersion: number;
  /** Lets go of the native object behind a handle; harmless when repeated. */
  dispose(handle: NativeHandle<string>): void;
  cancelJob(job: JobHandle): void;
  machine(): MachineRecord;
}
