import type { ComputeOptions } from '../native/devices.js';
import { RankedScores } from '../statistics/rank-statistics.js';
import type { BeforeAndAfter } from './before-and-after.js';
import type { ObservableColumn } from './own-observables.js';

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

/** What the order of the values says of both samples; NaN after the weights where no weight is left. */
export async function rankDistances(
  column: Pick<ObservableColumn, 'reference' | 'generated'>,
  weights: Float64Array,
  run: ComputeOptions,
): Promise<RankDistances> {
  const [reference, generated] = [ordered(column.reference), ordered(column.generated)];
  const distancesOf = async (generatedWeights?: Float64Array) => {
    using ranked = await RankedScores.of(reference, generated, { ...run, generatedWeights });
    const { value, standardError } = await ranked.areaUnderCurve(run);
    const { statistic, pValue } = await ranked.kolmogorovSmirnov(run);
    return { auc: { value, standardError }, distance: { value: statistic, pValue } };
  };
  const before = await distancesOf();
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const usable = squares > 0 && Number.isFinite(squares);
  const after = usable ? await distancesOf(weights) : nothingLeft;
  return {
    auc: { generated: before.auc, reweighted: after.auc },
    distance: { generated: before.distance, reweighted: after.distance },
  };
}

/** Values that have an order: NaN counts as one above all others. */
export function ordered(values: Float64Array): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  return values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
}
