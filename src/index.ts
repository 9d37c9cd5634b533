/**
 * caloscope: find where a fast calorimeter simulation is wrong.
 *
 * @packageDocumentation
 */

export {
  type Calibrated,
  type CalibratedRows,
  type CalibrationMethod,
  type CalibrationOptions,
  type CalibrationParameters,
  type CrossCalibrated,
  calibrate,
  crossCalibrate,
  type FoldedLogits,
} from './calibration/calibration.js';
export {
  type IsotonicOptions,
  type IsotonicRegression,
  isotonicRegression,
} from './calibration/isotonic-regression.js';
export type { LabelledLogits } from './calibration/labelled-logits.js';
export {
  type LogLossGain,
  logLossGain,
  type ProbabilityScores,
  probabilityScores,
} from './calibration/probability-scores.js';
export {
  type BinSpacing,
  type CalibrationError,
  type Reliability,
  type ReliabilityBin,
  type ReliabilityOptions,
  reliability,
} from './calibration/reliability.js';
export { type CheckpointOptions, removeCheckpoints } from './classifier/checkpoints.js';
export type { EnsembleDescription, TrainingDescription } from './classifier/classifier-files.js';
export { ClassifierEnsemble, type PredictOptions, type ScoreSampleOptions } from './classifier/ensemble.js';
export { type FileScores, type FileScoresOptions, scoreFile } from './classifier/file-scores.js';
export type { ClassifierOptions, ClassifierSettings } from './classifier/network-settings.js';
export { type ExportOnnxOptions, exportOnnx } from './classifier/onnx/export-onnx.js';
export type { ModelInputChoices } from './classifier/onnx/model-input.js';
export { type LoadOnnxOptions, OnnxClassifier } from './classifier/onnx/onnx-classifier.js';
export type { ScoredRows } from './classifier/row-scorer.js';
export type { CrossFittingPlan, TrainingOptions } from './classifier/settings.js';
export {
  type TrainClassifierOptions,
  type TrainedClassifier,
  trainClassifier,
} from './classifier/training.js';
export {
  ArgumentError,
  CaloscopeError,
  type ErrorCode,
  errorCodes,
  FileError,
  NativeError,
} from './errors.js';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type RowValues,
  type SampleWeights,
} from './evaluation/evaluate.js';
export { type OutputOptions, writeEvaluation } from './evaluation/outputs.js';
export type { OwnObservable } from './evaluation/own-observables.js';
export type * from './evaluation/result.js';
export type { EvaluationOptions } from './evaluation/settings.js';
export {
  type ExplainedArea,
  type Failures,
  type FindFailuresOptions,
  findFailures,
  type Region,
  type RegionCondition,
  type RowCounts,
} from './failures/find-failures.js';
export {
  type GaussianMixture,
  gaussianMixture,
  type MixtureComponent,
  type MixtureOptions,
} from './failures/gaussian-mixture.js';
export { type RegionFactor, regionFactor } from './failures/region-factor.js';
export {
  type SampleSupport,
  type SupportOptions,
  type SupportOverlap,
  supportOverlap,
} from './failures/support-overlap.js';
export type { OutputInput } from './formats/files/inputs.js';
export type { WritingOptions } from './formats/hdf5/writer/writing.js';
export type { WrittenFormat } from './formats/tables/writer/table-plan.js';
export type {
  NestedNumbers,
  UhiAxis,
  UhiBooleanAxis,
  UhiCategoryAxis,
  UhiDocument,
  UhiHistogram,
  UhiMetadata,
  UhiRegularAxis,
  UhiSparseStorage,
  UhiVariableAxis,
  UhiWeightedStorage,
} from './formats/uhi/uhi.js';
export { parseUhiDocument, parseUhiHistogram } from './formats/uhi/uhi-schema.js';
export { sparseUhi } from './formats/uhi/uhi-storage.js';
export {
  type Geometry,
  type GeometryLayer,
  geometryNames,
  type LayerShape,
  resolveGeometry,
} from './geometry/geometry.js';
export {
  type AnyAxis,
  type AxisOptions,
  type CategoryAxis,
  categoryAxis,
  type HistogramAxis,
  type LogAxis,
  logAxis,
  type RegularAxis,
  regularAxis,
  type VariableAxis,
  variableAxis,
} from './histogram/axis.js';
export { uhiDocument } from './histogram/uhi-document.js';
export {
  type ContentOptions,
  type FillOptions,
  type HistogramOptions,
  type NanRows,
  WeightedHistogram,
} from './histogram/weighted-histogram.js';
export type { ChosenLayout } from './layouts/chosen-layout.js';
export type { EventLayout, EventLayoutDescription, EventObject } from './layouts/event-layouts.js';
export type { JetLayout, JetLayoutDescription } from './layouts/jet-layouts.js';
export {
  type AnyLayoutDescription as LayoutDescription,
  layoutNames,
} from './layouts/kinds-of-layouts.js';
export type { EnergyUnit } from './layouts/units.js';
export {
  type Lineage,
  type LineageEdge,
  type LineageNode,
  type LineageOptions,
  readLineage,
} from './lineage/lineage.js';
export type { MadeKind } from './lineage/made-files.js';
export type { UpperEdge } from './native/contract/histograms.js';
export type { NumberArray } from './native/contract/jobs.js';
export type {
  FeatureDefinitions,
  ObservableRecord,
  RepeatedInPair,
  RepeatedRows,
  TransverseCoordinates,
} from './native/contract/showers.js';
export type { NativeTrainingRecord, Precision } from './native/contract/training.js';
export type { ComputeOptions, DeviceName } from './native/devices.js';
export type { JobOptions, NativeObject, Progress } from './native/run-job.js';
export type { ThreadedJobOptions } from './native/threads.js';
export { type FiguresOptions, type WrittenFigures, writeFigures } from './report/figures/figures.js';
export { type ReportOptions, renderReport, type WriteReportOptions, writeReport } from './report/report.js';
export type { ColumnRanges } from './samples/column-ranges.js';
export type { EventInput } from './samples/events/event-features.js';
export { type OpenEventsOptions, openEvents } from './samples/events/event-files.js';
export { EventSample, type EventSelection } from './samples/events/event-sample.js';
export type { FilesTogether } from './samples/files-of-sample.js';
export { type OpenJetsOptions, openJets } from './samples/jets/jet-files.js';
export { JetSample } from './samples/jets/jet-sample.js';
export type { JetInput } from './samples/jets/jets.js';
export {
  featureNames,
  freeSample,
  type GivenSample as Sample,
  type InputDescription,
  type OpenSampleOptions,
  openSample,
} from './samples/kinds.js';
export { densitiesFromDraws, densitiesFromSpread, type OwnDensities } from './samples/own-densities.js';
export type { ExaminedInput } from './samples/pair.js';
export type { RepeatedPolicy } from './samples/repeated-rows.js';
export type { InputReasons, InputSettings, Observable } from './samples/sample.js';
export type { FileOfSample, SampleFile } from './samples/sample-file.js';
export { type FileInspection, type InspectOptions, inspectShowerFile } from './samples/showers/inspection.js';
export { observablesOf, observableValues } from './samples/showers/observables.js';
export type { PointSummary } from './samples/showers/point-summary.js';
export type { ContentPolicy, ContentProblem } from './samples/showers/reading/oddities.js';
export type { OpenOptions } from './samples/showers/reading/reading.js';
export type { ConditionRecord, DatasetRecord } from './samples/showers/reading/reading-protocol.js';
export type { ShowerBlock } from './samples/showers/shower-block.js';
export {
  type FeatureSetName,
  featureRows,
  featureSetNames,
  type ShowerInput,
} from './samples/showers/shower-input.js';
export {
  findRepeatedShowers,
  type ShowerCondition,
  type ShowerOrigin,
  ShowerSample,
  showersFromArrays,
} from './samples/showers/shower-sample.js';
export { type OpenShowersOptions, openShowers, type ShowerPaths } from './samples/showers/shower-stream.js';
export type { PlaceOfRow } from './samples/source-rows.js';
export type { ColumnCondition, MatrixSample, TableOrigin } from './samples/table/matrix-sample.js';
export type { MatrixInput } from './samples/table/table.js';
export { type OpenTableOptions, openTable } from './samples/table/table-files.js';
export { type DistortionDescription, type DistortionName, distortions } from './simulation/distortions.js';
export {
  type SimulateShowersOptions,
  type SimulationRecord,
  simulateShowers,
} from './simulation/shower-file.js';
export {
  type ToyGeometryName,
  type ToySampleOptions,
  type ToyShowers,
  toyShowers,
} from './simulation/toy-showers.js';
export {
  type BinContents,
  type BinContentsWithErrors,
  type ChiSquare,
  chiSquare,
  separationPower,
} from './statistics/histogram-comparison.js';
export {
  type ColumnDistance,
  type ColumnPair,
  type LargestDistance,
  type LargestDistanceOptions,
  largestDistance,
} from './statistics/largest-distance.js';
export {
  type AreaUnderCurve,
  areaUnderCurve,
  type KolmogorovSmirnov,
  kolmogorovSmirnov,
  type RocCurveOptions,
  rocCurve,
  type ScoreOptions,
} from './statistics/rank-statistics.js';
export { packageVersion } from './versions.js';
export {
  type DensityRatioOptions,
  type DensityRatioWeights,
  densityRatioWeights,
  type EnsembleRule,
  type MemberLogits,
  type SampleRole,
} from './weights/density-ratio.js';
export { type WeightsTable, writeWeightsFile } from './weights/weights-file.js';
