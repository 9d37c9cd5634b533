import { ArgumentError } from '../errors.js';
import { requireKnownOptions, requirePaths } from '../names.js';
import type { NativePrediction, NativeScores } from '../native/contract/training.js';
import { computeOptions } from '../native/devices.js';
import type { JobOptions, Progress } from '../native/run-job.js';
import { RangeWatch } from '../samples/column-ranges.js';
import {
  type InputDescription,
  makeFeatures,
  type OpenSampleOptions,
  openSampleOptions,
  openStream,
} from '../samples/kinds.js';
import type { Sample, SampleBounds } from '../samples/sample.js';
import type { FileOfSample } from '../samples/sample-file.js';
import { SelectionWatch } from '../samples/selected-rows.js';
import type { Warning } from '../warnings.js';
import { ClassifierEnsemble, type PredictOptions, predictionFor } from './ensemble.js';
import { type ModelInputChoices, modelDescription } from './onnx/model-input.js';
import { OnnxClassifier } from './onnx/onnx-classifier.js';
import { OnnxScorer } from './onnx/onnx-scorer.js';
import { type RowScorer, type ScoredRows, scoredRows } from './row-scorer.js';

export interface FileScoresOptions extends Omit<OpenSampleOptions, 'geometry' | 'particle'>, PredictOptions {
  /** What an ONNX model reads, where its file does not say so; an ensemble knows it. */
  readonly input?: ModelInputChoices | undefined;
}

const { geometry: _geometry, particle: _particle, ...openingOptions } = openSampleOptions;
const fileScoresOptions: Readonly<Record<keyof FileScoresOptions, true>> = {
  ...openingOptions,
  ...computeOptions,
  precision: true,
  input: true,
};

export interface FileScores extends ScoredRows {
  /** What the rows are, plural: `showers`, `events`. */
  readonly noun: string;
  /** What the classifier read of them. */
  readonly input: InputDescription;
  /** Rows that were scored. */
  readonly rows: number;
  /** The row of each in the files, where some were left out; null: row i is row i. */
  readonly sourceRows: Float64Array | null;
  /** The files, in the order of their rows, with the checksums of the very bytes that were read. */
  readonly files: readonly FileOfSample[];
  /** Weights with which the rows that were scored count, of any sign; null: each counts 1. */
  readonly rowWeights: Float64Array | null;
  /** What was odd in the training of the classifier and in the file, and where the file leaves that training. */
  readonly warnings: readonly Warning[];
}

/** Enough showers for the kernels to work at full speed; hits of 64 MB are some thousand showers of the finest grids. */
const bounds: SampleBounds = { rows: 16_384, bytes: 64 * 2 ** 20 };

/**
 * Scores all showers of a file, or of several in their order, which are read and scored sample by sample: the next is read while one is scored, and
 * of a file of any size some hundred megabytes are in memory at once. The numbers are those of
 * {@link ClassifierEnsemble.score} on all showers together, to the last bit (with bfloat16 to its rounding, where the occupancy
 * changes along the file). Of an ONNX model there is one logit a row, which is ln w, and
 * no error (NaN).
 *
 * @throws what opening the files throws; `signal.reason` when
 * aborted.
 */
export async function scoreFile(
  classifier: ClassifierEnsemble | OnnxClassifier,
  paths: string | readonly string[],
  options: FileScoresOptions = {},
): Promise<FileScores> {
  if (!(classifier instanceof ClassifierEnsemble || classifier instanceof OnnxClassifier)) {
    throw new ArgumentError('ERR_ARGUMENT', 'classifier must be a ClassifierEnsemble or an OnnxClassifier');
  }
  requirePaths(paths);
  requireKnownOptions(options, fileScoresOptions);
  const how = predictionFor(options);
  using _classifier = classifier instanceof ClassifierEnsemble ? classifier.hold() : null;
  const { onProgress, signal, input: chosen, ...choices } = options;
  const scorer = await scorerOf(classifier, paths, chosen, { ...choices, signal });
  const { input } = scorer.description;
  const ending = new AbortController();
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  const stream = await openStream(paths, input, { ...choices, signal: either });
  const scoring = new SampleScorer(scorer, stream.rows, how, { ...options, signal: either });
  try {
    for await (const sample of stream.samples(bounds)) await scoring.take(sample);
    await scoring.finish();
    signal?.throwIfAborted(); // as every job does that is aborted in its last report
    const warnings = [...warningsOfTraining(scorer), ...stream.warnings, ...scoring.warnings];
    const { sourceRows, files, rowWeights } = stream;
    const { noun, taken: rows, scores } = scoring;
    const scored = scoredRows(scores, scorer.learners.length, rows);
    return { noun, input, rows, sourceRows, files, rowWeights, ...scored, warnings };
  } catch (error) {
    ending.abort(error);
    await scoring.finish().catch(() => undefined);
    throw error;
  } finally {
    await stream.close();
  }
}

