import { type CheckpointOptions, parseCheckpoint } from '../classifier/checkpoints.js';
import { type CrossFitResult, crossFit } from '../classifier/cross-fitting.js';
import type { ClassifierEnsemble } from '../classifier/ensemble.js';
import { parseOptions } from '../classifier/settings.js';
import { native } from '../native/binding.js';
import type { HeldOutRows } from '../native/contract/training.js';
import { type ComputeOptions, computerFor } from '../native/devices.js';
import { callNative } from '../native/run-job.js';
import {
  type GivenSample,
  type InputDescription,
  inputFor,
  inputSettings,
  sampleOf,
} from '../samples/kinds.js';
import type { Sample } from '../samples/sample.js';
import { resultFormatVersion, versions } from '../versions.js';
import type { DensityRatioWeights } from '../weights/density-ratio.js';
import { weightNames } from './analyses/weights.js';
import { runAnalyses } from './analyses.js';
import { columnsOf, requireUsable } from './own-observables.js';
import type { EvaluationResult, EvaluationSettings } from './result.js';
import { Scores } from './scores.js';
import { type EvaluationChoices, type EvaluationOptions, evaluationSchema } from './settings.js';
import { sizeWarnings } from './size-warnings.js';
import { Stopwatch } from './stopwatch.js';
import { verdictOn } from './verdict.js';

export interface EvaluateOptions extends EvaluationOptions, ComputeOptions {
  /** Keeps checkpoints, so that the training can be resumed, whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
}

/** What one sample got, one entry a row of its file. */
export interface SampleWeights {
  /** ln w, w = p_reference/p_generated. */
  readonly logWeights: Float64Array;
  /** Its standard error: sampling of the rows that were trained with, and training; bias is not in it. */
  readonly logWeightErrors: Float64Array;
  /** learners × rows, one learner after the other, each the mean of members that never saw the row. */
  readonly logits: Float32Array;
  readonly fold: Uint16Array;
}

/** An evaluation: the result as plain JSON, and what is too large for it. Free the ensemble with dispose(). */
export interface Evaluation {
  readonly result: EvaluationResult;
  readonly reference: SampleWeights;
  readonly generated: SampleWeights;
  readonly ensemble: ClassifierEnsemble;
}

/**
 * Trains classifiers to tell a generated sample from a reference sample, cross-fitted, and turns what they learned into a
 * weight for every row of both, an AUC and distributions (arXiv:2305.16774). Deterministic: the same samples, options
 * and seed give the same result on any number of threads (but for {@link EvaluationResult.run}).
 *
 * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE (samples that do not fit together), ERR_TOO_FEW_ROWS; NativeError
 * ERR_TRAINING, ERR_INCIDENT_ENERGY, ERR_CHECKPOINT, ERR_OUTPUT (of a checkpoint), ERR_DEVICE; `signal.reason` when aborted.
 */
export async function evaluate(
  reference: GivenSample,
  generated: GivenSample,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return await evaluateSamples(sampleOf(reference), sampleOf(generated), options);
}

async function evaluateSamples(
  reference: Sample,
  generated: Sample,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { signal, onProgress, threads, device, devices, checkpoint: kept, ...rest } = options;
  const choices = parseOptions(evaluationSchema, rest);
  const checkpoint = parseCheckpoint(kept);
  const input = inputFor(reference, generated, choices);
  const taken = [...reference.observables().map(({ name }) => name), ...Object.values(weightNames)];
  requireUsable(choices.observables, reference, taken);
  const computer = computerFor({ threads, device, devices });
  const run: ComputeOptions = { signal, threads, device, devices };
  const watch = new Stopwatch();

  const oddities = await reference.oddities(generated, run);
  const samples = {
    reference: reference.record('reference'),
    generated: generated.record('generated'),
  };
  watch.lap('checking the samples');
  // Before the training: a mistake in the user's function must not cost one.
  const { threshold } = inputSettings(input);
  const own = await columnsOf(choices.observables, { reference, generated }, threshold, signal);
  if (own.length > 0) watch.lap('own observables');

  const fitted = await crossFit(reference, generated, input, choices, {
    signal,
    computer,
    onProgress,
    checkpoint,
  });
  watch.lap('training');
  try {
    using scores = await Scores.of(fitted, choices, run);
    const found = await runAnalyses({ reference, generated, input, fitted, scores, choices, own, run });
    watch.lap('weights and observables');
    const sizes = sizeWarnings(reference, generated, choices.folds, fitted.ensemble.parameters);
    const { auc, roc, ...parts } = found.parts;
    const result: EvaluationResult = {
      format: 'caloscope-evaluation',
      formatVersion: resultFormatVersion,
      verdict: verdictOn(auc, samples.reference.toy || samples.generated.toy),
      auc,
      roc,
      warnings: [...oddities, ...sizes, ...found.warnings],
      samples,
      ...parts,
      settings: settingsRecord(input, choices, fitted),
      histograms: found.histograms,
      versions: versions(),
      run: {
        date: new Date().toISOString(),
        device: computer.device,
        deviceReason: computer.reason,
        instructionSet: callNative(() => native().machine()).kernelSet,
        threads: computer.threads,
        timings: watch.laps,
      },
    };
    return {
      result,
      reference: weightsOf(fitted.reference, scores.reference),
      generated: weightsOf(fitted.generated, scores.generated),
      ensemble: fitted.ensemble,
    };
  } catch (error) {
    fitted.ensemble.dispose();
    throw error;
  }
}

function weightsOf(
  { fold, logits, logRatioErrors }: HeldOutRows,
  weights: DensityRatioWeights,
): SampleWeights {
  return { fold, logits, logWeights: weights.logWeights, logWeightErrors: logRatioErrors };
}

function settingsRecord(
  input: InputDescription,
  choices: EvaluationChoices,
  fitted: CrossFitResult,
): EvaluationSettings {
  const { hidden, activation, slope, dropout, ...training } = choices.classifier;
  const { geometry, features, threshold } = inputSettings(input);
  return {
    geometry,
    features,
    featureCount: fitted.ensemble.inputs,
    threshold,
    folds: choices.folds,
    members: choices.members,
    learners: fitted.learners.map(({ name }) => name),
    whitening: choices.whitening,
    seed: choices.seed,
    network: { hidden, activation, slope, dropout },
    training: { optimiser: 'AdamW', ...training, batchSize: fitted.batchSize },
  };
}
