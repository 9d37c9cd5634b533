/**
 * caloscope: find where a fast calorimeter simulation is wrong.
 *
 * @packageDocumentation
 */

export { type CheckpointOptions, removeCheckpoints } from './classifier/checkpoints.js';
export { ClassifierEnsemble } from './classifier/ensemble.js';
export {
  type FeatureSetName,
  featureNames,
  featureRows,
  featureSetNames,
  type InputDescription,
  type MatrixSample,
  type Sample,
} from './classifier/features.js';
export { type FileLogits, type FileLogitsOptions, predictFileLogits } from './classifier/file-logits.js';
export type { ClassifierOptions } from './classifier/settings.js';
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
  type SampleWeights,
} from './evaluation/evaluate.js';
export { type OutputOptions, writeEvaluation } from './evaluation/outputs.js';
export type * from './evaluation/result.js';
export type { UhiDocument, UhiHistogram } from './formats/uhi/uhi.js';
export { parseUhiDocument } from './formats/uhi/uhi-schema.js';
export { type Geometry, geometryNames, resolveGeometry } from './geometry/geometry.js';
export {
  type HistogramAxis,
  logAxis,
  regularAxis,
  variableAxis,
} from './histogram/axis.js';
export { uhiDocument } from './histogram/uhi-document.js';
export {
  type FillOptions,
  type HistogramOptions,
  WeightedHistogram,
} from './histogram/weighted-histogram.js';
export type { ComputeOptions, DeviceName } from './native/devices.js';
export type { JobOptions, Progress } from './native/run-job.js';
export { renderReport, writeReport } from './report/report.js';
export { type FileInspection, inspectShowerFile } from './samples/showers/inspection.js';
export { type Observable, observablesOf, observableValues } from './samples/showers/observables.js';
export {
  findRepeatedShowers,
  type ShowerOrigin,
  ShowerSample,
  showersFromArrays,
} from './samples/showers/shower-sample.js';
export { type OpenShowersOptions, openShowers } from './samples/showers/shower-stream.js';
export { type DistortionName, distortions } from './simulation/distortions.js';
export { type SimulationRecord, simulateShowers } from './simulation/shower-file.js';
export { type ToySampleOptions, type ToyShowers, toyShowers } from './simulation/toy-showers.js';
export { chiSquare, separationPower } from './statistics/histogram-comparison.js';
export {
  areaUnderCurve,
  type KolmogorovSmirnov,
  kolmogorovSmirnov,
  rocCurve,
} from './statistics/rank-statistics.js';
export { packageVersion } from './versions.js';
export {
  type DensityRatioOptions,
  type DensityRatioWeights,
  densityRatioWeights,
  type MemberLogits,
} from './weights/density-ratio.js';
export { type WeightsTable, writeWeightsFile } from './weights/weights-file.js';
