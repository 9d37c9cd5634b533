import { type CheckpointFolder, partOf } from '../classifier/checkpoints.js';
import type { CrossFitResult, PreparedFitting, ShareOptions } from '../classifier/cross-fitting.js';
import type { ComputeOptions } from '../native/devices.js';
import type { Ranks } from '../ranks/ranks.js';
import { mean, meanArea } from './mean-area.js';

/** The AUC of several trainings that share nothing but the rows: initial values, order of rows and folds or split are drawn anew. */
export interface RepeatedTrainings {
  /** The first is that of the result. */
  readonly trainings: number;
  /** Each training is what its seed alone gives. */
  readonly seeds: readonly number[];
  /** One a training. */
  readonly values: readonly number[];
  readonly mean: number;
  /**
   * Standard deviation of the values: what training and division of the rows add. What other rows would change is in none of
   * them, as all have the same.
   */
  readonly spread: number;
}

/** The seeds of so many trainings, from that of the first on. */
export function seedsOf(first: number, trainings: number): number[] {
  const step = first <= Number.MAX_SAFE_INTEGER - trainings ? 1 : -1;
  return Array.from({ length: trainings }, (_, i) => first + step * i);
}

/**
 * Trains anew with every seed but the first.
 *
 * @param first what was fitted with the first seed.
 * @throws what {@link PreparedFitting.fit} throws.
 */
export async function repeatTraining(
  prepared: PreparedFitting,
  seeds: readonly number[],
  first: CrossFitResult,
  { checkpoint, ...run }: ComputeOptions & { readonly checkpoint: CheckpointFolder | null },
): Promise<RepeatedTrainings> {
  const values = [(await meanArea(first, run)).value];
  for (const [i, seed] of seeds.entries()) {
    if (i === 0) continue;
    const { signal, onProgress } = run;
    const part = await partOfRepeat(checkpoint, i);
    const options = { signal, onProgress, checkpoint: part, warnings: [], inputs: [], seed };
    const fitted = await prepared.fit(options);
    fitted.ensemble.dispose();
    values.push((await meanArea(fitted, run)).value);
  }
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const spread = Math.sqrt(squares / (values.length - 1));
  return { trainings: values.length, seeds, values, mean: average, spread };
}

/** What a rank beside the first does of them. */
export async function takeShareOfRepeats(
  prepared: PreparedFitting,
  ranks: Ranks,
  seeds: readonly number[],
  { checkpoint = null, signal }: ShareOptions,
): Promise<void> {
  for (const [i, seed] of seeds.entries()) {
    if (i === 0) continue;
    const part = await partOfRepeat(checkpoint, i);
    await prepared.takeShare(ranks, { signal, checkpoint: part, seed });
  }
}

function partOfRepeat(checkpoint: CheckpointFolder | null, repeat: number): Promise<CheckpointFolder | null> {
  return partOf(checkpoint, `repeat-${repeat + 1}`);
}