async function scorerOf(
  classifier: ClassifierEnsemble | OnnxClassifier,
  paths: string | readonly string[],
  chosen: ModelInputChoices | undefined,
  options: Omit<FileScoresOptions, 'input' | 'onProgress'>,
): Promise<RowScorer> {
  if (classifier instanceof OnnxClassifier) {
    return new OnnxScorer(classifier, await modelDescription(classifier, paths, chosen ?? {}, options));
  }
  if (chosen === undefined) return classifier;
  throw new ArgumentError('ERR_ARGUMENT', 'the classifier knows what it reads; leave out input');
}

function warningsOfTraining({ description }: RowScorer): Warning[] {
  return description.warnings.map(({ code, message }) => ({
    code,
    message: `in the training of the classifier: ${message}`,
  }));
}

/** Scores one sample while the caller fetches the next. */
class SampleScorer {
  /** What its rows are, once a sample was taken. */
  noun = 'rows';
  readonly #scorer: RowScorer;
  /** Of all rows that there may be. */
  readonly #scores: NativeScores;
  readonly #rows: number;
  readonly #how: NativePrediction;
  readonly #options: JobOptions;
  readonly #watch: RangeWatch | null;
  readonly #selection: SelectionWatch;
  #taken = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(scorer: RowScorer, rows: number, how: NativePrediction, options: JobOptions) {
    this.#scorer = scorer;
    this.#rows = rows;
    this.#how = how;
    this.#options = options;
    const { ranges, training } = scorer.description;
    this.#watch = ranges && new RangeWatch(ranges);
    this.#selection = new SelectionWatch(training?.select ?? []);
    this.#scores = {
      logits: new Float32Array(scorer.learners.length * rows),
      logRatios: new Float64Array(rows),
      logRatioErrors: new Float64Array(rows),
    };
  }

  /** Begins to score a sample, which is freed, as soon as the one before is done. */
  async take(sample: Sample): Promise<void> {
    const first = this.#taken;
    this.#taken += sample.rows;
    const { signal } = this.#options;
    const { threads } = this.#how;
    this.#selection.count(sample);
    const features = await this.#free(sample, () =>
      makeFeatures(sample, this.#scorer.description.input, { signal, threads }),
    );
    this.noun = sample.noun;
    try {
      await this.#watch?.count(features, sample.rows, { signal });
      await this.#underWay;
    } catch (error) {
      features.dispose();
      throw error;
    }
    const progress = this.#progressFrom(first, sample.rows);
    const scored = this.#scorer.scoresOf(features, this.#how, progress, sample);
    this.#underWay = scored
      .then((scores) => this.#keep(scores, first, sample.rows))
      .finally(() => features.dispose());
    // The next await is told of a failure; until then there is none.
    this.#underWay.catch(() => undefined);
  }

  /** Rows that were scored. */
  get taken(): number {
    return this.#taken;
  }

  /** The scores of the rows that were taken. */
  get scores(): NativeScores {
    const { logits, logRatios, logRatioErrors } = this.#scores;
    if (this.#taken === this.#rows) return this.#scores;
    const left = new Float32Array(this.#scorer.learners.length * this.#taken);
    for (let learner = 0; learner < this.#scorer.learners.length; learner++) {
      const first = learner * this.#rows;
      left.set(logits.subarray(first, first + this.#taken), learner * this.#taken);
    }
    return {
      logits: left,
      logRatios: logRatios.slice(0, this.#taken),
      logRatioErrors: logRatioErrors.slice(0, this.#taken),
    };
  }

  /** What is odd about the samples taken, for this classifier. */
  get warnings(): Warning[] {
    return [
      ...this.#selection.warnings(this.noun),
      ...(this.#watch?.warnings(this.noun) ?? []),
      ...(this.#scorer.warningsOfScores ?? []),
    ];
  }

  /** Waits for the last sample. */
  async finish(): Promise<void> {
    await this.#underWay;
  }

  /** The features hold what they need of the showers. */
  async #free<T>(sample: Sample, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      sample.dispose();
    }
  }

  #progressFrom(first: number, rows: number): JobOptions {
    const { onProgress } = this.#options;
    if (!onProgress) return this.#options;
    let furthest = first;
    const share = ({ done, total, message }: Progress) => {
      // Threads tell how far they are without waiting for each other.
      furthest = Math.max(furthest, first + (total > 0 ? (rows * done) / total : 0));
      onProgress({ done: furthest, total: this.#rows, message });
    };
    return { ...this.#options, onProgress: share };
  }

  #keep({ logits, logRatios, logRatioErrors }: NativeScores, first: number, rows: number): void {
    for (let learner = 0; learner < this.#scorer.learners.length; learner++) {
      const place = learner * this.#rows + first;
      this.#scores.logits.set(logits.subarray(learner * rows, (learner + 1) * rows), place);
    }
    this.#scores.logRatios.set(logRatios, first);
    this.#scores.logRatioErrors.set(logRatioErrors, first);
    this.#options.onProgress?.({ done: first + rows, total: this.#rows, message: 'scoring' });
  }
}
