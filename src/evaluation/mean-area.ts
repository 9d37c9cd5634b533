import type { CrossFitResult, HeldOutSample } from '../classifier/cross-fitting.js';
import { eventLoopTurn } from '../event-loop.js';
import type { ComputeOptions } from '../native/devices.js';
import { weightSummary } from '../samples/row-weights.js';
import { type AreaUnderCurve, areaUnderCurve } from '../statistics/rank-statistics.js';
import { rankingWeights } from './ranking-weights.js';

/** What was held out, of both samples. */
type HeldOut = Pick<CrossFitResult, 'reference' | 'generated'>;

/** A column of scores of the rows that were held out. */
export interface ScoreColumn {
  readonly reference: Float32Array | Float64Array;
  readonly generated: Float32Array | Float64Array;
}

/** The area under the curve of each fold; a split has one. */
export async function foldAreas(
  { reference, generated }: HeldOut,
  scores: ScoreColumn,
  run: ComputeOptions,
): Promise<AreaUnderCurve[]> {
  const folds = reference.fold.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  const areas: AreaUnderCurve[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const inFold = <Numbers extends Float32Array | Float64Array>(values: Numbers, sample: HeldOutSample) =>
      values.filter((_, row) => sample.fold[row] === fold) as Numbers;
    const weightsOf = (sample: HeldOutSample) => sample.rowWeights && inFold(sample.rowWeights, sample);
    const weights = rankingWeights(weightsOf(reference), weightsOf(generated));
    const [first, second] = [inFold(scores.reference, reference), inFold(scores.generated, generated)];
    areas.push(await areaUnderCurve(first, second, { ...run, ...weights }));
    await eventLoopTurn();
  }
  return areas;
}

/** The mean over the folds of P(score_ref > score_gen) + ½ P(=). */
export interface MeanArea {
  readonly value: number;
  /** See {@link SeparationSummary.standardError}. */
  readonly standardError: number;
  /** √((n + m + 1)/(12 n m)), of rows with weights that of their effective numbers (Σv)²/Σv². */
  readonly nullStandardDeviation: number;
  readonly folds: readonly number[];
}

export async function meanArea(fitted: HeldOut, run: ComputeOptions): Promise<MeanArea> {
  const { reference, generated } = fitted;
  const areas = await foldAreas(fitted, { reference: reference.scores, generated: generated.scores }, run);
  const folds = areas.map((fold) => fold.value);
  const value = mean(folds);
  const [n, m] = [effectiveRows(reference), effectiveRows(generated)];
  const nullStandardDeviation = Math.sqrt((n + m + 1) / (12 * n * m));
  const error = standardError(areas, nullStandardDeviation, noiseOf(fitted));
  return { value, standardError: error, nullStandardDeviation, folds };
}

function effectiveRows({ rowWeights, fold }: HeldOutSample): number {
  return weightSummary(rowWeights)?.effectiveRows ?? fold.length;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What the training adds to the variance of the area where scores are noise, in σ₀². */
const ofNoise = 1.5;

/**
 * ρ²/(1 + ρ²), ρ what other rows to train with would change in ln w, its mean squared error, over the variance of ln w: 1 where
 * the scores are noise, 0 where any training gives the same ones.
 */
function noiseOf({ reference, generated }: HeldOut): number {
  const both = [reference, generated];
  const center = mean(both.map(({ logRatios }) => average(logRatios, (x) => x)));
  const signal = mean(both.map(({ logRatios }) => average(logRatios, (x) => (x - center) ** 2)));
  const noise = mean(both.map(({ logRatioErrors }) => average(logRatioErrors, (x) => x ** 2)));
  return signal > 0 ? 1 / (1 + (signal / noise) ** 2) : 1;
}

function average(values: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += of(values[row] as number);
  return sum / values.length;
}

/** The rows of one block are scored by what was fitted without them, once: what another training would say is not in it. */
function standardError(folds: readonly AreaUnderCurve[], nullDeviation: number, noise: number): number {
  const ofRows = folds.reduce((sum, fold) => sum + fold.standardError ** 2, 0) / folds.length ** 2;
  const ofTraining = folds.length === 1 ? 0 : ofNoise * noise;
  return Math.sqrt(ofRows + ofTraining * nullDeviation ** 2);
}
