import { native } from '../../native/binding.js';
import type { NativePrediction, NativeScores } from '../../native/contract/training.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import type { FeatureTable } from '../../samples/feature-table.js';
import type { NumberedRows } from '../../samples/source-rows.js';
import type { Warning } from '../../warnings.js';
import type { RowScorer } from '../row-scorer.js';
import type { ModelDescription } from './model-input.js';
import type { OnnxClassifier } from './onnx-classifier.js';
import { ProbabilityWatch } from './probability-watch.js';

/** Scores features of samples with an ONNX model. */
export class OnnxScorer implements RowScorer {
  readonly learners = ['onnx'];
  readonly description: ModelDescription;
  readonly #model: OnnxClassifier;
  readonly #watch: ProbabilityWatch | undefined;

  constructor(model: OnnxClassifier, description: ModelDescription) {
    this.#model = model;
    this.#watch = model.head === 'logit' || model.head === 'two logits' ? new ProbabilityWatch() : undefined;
    this.description = description;
  }

  get warningsOfScores(): readonly Warning[] {
    return this.#watch?.warnings ?? [];
  }

  async scoresOf(
    features: FeatureTable,
    _how: NativePrediction,
    options: JobOptions,
    rows: NumberedRows,
  ): Promise<NativeScores> {
    const logRatios = await this.#model.logitsOf(
      (from, wanted) => callNative(() => native().featureTableRows(features.handle, from, wanted)),
      rows,
      options,
      this.#watch,
    );
    return {
      logits: Float32Array.from(logRatios),
      logRatios,
      logRatioErrors: new Float64Array(rows.rows).fill(Number.NaN),
    };
  }
}
