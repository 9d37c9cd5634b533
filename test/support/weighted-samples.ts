import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample, normalNumbers } from './gaussian-samples.js';

/** Distance from 0 within which a standard normal number is with these chances: scipy 1.17.1, norm.ppf((1 + p)/2). */
const within = { 0.1: 0.12566134685507416, 0.3: 0.38532046640756773 } as const;

/**
 * Rows drawn where x0 is normal about 0.5, with weights that make x0 normal about 0; x1 to x3 are standard normal. With `signs` a
 * fifth of the rows and more where x0 is large have negative weights, and the others larger ones.
 */
export function weightedSample(rows: number, seed: number, signs = false): MatrixSample {
  const sample = gaussianSample(rows, [0.5, 0, 0, 0], seed);
  const normal = normalNumbers(seed + 1_000_000);
  const weights = Float64Array.from({ length: rows }, (_, row) => {
    const x = sample.values[4 * row] as number;
    const weight = Math.exp(-0.5 * x + 0.125);
    if (!signs) return weight;
    // Negative with the chance p, then −weight/2, otherwise so much that the mean is the weight.
    const p = x > 0 ? 0.3 : 0.1;
    const isNegative = Math.abs(normal()) < within[p];
    return isNegative ? -weight / 2 : (weight * (1 + p / 2)) / (1 - p);
  });
  return { ...sample, weights };
}
