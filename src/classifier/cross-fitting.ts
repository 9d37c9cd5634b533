import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type { CrossFitted, NativePlan } from '../native/contract/training.js';
import type { Computer } from '../native/devices.js';
import { type JobOptions, runJob } from '../native/run-job.js';
import { columnRanges } from '../samples/column-ranges.js';
import { featureNames, type InputDescription, makeFeatures } from '../samples/kinds.js';
import type { PairedRows } from '../samples/paired-rows.js';
import type { Sample } from '../samples/sample.js';
import type { Warning } from '../warnings.js';
import type { CheckpointFolder } from './checkpoints.js';
import { ClassifierEnsemble } from './ensemble.js';
import { batchSizeFor, type CrossFittingPlan } from './settings.js';

/** What the core gives, with the ensemble as users have it. */
export interface CrossFitResult extends Omit<CrossFitted, 'ensemble'> {
  readonly ensemble: ClassifierEnsemble;
  readonly batchSize: number;
}

export interface CrossFitOptions extends JobOptions {
  readonly computer: Computer;
  readonly checkpoint?: CheckpointFolder | null;
  /** What is odd about the samples, for the description of the ensemble. */
  readonly warnings: readonly Warning[];
  /** Rows that were made for the same conditions: partners stay in one fold. */
  readonly paired?: PairedRows | null;
  /** 0: the labels are those of the samples; otherwise permuted within each fold, for each number differently. */
  readonly permutation?: number;
}

/**
 * Fits learners to tell the samples apart (reference is label 1) and scores every row with members that never saw it. The
 * classes are balanced in the loss, so a logit is ln(p_reference/p_generated) whatever the sizes.
 *
 * @throws NativeError ERR_TOO_FEW_ROWS, ERR_SHAPE, ERR_TRAINING, ERR_CHECKPOINT, ERR_OUTPUT (of a checkpoint);
 * `signal.reason` when aborted.
 */
export async function crossFit(
  reference: Sample,
  generated: Sample,
  input: InputDescription,
  plan: CrossFittingPlan,
  options: CrossFitOptions,
): Promise<CrossFitResult> {
  requireRows(reference, 'reference', plan.folds);
  requireRows(generated, 'generated', plan.folds);
  const quiet = { signal: options.signal, threads: options.computer.threads };
  using referenceFeatures = await makeFeatures(reference, input, quiet);
  using generatedFeatures = await makeFeatures(generated, input, quiet);
  const rows = reference.rows + generated.rows;
  const ranges = await columnRanges(referenceFeatures, generatedFeatures, rows, featureNames(input), quiet);
  const batchSize = batchSizeFor(plan.classifier, (rows * (plan.folds - 2)) / plan.folds);
  const fitted = await runJob<CrossFitted>(
    (notify) =>
      native().crossFit(
        referenceFeatures.handle,
        generatedFeatures.handle,
        nativePlan(plan, batchSize, options),
        options.checkpoint ?? null,
        options.computer,
        notify,
      ),
    options,
  );
  const { folds, members, seed, learners, whitening, classifier } = plan;
  const ensemble = ClassifierEnsemble.adopt(fitted.ensemble, {
    input,
    training: { folds, members, seed, learners, whitening, classifier: { ...classifier, batchSize } },
    records: fitted.records,
    ranges,
    warnings: options.warnings,
  });
  return { ...fitted, ensemble, batchSize };
}

/** Rows that each sample must have: two a fold. */
export function rowsNeeded(folds: number): number {
  return 2 * folds;
}

function requireRows(sample: Sample, name: string, folds: number): void {
  const needed = rowsNeeded(folds);
  if (sample.rows < needed) {
    throw new ArgumentError(
      'ERR_TOO_FEW_ROWS',
      `the ${name} sample has ${sample.rows} rows; ${folds} folds need at least ${needed}`,
    );
  }
}

function nativePlan(plan: CrossFittingPlan, batchSize: number, options: CrossFitOptions): NativePlan {
  const { folds, members, seed, learners, whitening: whiten, classifier } = plan;
  const { paired = null, permutation = 0 } = options;
  const groups = paired ? joined(paired.reference, paired.generated) : new Uint32Array(0);
  const hidden = Uint32Array.from(classifier.hidden);
  return {
    ...classifier,
    folds,
    members,
    seed,
    learners,
    whiten,
    groups,
    permutation,
    batchSize,
    hidden,
  };
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
