import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import { callNative, type JobOptions, runJob } from '../native/run-job.js';
import type { CheckpointFolder } from './checkpoints.js';
import type { PreparedFitting } from './cross-fitting.js';

/** The test of the classifiers, its null measured: labels permuted within the folds, everything trained again. */
export interface PermutationTest {
  /** R. */
  readonly permutations: number;
  /** Of them, those whose z is as large as that of the true labels. */
  readonly reached: number;
  /** (1 + reached)/(R + 1): exact, whatever the learners are. */
  readonly pValue: number;
  /** 1/(R + 1): permutations give no smaller p-value. */
  readonly resolution: number;
}

export interface PermutationOptions extends JobOptions {
  /** Where the permutations that are done are kept, and not done again. */
  readonly checkpoint?: CheckpointFolder | null;
}

/**
 * Permutes the labels R times, among rows that are alike but for the label: within each fold, and within groups of partners.
 *
 * @param z of the true labels.
 * @throws NativeError ERR_ARGUMENT for more permutations than there are labellings, ERR_TRAINING, ERR_CHECKPOINT, ERR_OUTPUT
 * (of a checkpoint); `signal.reason` when aborted.
 */
export async function permutationTest(
  prepared: PreparedFitting,
  permutations: number,
  z: number,
  options: PermutationOptions,
): Promise<PermutationTest> {
  const { checkpoint = null } = options;
  const permuted = await runJob<Float64Array>(
    (notify) =>
      native().permutedZ(prepared.handle, prepared.plan, permutations, checkpoint, prepared.computer, notify),
    options,
  );
  const reached = permuted.reduce((count, of) => count + (of >= z ? 1 : 0), 0);
  const resolution = 1 / (permutations + 1);
  return { permutations, reached, pValue: (1 + reached) * resolution, resolution };
}

/**
 * Small samples have few labellings: to be asked before anything is trained.
 *
 * @throws ArgumentError ERR_ARGUMENT; NativeError ERR_TOO_FEW_ROWS.
 */
export function requireLabellings({ rows, plan }: PreparedFitting, permutations: number): void {
  const known = callNative(() => native().labellings(rows.reference, rows.generated, plan));
  if (permutations < known) return;
  const message = `permutations: there are only ${known} labellings of these rows, ask for less than that`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}
