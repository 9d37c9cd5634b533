import { native } from '../../native/binding.js';
import type { ProfileRecord, ProfileSumsRecord } from '../../native/contract/showers.js';
import { runJob } from '../../native/run-job.js';
import { threadsOf } from '../../native/threads.js';
import type { CellMeans, PictureOptions } from '../pictures.js';
import type { ShowerSample } from './shower-sample.js';

/** What showers of some weights have in the cells of profiles, one after the other. */
export interface WeighedCells {
  /** Σ w c of every cell. */
  readonly contents: Float64Array;
  /** (Σw)²/Σw² */
  readonly effectiveRows: number;
  /** m = Σwc/Σw with the variance n/(n − 1) Σw²(c − m)²/(Σw)² in cells from `first` on, n = effectiveRows; NaN where no weight is left. */
  means(first: number, cells: number): CellMeans;
  /**
   * Of the means of a profile whose products were summed, its cells from `first` and its pairs from `firstPair` on: that of i ≥ j at
   * i (i + 1)/2 + j.
   */
  covariance(first: number, cells: number, firstPair: number): Float64Array;
}

/** Sums over the showers with each column of weights, null for equal ones. */
export async function profileCells(
  showers: Pick<ShowerSample, 'handle' | 'rows'>,
  records: readonly ProfileRecord[],
  weights: readonly (Float64Array | null)[],
  options: PictureOptions,
): Promise<readonly WeighedCells[]> {
  const { threshold } = options;
  const threads = threadsOf(options);
  const sums = await runJob<readonly ProfileSumsRecord[]>(
    (notify) => native().profileSums(showers.handle, threshold, records, weights, threads, notify),
    options,
  );
  return sums.map((column, i) => weighed(column, weights[i] ?? new Float64Array(showers.rows).fill(1)));
}

function weighed(
  { contents, squareWeighted, squares, products }: ProfileSumsRecord,
  weights: Float64Array,
): WeighedCells {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const squareSum = weights.reduce((all, weight) => all + weight * weight, 0);
  const effectiveRows = (sum * sum) / squareSum;
  /** Of what rows scatter about their own mean. */
  const unbiased = effectiveRows / (effectiveRows - 1);
  const meanOf = (cell: number) => (contents[cell] as number) / sum;
  const errorOf = (cell: number) => {
    const mean = meanOf(cell);
    const square =
      (squares[cell] as number) - 2 * mean * (squareWeighted[cell] as number) + mean * mean * squareSum;
    return Math.sqrt(unbiased * Math.max(0, square)) / sum;
  };
  return {
    contents,
    effectiveRows,
    means(first, count) {
      const cells = Array.from({ length: count }, (_, i) => first + i);
      return { means: cells.map(meanOf), errors: cells.map(errorOf) };
    },
    covariance(first, count, firstPair) {
      const covariance = new Float64Array((count * (count + 1)) / 2);
      for (let i = 0, pair = 0; i < count; i++) {
        const [mean, squareMean] = [meanOf(first + i), squareWeighted[first + i] as number];
        for (let j = 0; j <= i; j++, pair++) {
          const other = meanOf(first + j);
          const product =
            (products[firstPair + pair] as number) -
            mean * (squareWeighted[first + j] as number) -
            other * squareMean +
            mean * other * squareSum;
          covariance[pair] = (unbiased * product) / sum ** 2;
        }
      }
      return covariance;
    },
  };
}
