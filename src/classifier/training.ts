import type { NativeTrainingRecord } from '../native/contract/training.js';
import { type ComputeOptions, computerFor } from '../native/devices.js';
import { type GivenSample, inputFor, sampleOf } from '../samples/kinds.js';
import { type CheckpointOptions, parseCheckpoint } from './checkpoints.js';
import { crossFit } from './cross-fitting.js';
import type { ClassifierEnsemble } from './ensemble.js';
import { parseOptions, type TrainingOptions, trainingSchema } from './settings.js';

export interface TrainClassifierOptions extends TrainingOptions, ComputeOptions {
  /** Keeps checkpoints, so that the training can be resumed, whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
}

export interface TrainedClassifier {
  readonly ensemble: ClassifierEnsemble;
  /** One a member; null for those that are not trained epoch by epoch. */
  readonly records: readonly (NativeTrainingRecord | null)[];
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
  const { signal, onProgress, threads, device, devices, checkpoint, ...training } = options;
  const computer = computerFor({ threads, device, devices });
  const choices = parseOptions(trainingSchema, training);
  const samples = [sampleOf(reference), sampleOf(generated)] as const;
  const input = inputFor(...samples, choices);
  const { ensemble, records } = await crossFit(...samples, input, choices, {
    signal,
    onProgress,
    computer,
    checkpoint: parseCheckpoint(checkpoint),
  });
  return { ensemble, records };
}
