import { type CheckpointOptions, parseCheckpoint } from '../classifier/checkpoints.js';
import { type CrossFitResult, crossFit } from '../classifier/cross-fitting.js';
import type { ClassifierEnsemble } from '../classifier/ensemble.js';
import { parseOptions } from '../classifier/settings.js';
import { sizeWarnings } from '../classifier/size-warnings.js';
import { native } from '../native/binding.js';
import { type ComputeOptions, computerFor } from '../native/devices.js';
import { callNative } from '../native/run-job.js';
import { type GivenSample, sampleOf } from '../samples/kinds.js';
import { type ExaminedInput, examinePair } from '../samples/pair.js';
import type { Sample } from '../samples/sample.js';
import { versions } from '../versions.js';
import { weightNames } from './analyses/weights.js';
import { runAnalyses } from './analyses.js';
import { observableColumns } from './observable-columns.js';
import { columnsOf, requireUsable } from './own-observables.js';
import type { EvaluationResult, EvaluationSettings } from './result.js';
import { Scores } from './scores.js';
import { type EvaluationChoices, type EvaluationOptions, evaluationSchema } from './settings.js';
import { Stopwatch } from './stopwatch.js';
import { blindness, verdictOn } from './verdict.js';

export interface EvaluateOptions extends EvaluationOptions, ComputeOptions {
  /** Keeps checkpoints, so that the training can be resumed, whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
}

/** What one sample got, one entry a row of its file, but for copies that were left out. */
export interface SampleWeights {
  /** The row of each entry in the file; null: entry i is row i. */
  readonly sourceRows: Float64Array | null;
  /** ln w, w = p_reference/p_generated. */
  readonly logWeights: Float64Array;
  /** members × rows, one member after the other; each by a network that never saw the row. */
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
  return await evaluateSamples([sampleOf(reference), sampleOf(generated)], options);
}

async function evaluateSamples(
  given: readonly [Sample, Sample],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { signal, onProgress, threads, device, devices, checkpoint: kept, ...rest } = options;
  const choices = parseOptions(evaluationSchema, rest);
  const checkpoint = parseCheckpoint(kept);
  const taken = [...given[0].observables().map(({ name }) => name), ...Object.values(weightNames)];
  requireUsable(choices.observables, given[0], taken);
  const computer = computerFor({ threads, device, devices });
  const run: ComputeOptions = { signal, threads, device, devices };
  const watch = new Stopwatch();

  using pair = await examinePair(...given, choices, run);
  const { reference, generated, input, settings, warnings: oddities } = pair;
  const samples = {
    reference: reference.record('reference'),
    generated: generated.record('generated'),
  };
  watch.lap('checking the samples');
  // Before the training: a mistake in the user's function must not cost one.
  const own = await columnsOf(choices.observables, { reference, generated }, settings.threshold, signal);
  if (own.length > 0) watch.lap('own observables');

  const fitted = await crossFit(reference, generated, input, choices, {
    signal,
    computer,
    onProgress,
    checkpoint,
    warnings: oddities,
  });
  watch.lap('training');
  try {
    using scores = await Scores.of(fitted, choices, run);
    const columns = await observableColumns(
      reference.observables(),
      { reference, generated, input },
      own,
      run,
    );
    const found = await runAnalyses({ reference, generated, input, fitted, scores, choices, columns, run });
    watch.lap('weights and observables');
    const sizes = sizeWarnings(reference, generated, choices.folds, fitted.ensemble.parameters);
    const { auc, roc, ...parts } = found.parts;
    const result: EvaluationResult = {
      format: 'caloscope-evaluation',
      formatVersion: 2,
      verdict: verdictOn({
        ...found.parts,
        classifierPValue: auc.pValue,
        toy: samples.reference.toy || samples.generated.toy,
      }),
      auc,
      roc,
      warnings: [...oddities, ...sizes, ...found.warnings, ...blindness(found.parts)],
      samples,
      ...parts,
      settings: settingsRecord(settings, choices, fitted),
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
      reference: {
        ...fitted.reference,
        logWeights: scores.reference.logWeights,
        sourceRows: reference.sourceRows,
      },
      generated: {
        ...fitted.generated,
        logWeights: scores.generated.logWeights,
        sourceRows: generated.sourceRows,
      },
      ensemble: fitted.ensemble,
    };
  } catch (error) {
    fitted.ensemble.dispose();
    throw error;
  }
}

function settingsRecord(
  input: ExaminedInput,
  choices: EvaluationChoices,
  fitted: CrossFitResult,
): EvaluationSettings {
  const { hidden, activation, slope, dropout, ...training } = choices.classifier;
  const { geometry, geometryReason, features, threshold, thresholdReason } = input;
  return {
    geometry,
    geometryReason,
    features,
    featureCount: fitted.ensemble.inputs,
    threshold,
    thresholdReason,
    folds: choices.folds,
    members: choices.members,
    seed: choices.seed,
    repeated: choices.repeated,
    ensembleRule: choices.ensembleRule,
    network: { hidden, activation, slope, dropout },
    training: { optimiser: 'AdamW', ...training, batchSize: fitted.batchSize },
  };
}
