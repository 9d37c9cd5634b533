import type { ComputeOptions } from '../native/devices.js';
import { RankedScores } from '../statistics/rank-statistics.js';
import type { BeforeAndAfter } from './before-and-after.js';
import type { ObservableColumn } from './own-observables.js';
import { rankingWeights } from './ranking-weights.js';

export interface RankDistances {
  /** P(reference > generated) + ½ P(=); error of DeLong. */
  readonly auc: BeforeAndAfter<{ readonly value: number; readonly standardError: number }>;
  /** Kolmogorov–Smirnov. */
  readonly distance: BeforeAndAfter<{ readonly value: number; readonly pValue: number }>;
}

const nothingLeft = {
  auc: { value: Number.NaN, standardError: Number.NaN },
  distance: { value: Number.NaN, pValue: Number.NaN },
};

/** Weights with which rows count: of their own, null where each counts 1, and those of the reweighted generated sample. */
export interface ComparedWeights {
  readonly reference: Float64Array | null;
  readonly generated: Float64Array | null;
  readonly reweighted: Float64Array;
}

/** What the order of the values says of both samples; NaN after the weights where no weight is left. */
export async function rankDistances(
  column: Pick<ObservableColumn, 'reference' | 'generated'>,
  weights: ComparedWeights,
  run: ComputeOptions,
): Promise<RankDistances> {
  const [reference, generated] = [ordered(column.reference), ordered(column.generated)];
  const distancesOf = async (ofGenerated: Float64Array | null) => {
    const rowWeights = rankingWeights(weights.reference, ofGenerated);
    using ranked = await RankedScores.of(reference, generated, { ...run, ...rowWeights });
    const { value, standardError } = await ranked.areaUnderCurve(run);
    const { statistic, pValue } = await ranked.kolmogorovSmirnov(run);
    return { auc: { value, standardError }, distance: { value: statistic, pValue } };
  };
  const before = isUsable(weights.reference, weights.generated)
    ? await distancesOf(weights.generated)
    : nothingLeft;
  const after = isUsable(weights.reference, weights.reweighted)
    ? await distancesOf(weights.reweighted)
    : nothingLeft;
  return {
    auc: { generated: before.auc, reweighted: after.auc },
    distance: { generated: before.distance, reweighted: after.distance },
  };
}

/** Whether sums of the weights can be divided by. */
export function isUsable(...all: readonly (Float64Array | null)[]): boolean {
  return all.every((weights) => {
    if (weights === null) return true;
    const sum = weights.reduce((all, weight) => all + weight, 0);
    return sum > 0 && Number.isFinite(weights.reduce((all, weight) => all + weight * weight, 0));
  });
}

/** Values that have an order: NaN counts as one above all others. */
export function ordered(values: Float64Array): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  return values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
}
