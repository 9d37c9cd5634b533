import type { ScoreOptions } from '../statistics/rank-statistics.js';

/** Weights of rows as statistics of ranks take them. */
export function rankingWeights(
  reference: Float64Array | null,
  generated: Float64Array | null,
): Pick<ScoreOptions, 'referenceWeights' | 'generatedWeights'> {
  return { referenceWeights: reference ?? undefined, generatedWeights: generated ?? undefined };
}
