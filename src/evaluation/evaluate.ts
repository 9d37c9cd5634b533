import {
  type CheckpointFolder,
  type CheckpointOptions,
  parseCheckpoint,
  partOf,
} from '../classifier/checkpoints.js';
import { type CrossFitResult, type PreparedFitting, prepareFitting } from '../classifier/cross-fitting.js';
import type { ClassifierEnsemble } from '../classifier/ensemble.js';
import {
  permutationTest,
  requireLabellings,
  takeShareOfPermutations,
} from '../classifier/permutation-test.js';
import { requirePresetFits } from '../classifier/presets.js';
import { trainingChoices } from '../classifier/settings.js';
import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type { SampleRole } from '../native/contract/statistics.js';
import { type ComputeOptions, type Computer, computerFor } from '../native/devices.js';
import type { MemberLogits } from '../native/member-logits.js';
import { callNative } from '../native/run-job.js';
import type { RankFact, Ranks } from '../ranks/ranks.js';
import { type GivenSample, holdSample, requireChoices, sampleOf } from '../samples/kinds.js';
import { type ExaminedInput, type ExaminedPair, examinePair } from '../samples/pair.js';
import type { Observable, Sample } from '../samples/sample.js';
import { inputsOf } from '../samples/sample-inputs.js';
import { resultFormatVersion, versions } from '../versions.js';
import { requireConditions } from './analyses/conditions.js';
import { weightNames } from './analyses/weights.js';
import { runAnalyses } from './analyses.js';
import { type HeldOutPair, heldOutPair } from './held-out-pair.js';
import { bytesOfEvaluation } from './memory-need.js';
import { type ExaminedNull, examineNull } from './null-pair.js';
import { observableColumns } from './observable-columns.js';
import { columnsOf, type ObservableColumn, requireUsable } from './own-observables.js';
import { repeatTraining, seedsOf, takeShareOfRepeats } from './repeated-trainings.js';
import type { EvaluationResult, EvaluationSettings } from './result.js';
import { Scores } from './scores.js';
import { type EvaluationChoices, type EvaluationOptions, evaluationSchema } from './settings.js';
import { Stopwatch } from './stopwatch.js';
import { blindness, verdictOn } from './verdict.js';

export interface EvaluateOptions extends EvaluationOptions, ComputeOptions {
  /**
   * A second, independent reference sample: the same training tells it from the reference, and its AUC stands beside that
   * of the generated sample. Rows beyond as many as the generated sample has are left out, evenly over them.
   */
  readonly null?: GivenSample | undefined;
  /** Keeps checkpoints, so that the training can be resumed, whatever ended the process. */
  readonly checkpoint?: CheckpointOptions | undefined;
  /** @internal This process is the first of several that share the trainings; the others call {@link takeShare}. */
  readonly ranks?: Ranks | null;
}

/** What one sample got, one entry a row of its file, but for copies that were left out; with a split, the held-out rows. */
export interface SampleWeights {
  /** The row of each entry in the file; null: entry i is row i. */
  readonly sourceRows: Float64Array | null;
  /** ln w, w = p_reference/p_generated; calibrated where that was asked for. */
  readonly logWeights: Float64Array;
  /** Its standard error before any calibration: sampling of the rows that were trained with, and training; bias is not in it. */
  readonly logWeightErrors: Float64Array;
  /** Of each learner, the mean of members that never saw the row. */
  readonly logits: MemberLogits<Float32Array>;
  readonly fold: Uint16Array;
  /** With which each row counts; null: each counts 1. */
  readonly rowWeights: Float64Array | null;
  /** Conditions and observables that were compared. */
  readonly observables: readonly RowValues[];
}

