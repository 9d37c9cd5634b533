import { weightsOfBoth } from '../../samples/row-weights.js';
import {
  largestDistance as distanceOfColumns,
  type LargestDistance,
} from '../../statistics/largest-distance.js';
import type { Analysis } from '../analysis.js';
import { shortP } from '../short-p.js';
import { testedColumns } from '../tested-columns.js';

/** One test of all observables together. */
export interface LargestDistanceTest {
  /**
   * Columns tested: observables, all columns of a table, for each of these whether it has a value where some rows have none,
   * and combinations of them in which both samples are narrow.
   */
  readonly columns: number;
  /** The column that is furthest apart, and its Kolmogorov–Smirnov distance. */
  readonly label: string;
  readonly distance: number;
  /**
   * R permutations of the labels, and how many of them reach the distance. Where rows have weights of their own, draws of random
   * signs for the rows in their place.
   */
  readonly permutations: number;
  readonly reached: number;
  /** 1/(R + 1): permutations give no smaller p-value. */
  readonly resolution: number;
  /**
   * Chance of a distance as large in any of the columns where the samples are equal: (1 + reached)/(R + 1); where no
   * permutation reaches it, and no row has a weight of its own, the bound `columns` × 2 exp(−2 D² nm/(n+m)) if that is smaller.
   */
  readonly pValue: number;
}

/** The largest distance of all columns, under permuted labels. */
export const largestDistance: Analysis<LargestDistanceTest> = {
  async run(context) {
    const { choices, run, reference, generated } = context;
    const columns = await testedColumns(context);
    const weights = weightsOfBoth(reference, generated);
    const weighted = weights.length > 0;
    const { signal, threads } = run;
    const options = { signal, threads, seed: choices.seed, weights: weighted ? weights : undefined };
    const found = await distanceOfColumns(columns, options);
    const { largest, permutations, reached, resolution, pValue } = found;
    const bound = weighted ? 1 : distanceBound(found, reference.rows, generated.rows);
    return {
      part: {
        columns: columns.length,
        label: columns[largest]?.label ?? '',
        distance: found.columns[largest]?.distance ?? 0,
        permutations,
        reached,
        resolution,
        pValue: reached === 0 ? Math.min(pValue, bound) : pValue,
      },
    };
  },
  summary({ columns, label, distance, permutations, pValue, resolution }) {
    return {
      heading: `All ${columns} columns together (largest Kolmogorov–Smirnov distance, ${permutations} permutations of the labels)`,
      rows: [
        [label, `D ${distance.toFixed(3)}`, `p ${shortP(pValue)} (resolution ${resolution.toPrecision(1)})`],
      ],
    };
  },
};

/** Bonferroni's with the inequality of Dvoretzky, Kiefer and Wolfowitz for two samples (Wei and Dudley, 2012). */
function distanceBound({ columns }: LargestDistance, n: number, m: number): number {
  const size = (n / (n + m)) * m;
  const distance = Math.max(...columns.map((column) => column.distance));
  return Math.min(1, columns.length * 2 * Math.exp(-2 * size * distance ** 2));
}
