import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type { NativePermutedZ } from '../native/contract/training.js';
import { callNative, type JobOptions, runJob } from '../native/run-job.js';
import type { Ranks } from '../ranks/ranks.js';
import { type CheckpointFolder, nativeFolder } from './checkpoints.js';
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
  const own = await shareOf(prepared, permutations, options);
  const { ranks } = prepared;
  const shares = ranks ? ((await ranks.toFirst(own)) as Uint8Array[]) : [own];
  const permuted = shares.flatMap((share) => [...new Float64Array(share.slice().buffer)]);
  const reached = permuted.filter((one) => one >= z).length;
  const resolution = 1 / (permutations + 1);
  return { permutations, reached, pValue: (1 + reached) * resolution, resolution };
}

/**
 * What a rank beside the first does of a permutation test: its share, which it sends to the first.
 *
 * @throws what {@link permutationTest} throws.
 */
export async function takeShareOfPermutations(
  prepared: PreparedFitting,
  ranks: Ranks,
  permutations: number,
  options: PermutationOptions,
): Promise<void> {
  await ranks.toFirst(await shareOf(prepared, permutations, options));
}

/** z of the labellings that are this rank's, or all: the bytes of float64 numbers. */
async function shareOf(
  { handle, plan, computer, ranks }: PreparedFitting,
  permutations: number,
  options: PermutationOptions,
): Promise<Uint8Array> {
  const share = ranks?.share() ?? { taken: Uint8Array.of(1), before: 0 };
  const checkpoint = nativeFolder(options.checkpoint, ranks);
  const { z } = await runJob<NativePermutedZ>(
    (notify) => native().permutedZ(handle, plan, permutations, share, checkpoint, computer, notify),
    options,
  );
  ranks?.deal(permutations);
  return new Uint8Array(z.buffer, z.byteOffset, z.byteLength);
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
