import { type CheckpointOptions, parseCheckpoint } from '../classifier/checkpoints.js';
import { type CrossFitResult, crossFit } from '../classifier/cross-fitting.js';
import type { ClassifierEnsemble } from '../classifier/ensemble.js';
import { parseOptions } from '../classifier/settings.js';
import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { native } from '../native/binding.js';
import type { HeldOutLogits } from '../native/contract/training.js';
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
import { areaUnderCurve, rocCurve } from '../statistics/rank-statistics.js';
import { versions } from '../versions.js';
import { type DensityRatioWeights, densityRatioWeights } from '../weights/density-ratio.js';
import { compareObservables } from './observable-comparison.js';
import type { EvaluationResult, EvaluationSettings, TrainingSummary } from './result.js';
import { type EvaluationChoices, type EvaluationOptions, evaluationSchema } from './settings.js';
import { Stopwatch } from './stopwatch.js';
import { verdictOn } from './verdict.js';
import { outcomeWarnings, sizeWarnings } from './warnings.js';
import { weightCalibration, weightHistograms } from './weight-distributions.js';

export interface EvaluateOptions extends EvaluationOptions, ComputeOptions {
  /** Keeps checkpoints, so that the training can be gone on with after whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
}

/** What one sample got, one entry a row of its file. */
export interface SampleWeights {
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
  const computer = computerFor({ threads, device, devices });
  const run: ComputeOptions = { signal, threads, device, devices };
  const watch = new Stopwatch();

  const warnings = [...(await reference.oddities(generated, run))];
  const samples = {
    reference: reference.record('reference'),
    generated: generated.record('generated'),
  };
  watch.lap('checking the samples');

  const fitted = await crossFit(reference, generated, input, choices, {
    signal,
    computer,
    onProgress,
    checkpoint,
  });
  watch.lap('training');
  try {
    const assessment = await assess(reference, generated, input, fitted, choices, run);
    watch.lap('weights and observables');
    const { auc, memberAucs, health, ...parts } = assessment;
    const training = trainingSummary(fitted, choices.members, assessment.memberSpread);
    warnings.push(...sizeWarnings(reference, generated, choices.folds, training.parameters));
    warnings.push(...outcomeWarnings(auc, memberAucs, health));
    const result: EvaluationResult = {
      format: 'caloscope-evaluation',
      formatVersion: 1,
      verdict: verdictOn(auc, samples.reference.toy || samples.generated.toy),
      auc,
      roc: parts.roc,
      warnings,
      samples,
      weights: { rule: choices.ensembleRule, ...health },
      calibration: parts.calibration,
      observables: parts.observables,
      training,
      settings: settingsRecord(input, choices, fitted),
      histograms: parts.histograms,
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
      reference: { ...fitted.reference, logWeights: parts.logWeights.reference },
      generated: { ...fitted.generated, logWeights: parts.logWeights.generated },
      ensemble: fitted.ensemble,
    };
  } catch (error) {
    fitted.ensemble.dispose();
    throw error;
  }
}

/** All that follows from the logits. */
async function assess(
  reference: Sample,
  generated: Sample,
  input: InputDescription,
  fitted: CrossFitResult,
  choices: EvaluationChoices,
  run: ComputeOptions,
) {
  const { ensembleRule: rule, members } = choices;
  const clip = choices.clip ?? undefined;
  const weigh = (held: HeldOutLogits, role: 'reference' | 'generated') =>
    densityRatioWeights({ logits: held.logits, members }, { ...run, rule, clip, role });
  const inReference = await weigh(fitted.reference, 'reference');
  const inGenerated = await weigh(fitted.generated, 'generated');
  const auc = await areaUnderCurve(inReference.logWeights, inGenerated.logWeights, run);
  const memberAucs: number[] = [];
  for (let member = 0; member < members; member++) {
    const { value } = await areaUnderCurve(
      memberLogits(fitted.reference, member),
      memberLogits(fitted.generated, member),
      run,
    );
    memberAucs.push(value);
  }
  const weights = finiteWeights(inGenerated);
  const { threshold } = inputSettings(input);
  const compared = await compareObservables(reference, generated, weights, { ...run, threshold });
  const histograms: Record<string, UhiHistogram> = {
    ...(await weightHistograms(inReference.values, 'reference', run)),
    ...(await weightHistograms(inGenerated.values, 'generated', run)),
    ...compared.histograms,
  };
  return {
    auc,
    memberAucs,
    roc: await rocCurve(inReference.logWeights, inGenerated.logWeights, run),
    health: { reference: inReference.health, generated: inGenerated.health },
    memberSpread: inGenerated.memberSpread,
    calibration: await weightCalibration(inReference.values, inGenerated.values, run),
    observables: compared.comparisons,
    histograms,
    logWeights: { reference: inReference.logWeights, generated: inGenerated.logWeights },
  };
}

function memberLogits({ fold, logits }: HeldOutLogits, member: number): Float32Array {
  return logits.subarray(member * fold.length, (member + 1) * fold.length);
}

/** Weights for histograms, which take finite ones only: the others are left out (and counted in the health). */
function finiteWeights({ values }: DensityRatioWeights): Float64Array {
  return values.map((weight) => (Number.isFinite(weight) ? weight : 0));
}

function trainingSummary(
  fitted: CrossFitResult,
  members: number,
  memberSpread: number | null,
): TrainingSummary {
  return {
    parameters: fitted.ensemble.parameters,
    networks: fitted.records.map((record, i) => ({
      fold: Math.floor(i / members),
      member: i % members,
      ...record,
    })),
    memberSpread,
  };
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
    seed: choices.seed,
    ensembleRule: choices.ensembleRule,
    network: { hidden, activation, slope, dropout },
    training: { optimiser: 'AdamW', ...training, batchSize: fitted.batchSize },
  };
}
