import { requireKnownOptions, requireOneOf, requireText } from '../names.js';
import { native } from '../native/binding.js';
import type { EnsembleHandle, LearnerName } from '../native/contract/ensembles.js';
import {
  type NativePrediction,
  type NativeScores,
  type Precision,
  precisions,
} from '../native/contract/training.js';
import { type ComputeOptions, computeOptions, computerFor } from '../native/devices.js';
import { callNative, type JobOptions, NativeObject, runJob } from '../native/run-job.js';
import { RangeWatch } from '../samples/column-ranges.js';
import type { FeatureTable } from '../samples/feature-table.js';
import { type GivenSample, holdSample, makeFeatures, sampleOf } from '../samples/kinds.js';
import { SelectionWatch } from '../samples/selected-rows.js';
import type { Warning } from '../warnings.js';
import { type EnsembleDescription, readClassifier, writeClassifier } from './classifier-files.js';
import { type ScoredRows, scoredRows } from './row-scorer.js';

export interface PredictOptions extends ComputeOptions {
  /**
   * `bfloat16` rounds weights, inputs and activations to 8 bits of mantissa where they are multiplied, and adds in
   * float32: half the memory to read, and on processors with such instructions twice the speed. Logits change by some
   * 0.3 % of their spread (docs/benchmarks.md). Default: `float32`.
   */
  readonly precision?: Precision;
}

export interface ScoreSampleOptions extends PredictOptions {
  /** Called with what is odd about the sample for this classifier, before the logits are there. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

function precisionOption({ precision = 'float32' }: PredictOptions): Precision {
  requireOneOf(precisions, precision, 'precision');
  return precision;
}

/** @internal How the core is to score, settled once: looking for devices takes time. */
export function predictionFor(options: PredictOptions): NativePrediction {
  const { threads, cudaDevices } = computerFor(options);
  return { threads, cudaDevices, precision: precisionOption(options) };
}

/** @internal Numbers of a network that are fitted; 0 where an ensemble has none. */
export function networkParameters(handle: EnsembleHandle): number {
  const { learners, parameters } = callNative(() => native().ensembleSize(handle));
  return parameters[learners.indexOf('network')] ?? 0;
}

/**
 * Classifiers that are scored together: ln(p_reference/p_generated) is a weighted sum over learners, each the mean of its
 * members (w_i f_i ensembles, arXiv:2506.00113).
 */
export class ClassifierEnsemble extends NativeObject<'ensemble'> {
  readonly description: EnsembleDescription;
  /** Number of classifiers. */
  readonly members: number;
  /** What they are, in the order of the logits. */
  readonly learners: readonly LearnerName[];
  /** Columns of the samples. */
  readonly inputs: number;
  /** Numbers that are fitted, one a learner: of its largest member. Trees differ in it, the members of the others do not. */
  readonly parameters: readonly number[];

  private constructor(handle: EnsembleHandle, description: EnsembleDescription) {
    super(handle);
    this.description = description;
    ({
      members: this.members,
      learners: this.learners,
      inputs: this.inputs,
      parameters: this.parameters,
    } = callNative(() => native().ensembleSize(handle)));
  }

  /** @internal */
  protected override get shown(): string {
    return `${this.members} members (${this.learners.join(', ')}) of ${this.inputs} columns`;
  }

  /** @internal Takes over an ensemble of the core; users call trainClassifier or load. */
  static adopt(handle: EnsembleHandle, description: EnsembleDescription): ClassifierEnsemble {
    return new ClassifierEnsemble(handle, description);
  }

  /**
   * Loads what {@link save} wrote: a folder. A folder of networks alone is taken for an ensemble that is their mean.
   *
   * @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS, ERR_TOO_LARGE, ERR_FILE_CORRUPT,
   * ERR_FILE_TRUNCATED, ERR_CLASSIFIER, ERR_NON_FINITE.
   */
  static async load(path: string): Promise<ClassifierEnsemble> {
    requireText(path, 'path');
    const { handle, description } = await readClassifier(path);
    return new ClassifierEnsemble(handle, description);
  }

  /**
   * Writes one safetensors file a member into a folder, which is made, each with feature set, geometry and training record,
   * and one file with the whitening and the weights of the sum; loads again to the same bits.
   *
   * @throws FileError ERR_OUTPUT.
   */
  async save(folder: string): Promise<void> {
    requireText(folder, 'folder');
    await writeClassifier(this.handle, this.description, folder);
  }

  /**
   * ln(p_reference/p_generated) of all rows with its standard error, and the logits of each learner.
   *
   * @throws ArgumentError ERR_ARGUMENT for another precision, ERR_SHAPE when the sample does not fit the classifier; `signal.reason` when aborted.
   */
  async score(given: GivenSample, options: ScoreSampleOptions = {}): Promise<ScoredRows> {
    requireKnownOptions(options, { ...computeOptions, precision: true, onWarning: true });
    const how = predictionFor(options);
    const { signal, onWarning } = options;
    const { input, ranges, training } = this.description;
    const sample = sampleOf(given);
    using _ensemble = this.hold();
    using _sample = holdSample(given);
    using features = await makeFeatures(sample, input, { signal, threads: how.threads });
    if (onWarning) {
      const selection = new SelectionWatch(training?.select ?? []);
      selection.count(sample);
      for (const warning of selection.warnings(sample.noun)) onWarning(warning);
    }
    if (ranges && onWarning) {
      const watch = new RangeWatch(ranges);
      await watch.count(features, sample.rows, { signal });
      for (const warning of watch.warnings(sample.noun)) onWarning(warning);
    }
    return scoredRows(await this.scoresOf(features, how, options), this.learners.length, sample.rows);
  }

  /** @internal Of features that are made already. */
  scoresOf(features: FeatureTable, how: NativePrediction, options: JobOptions): Promise<NativeScores> {
    return runJob((notify) => native().scoreRows(this.handle, features.handle, how, notify), options);
  }
}
