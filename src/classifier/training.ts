import { requireObject } from '../names.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { NativeTrainingRecord } from '../native/contract/training.js';
import { type ComputeOptions, computerFor } from '../native/devices.js';
import { type GivenSample, holdSample, requireChoices, sampleOf } from '../samples/kinds.js';
import { type ExaminedInput, examinePair } from '../samples/pair.js';
import type { SampleRecord } from '../samples/sample.js';
import { inputsOf } from '../samples/sample-inputs.js';
import type { Warning } from '../warnings.js';
import { type CheckpointOptions, parseCheckpoint } from './checkpoints.js';
import { prepareFitting } from './cross-fitting.js';
import type { ClassifierEnsemble } from './ensemble.js';
import { requirePresetFits } from './presets.js';
import { type TrainingOptions, trainingChoices, trainingSchema } from './settings.js';

export interface TrainClassifierOptions extends TrainingOptions, ComputeOptions {
  /** Keeps checkpoints, so that the training can be resumed, whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
}

export interface TrainedClassifier {
  readonly ensemble: ClassifierEnsemble;
  /** One a member; null for those that are not trained epoch by epoch. */
  readonly records: readonly (NativeTrainingRecord | null)[];
  readonly samples: { readonly [Role in SampleRole]: SampleRecord };
  /** What the classifiers read, and why. */
  readonly input: ExaminedInput;
  /** What is odd in files and samples, in the order found; saved with the classifier. */
  readonly warnings: readonly Warning[];
}

/**
 * Trains an ensemble on two samples, to weigh other showers with: the weights of the very rows it was trained on are too
 * good. To weigh those, use `evaluate`.
 *
 * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE, ERR_TOO_FEW_ROWS; NativeError ERR_TRAINING, ERR_CHECKPOINT,
 * ERR_OUTPUT (of a checkpoint); `signal.reason` when aborted.
 */
export async function trainClassifier(
  reference: GivenSample,
  generated: GivenSample,
  options: TrainClassifierOptions = {},
): Promise<TrainedClassifier> {
  requireObject(options, 'options', 'an object');
  const { signal, onProgress, threads, device, devices, checkpoint, ...training } = options;
  const computer = computerFor({ threads, device, devices });
  const choices = trainingChoices(trainingSchema, training);
  const kept = parseCheckpoint(checkpoint);
  const samples = [sampleOf(reference), sampleOf(generated)] as const;
  requireChoices(samples[0], training);
  using _reference = holdSample(reference);
  using _generated = holdSample(generated);
  using pair = await examinePair(...samples, choices, { signal, threads, device, devices });
  const { paired, warnings } = pair;
  if (choices.preset) requirePresetFits(choices.preset, pair.settings.geometry);
  const preparing = { signal, computer, paired };
  using prepared = await prepareFitting(pair.reference, pair.generated, pair.input, choices, preparing);
  const { ensemble, records } = await prepared.fit({
    signal,
    onProgress,
    checkpoint: kept,
    warnings,
    inputs: inputsOf(pair.records),
  });
  return {
    ensemble,
    records,
    samples: pair.records,
    input: pair.settings,
    warnings: ensemble.description.warnings,
  };
}