/** What a number of each row is, and its values; NaN: the row has none. */
export interface RowValues extends Observable {
  readonly values: Float64Array;
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
 * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE (samples that do not fit together), ERR_TOO_FEW_ROWS; CaloscopeError ERR_MEMORY, before
 * anything is trained; NativeError
 * ERR_TRAINING, ERR_INCIDENT_ENERGY, ERR_CHECKPOINT, ERR_OUTPUT (of a checkpoint), ERR_DEVICE; `signal.reason` when aborted.
 */
export async function evaluate(
  reference: GivenSample,
  generated: GivenSample,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const samples = [sampleOf(reference), sampleOf(generated)] as const;
  using _reference = holdSample(reference);
  using _generated = holdSample(generated);
  using _null = options?.null ? holdSample(options.null) : null;
  return await evaluateSamples(samples, options);
}

/**
 * @internal What a rank beside the first does of an evaluation: its share of all that is trained.
 *
 * @throws what {@link evaluate} throws.
 */
export async function takeShare(
  reference: GivenSample,
  generated: GivenSample,
  { ranks, ...options }: EvaluateOptions & { readonly ranks: Ranks },
): Promise<void> {
  const given = [sampleOf(reference), sampleOf(generated)] as const;
  using made = await prepare(given, { ...options, ranks });
  const { prepared, examined, checkpoint, choices, run } = made;
  const { signal } = run;
  const { permutations, repeats, seed } = choices;
  await prepared.takeShare(ranks, { signal, checkpoint, ofResult: true });
  await examined?.takeShare(ranks, { signal, checkpoint: await partOf(checkpoint, 'null') });
  await takeShareOfRepeats(prepared, ranks, seedsOf(seed, repeats), { signal, checkpoint });
  if (permutations === 0) return;
  const part = await partOf(checkpoint, 'permutations');
  await takeShareOfPermutations(prepared, ranks, permutations, { signal, checkpoint: part });
}

/** Samples that were looked at, and all that trainings are made of. */
interface PreparedEvaluation extends Disposable {
  readonly choices: EvaluationChoices;
  readonly checkpoint: CheckpointFolder | null;
  readonly pair: ExaminedPair;
  readonly own: readonly ObservableColumn[];
  readonly prepared: PreparedFitting;
  readonly examined: ExaminedNull | null;
  readonly computer: Computer;
  readonly run: ComputeOptions;
  readonly watch: Stopwatch;
}

async function prepare(
  given: readonly [Sample, Sample],
  options: EvaluateOptions,
): Promise<PreparedEvaluation> {
  const {
    signal,
    onProgress: _,
    threads,
    device,
    devices,
    checkpoint: kept,
    null: second,
    ranks = null,
    ...rest
  } = options;
  const choices = trainingChoices(evaluationSchema, rest);
  const checkpoint = parseCheckpoint(kept);
  const taken = [...given[0].observables().map(({ name }) => name), ...Object.values(weightNames)];
  requireUsable(choices.observables, given[0], taken);
  requireConditions(choices.by, given[0]);
  requireChoices(given[0], rest);
  requireRowsToCalibrate(choices, given);
  await ranks?.agree(filesOf([...given, ...(second ? [sampleOf(second)] : [])]));
  const computer = computerFor({ threads, device, devices });
  const run: ComputeOptions = { signal, threads, device, devices };
  const watch = new Stopwatch();
  const made: Disposable[] = [];
  const dispose = () => {
    for (const one of made.reverse()) one[Symbol.dispose]();
  };
  try {
    const pair = await examinePair(...given, choices, run);
    made.push(pair);
    const { reference, generated, input, settings, paired } = pair;
    if (choices.preset) requirePresetFits(choices.preset, settings.geometry);
    watch.lap('checking the samples');
    // Before the training: a mistake in the user's function must not cost one.
    const own = await columnsOf(choices.observables, { reference, generated }, settings.threshold, signal);
    if (own.length > 0) watch.lap('own observables');
    const prepared = await prepareFitting(reference, generated, input, choices, {
      signal,
      computer,
      paired,
      besideBytes: bytesOfEvaluation(reference, generated),
      ranks,
    });
    made.push(prepared);
    if (choices.permutations > 0) requireLabellings(prepared, choices.permutations);
    const examined = second
      ? await examineNull(reference, sampleOf(second), generated.rows, choices, { ...run, computer, ranks })
      : null;
    if (examined) made.push(examined);
    watch.lap('features');
    return {
      choices,
      checkpoint,
      pair,
      own,
      prepared,
      examined,
      computer,
      run,
      watch,
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** What all ranks must have read alike. */
function filesOf(samples: readonly Sample[]): RankFact[] {
  return samples.flatMap((sample) => {
    const { files, rows, noun, source } = sample.origin('reference');
    const checksums = files.map(({ source: file, sha256 }) => ({
      what: `the SHA-256 of ${file}`,
      value: sha256,
    }));
    return [...checksums, { what: `the number of ${noun} of ${source}`, value: String(rows) }];
  });
}

async function evaluateSamples(
  given: readonly [Sample, Sample],
  options: EvaluateOptions,
): Promise<Evaluation> {
  using made = await prepare(given, options);
  const { choices, checkpoint, pair, own, prepared, examined, computer, run, watch } = made;
  const { signal, onProgress } = options;
  const { reference, generated, input, settings, records: samples, warnings: oddities } = pair;
  const { permutations, repeats } = choices;
  const fitted = await prepared.fit({
    signal,
    onProgress,
    checkpoint,
    warnings: oddities,
    inputs: inputsOf(samples),
    ofResult: true,
  });
  watch.lap('training');
  try {
    const training = { ...run, onProgress };
    const nullPair = examined && (await examined.train(await partOf(checkpoint, 'null'), training));
    if (nullPair) watch.lap('null sample');
    const repeated =
      repeats > 1
        ? await repeatTraining(prepared, seedsOf(choices.seed, repeats), fitted, { ...training, checkpoint })
        : null;
    if (repeated) watch.lap('repeated trainings');
    const permuted =
      permutations > 0
        ? await permutationTest(prepared, permutations, fitted.test.z, {
            signal,
            onProgress,
            checkpoint: await partOf(checkpoint, 'permutations'),
          })
        : null;
    if (permuted) watch.lap('permutations');
    using scores = await Scores.of(fitted, choices, run);
    watch.lap('weights');
    using heldOut = await heldOutPair({ reference, generated }, own, fitted, { signal });
    const compared = { reference: heldOut.reference, generated: heldOut.generated, input };
    const observables = heldOut.reference.compared(heldOut.generated);
    const columns = await observableColumns(observables, compared, heldOut.own, run);
    watch.lap('observables');
    const found = await runAnalyses({
      ...compared,
      fitted,
      permuted,
      nullPair,
      repeats: repeated,
      scores,
      choices,
      columns,
      run,
    });
    watch.lap('analyses');
    const ofNull = examined?.warnings ?? [];
    const { auc, roc, ...parts } = found.parts;
    const toy = samples.reference.toy || samples.generated.toy;
    const evidence = { ...found.parts, classifierPValue: auc.pValue, toy, noun: reference.noun };
    const result: EvaluationResult = {
      format: 'caloscope-evaluation',
      formatVersion: resultFormatVersion,
      verdict: verdictOn(evidence),
      auc,
      roc,
      warnings: [...oddities, ...ofNull, ...fitted.sizeWarnings, ...found.warnings, ...blindness(evidence)],
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
        ranks: options.ranks?.ranks ?? 1,
        timings: watch.laps,
        analyses: found.costs,
      },
    };
    return {
      result,
      reference: weightsOf('reference', fitted, scores, heldOut, columns),
      generated: weightsOf('generated', fitted, scores, heldOut, columns),
      ensemble: fitted.ensemble,
    };
  } catch (error) {
    fitted.ensemble.dispose();
    throw error;
  }
}

/** @throws ArgumentError ERR_ARGUMENT. */
function requireRowsToCalibrate({ calibration }: EvaluationChoices, samples: readonly Sample[]): void {
  const negative = samples.some(({ rowWeights }) => rowWeights?.some((weight) => weight < 0));
  if (calibration === null || !negative) return;
  const message =
    'calibration: ln w of rows with weights below 0 is not calibrated, as their shares are no probabilities; leave it out';
  throw new ArgumentError('ERR_ARGUMENT', message);
}

function weightsOf(
  role: SampleRole,
  fitted: CrossFitResult,
  scores: Scores,
  samples: Pick<HeldOutPair, SampleRole>,
  columns: readonly ObservableColumn[],
): SampleWeights {
  const { fold, logits, logRatioErrors } = fitted[role];
  const observables = columns.map((column) => ({ ...column.observable, values: column[role] }));
  // The incident energy is both.
  const conditions = samples[role]
    .conditions()
    .filter(({ label }) => !observables.some((observable) => observable.label === label))
    .map(({ key: name, label, unit, values }) => ({ name, label, unit, values }));
  return {
    sourceRows: samples[role].sourceRows,
    fold,
    logits: { values: logits, members: fitted.learners.length, rows: fold.length },
    logWeights: scores[role].logWeights,
    logWeightErrors: logRatioErrors,
    rowWeights: scores.rowWeights(role),
    observables: [...conditions, ...observables],
  };
}

function settingsRecord(
  input: ExaminedInput,
  choices: EvaluationChoices,
  fitted: CrossFitResult,
): EvaluationSettings {
  const { hidden, activation, slope, dropout, validationFraction, ...training } = choices.classifier;
  const { geometry, geometryReason, features, threshold, thresholdReason, conditions } = input;
  return {
    geometry,
    geometryReason,
    features,
    featureCount: fitted.ensemble.inputs,
    threshold,
    thresholdReason,
    conditions,
    preset: choices.preset,
    folds: choices.split ? null : choices.folds,
    split: choices.split,
    members: choices.members,
    learners: fitted.learners.map(({ name }) => name),
    whitening: choices.whitening,
    seed: choices.seed,
    calibration: choices.calibration,
    select: choices.select,
    repeated: choices.repeated,
    network: { hidden, activation, slope, dropout },
    training: {
      optimiser: 'AdamW',
      ...training,
      ...(choices.split === null && { validationFraction }),
      batchSize: fitted.batchSize,
    },
  };
}
