import { native } from '../native/binding.js';
import type { EnsembleHandle, NativeTrainingRecord } from '../native/contract.js';
import { callNative, type JobOptions, NativeObject, runJob } from '../native/run-job.js';
import type { CrossFittingPlan } from './cross-fitting.js';
import { type InputDescription, makeFeatures, type Sample } from './features.js';

/** What is known of an ensemble beside its numbers; saved with it. */
export interface EnsembleDescription {
  readonly input: InputDescription;
  readonly training: CrossFittingPlan;
  /** One a network, fold by fold. */
  readonly records: readonly NativeTrainingRecord[];
}

/** Classifier networks that are asked together. Their output is a logit: ln(p_reference/p_generated). */
export class ClassifierEnsemble extends NativeObject<'ensemble'> {
  readonly description: EnsembleDescription;

  /** @internal Made by crossFit and load. */
  constructor(handle: EnsembleHandle, description: EnsembleDescription) {
    super(handle);
    this.description = description;
  }

  /** Number of networks. */
  get members(): number {
    return this.description.records.length;
  }

  /**
   * Logits of all rows: networks × rows, one network after the other.
   *
   * @throws ArgumentError ERR_SHAPE when the sample does not fit the classifier; `signal.reason` when aborted.
   */
  async predictLogits(
    sample: Sample,
    options: JobOptions & { readonly threads?: number } = {},
  ): Promise<Float32Array> {
    using features = await makeFeatures(sample, this.description.input, { signal: options.signal });
    const threads = options.threads ?? callNative(() => native().machine()).logicalCores;
    return runJob((notify) => native().predictLogits(this.handle, features.handle, threads, notify), options);
  }
}
