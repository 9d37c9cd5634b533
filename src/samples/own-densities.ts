import { ArgumentError } from '../errors.js';
import { fewestDraws } from '../layouts/own-density.js';
import { requireNumberArray } from '../native/number-array.js';

/** How well a Bayesian generator knows its own density p, one number a row each. */
export interface OwnDensities {
  /** σ/μ: half the width between the 15.9 and 84.1 % quantiles of the draws of p, over their median. */
  readonly relative: Float64Array;
  /** Standard deviation of ln p. */
  readonly logarithmic: Float64Array;
  /** Draws of the generator's network; null: its spread was given. */
  readonly draws: number | null;
}

/** Φ(−1) and Φ(1). */
const [lowest, highest] = [0.158655253931457, 0.841344746068543];

/**
 * From draws of ln p: rows × draws, each up to a constant of all rows. Quantiles are interpolated between ranks; the standard deviation
 * has draws − 1 below the line.
 *
 * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE for fewer than three draws, or numbers that are no whole rows.
 */
export function densitiesFromDraws(logDensities: Float64Array | Float32Array, draws: number): OwnDensities {
  requireNumberArray(logDensities, 'logDensities');
  if (!Number.isSafeInteger(draws) || draws < fewestDraws || logDensities.length % draws !== 0) {
    const message = `${logDensities.length} log-densities are not rows of ${draws} draws; there are rows × draws, at least ${fewestDraws} draws`;
    throw new ArgumentError('ERR_SHAPE', message);
  }
  const rows = logDensities.length / draws;
  const [relative, logarithmic] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const sorted = Float64Array.from(logDensities.subarray(row * draws, (row + 1) * draws)).sort();
    const center = sorted[draws >> 1] as number;
    const density = (share: number) => {
      const rank = share * (draws - 1);
      const at = (i: number) => Math.exp((sorted[Math.min(i, draws - 1)] as number) - center);
      const below = Math.floor(rank);
      return at(below) + (rank - below) * (at(below + 1) - at(below));
    };
    relative[row] = (density(highest) - density(lowest)) / 2 / density(0.5);
    logarithmic[row] = deviation(sorted);
  }
  return { relative, logarithmic, draws };
}

/**
 * From the standard deviation of ln p, whose draws are taken as normal: σ/μ = (eˢ − e⁻ˢ)/2.
 *
 * @throws ArgumentError ERR_ARGUMENT.
 */
export function densitiesFromSpread(spread: Float64Array): OwnDensities {
  if (!(spread instanceof Float64Array))
    throw new ArgumentError('ERR_ARGUMENT', 'spread must be a Float64Array');
  return { relative: spread.map(Math.sinh), logarithmic: spread.slice(), draws: null };
}

/** Of some of the rows. */
export function densitiesOfRows(densities: OwnDensities | null, rows: Float64Array): OwnDensities | null {
  if (densities === null) return null;
  const chosen = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] as number);
  const { relative, logarithmic, draws } = densities;
  return { relative: chosen(relative), logarithmic: chosen(logarithmic), draws };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
