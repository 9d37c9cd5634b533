import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type {
  CrossFitted,
  HeldOutLogits,
  NativePlan,
  NativeTrainingRecord,
} from '../native/contract/training.js';
import type { Computer } from '../native/devices.js';
import { type JobOptions, runJob } from '../native/run-job.js';
import { columnRanges } from '../samples/column-ranges.js';
import { featureNames, type InputDescription, makeFeatures } from '../samples/kinds.js';
import type { Sample } from '../samples/sample.js';
import type { Warning } from '../warnings.js';
import type { CheckpointFolder } from './checkpoints.js';
import { ClassifierEnsemble } from './ensemble.js';
import { batchSizeFor, type CrossFittingPlan } from './settings.js';

export interface CrossFitResult {
  readonly ensemble: ClassifierEnsemble;
  readonly records: readonly NativeTrainingRecord[];
  readonly batchSize: number;
  /** Of each sample: the fold of each row, and logits (members × rows) of networks that never saw the row. */
  readonly reference: HeldOutLogits;
  readonly generated: HeldOutLogits;
}

/**
 * Trains folds × members networks to tell the samples apart (reference is label 1) and scores every row with those that
 * never saw it. The classes are balanced in the loss, so a logit is ln(p_reference/p_generated) whatever the sizes.
 *
 * @throws NativeError ERR_TOO_FEW_ROWS, ERR_SHAPE, ERR_TRAINING, ERR_CHECKPOINT, ERR_OUTPUT (of a checkpoint);
 * `signal.reason` when aborted.
 */
export async function crossFit(
  reference: Sample,
  generated: Sample,
  input: InputDescription,
  plan: CrossFittingPlan,
  options: JobOptions & {
    readonly computer: Computer;
    readonly checkpoint?: CheckpointFolder | null;
    /** What is odd about the samples, for the description of the ensemble. */
    readonly warnings: readonly Warning[];
  },
): Promise<CrossFitResult> {
  requireRows(reference, 'reference', plan.folds);
  requireRows(generated, 'generated', plan.folds);
  const quiet = { signal: options.signal, threads: options.computer.threads };
  using referenceFeatures = await makeFeatures(reference, input, quiet);
  using generatedFeatures = await makeFeatures(generated, input, quiet);
  const rows = reference.rows + generated.rows;
  const names = featureNames(input);
  const ranges = await columnRanges(referenceFeatures, generatedFeatures, rows, names, quiet);
  const held = plan.folds === 1 ? 1 : (plan.folds - 1) / plan.folds;
  const batchSize = batchSizeFor(plan.classifier, rows * held);
  const fitted = await runJob<CrossFitted>(
    (notify) =>
      native().crossFit(
        referenceFeatures.handle,
        generatedFeatures.handle,
        nativePlan(plan, batchSize),
        options.checkpoint ?? null,
        options.computer,
        notify,
      ),
    options,
  );
  const { folds, members, seed, classifier } = plan;
  const ensemble = ClassifierEnsemble.adopt(fitted.ensemble, {
    input,
    training: { folds, members, seed, classifier: { ...classifier, batchSize } },
    records: fitted.records,
    ranges,
    warnings: options.warnings,
  });
  return { ...fitted, ensemble, batchSize };
}

/** Rows that each sample must have: every fold must leave one to train and one to validate with. */
export function rowsNeeded(folds: number): number {
  return folds === 1 ? 2 : Math.max(folds, 4);
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

function nativePlan({ folds, members, seed, classifier }: CrossFittingPlan, batchSize: number): NativePlan {
  return { ...classifier, folds, members, seed, batchSize, hidden: Uint32Array.from(classifier.hidden) };
}
