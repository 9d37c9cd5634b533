import { chiSquareTail } from './chi-square-tail.js';
import { type BinContentsWithErrors, separationPower } from './histogram-comparison.js';

/** How far the shapes of two histograms are apart, all cells counted that are given: flow cells too. */
export interface ShapeComparison {
  /** ½ Σ (p − q)²/(p + q): 0 for equal shapes, 1 for disjoint ones. NaN where a histogram has no sum above 0. */
  readonly separation: number;
  /**
   * What `separation` is on average where the samples differ by chance alone: ¼ Σ (1 − π)(1/n + 1/m), at most Σ π; with what
   * the weights have in common, its variance over 4π more.
   */
  readonly noise: number;
  readonly chiSquare: {
    /**
     * Σ (p − q)²/(π (1/n + 1/m)), with what the weights have in common dᵀV⁻¹d of the full covariance; NaN where a histogram
     * has no sum above 0.
     */
    readonly value: number;
    /** Cells compared, after neighbors with few entries were put together; `bins` − 1 degrees of freedom. */
    readonly bins: number;
    readonly pValue: number;
  };
}

/** Entries that each sample must be expected to have in a cell, for χ² to be distributed as it should far into its tail. */
const fewestEntries = 10;

/** A cell of both histograms: sums and sums of squares of weights. */
interface Cell {
  readonly first: number;
  readonly firstSquares: number;
  readonly second: number;
  readonly secondSquares: number;
  /** See {@link compareShapes}. */
  readonly shared: readonly number[];
}

/** What equal shapes would have in a cell, and how many entries that is worth. */
interface Expectation {
  readonly difference: number;
  /** π: the share of both samples together. */
  readonly share: number;
  /** Sample sizes n and m, as the errors in this cell have them: entries of weight s = Σw²/Σw, (Σw of all)/s of them. */
  readonly sizes: readonly [number, number];
}

/**
 * Compares the shapes of two histograms of weights, cell by cell in the order given: neighbors are put together where few
 * entries are expected. Both are taken as samples of one density, as in Pearson's test of homogeneity, to which this comes
 * down where no row has a weight; with weights, a cell with Σw and Σw² counts as (Σw)²/Σw² entries of equal weight (Bohm and
 * Zech, Nucl. Instrum. Meth. A 748 (2014) 1).
 *
 * @param shared deviations d_k of the second histogram, cell by cell: Σ_k d_k d_kᵀ is the covariance that its cells have
 * beside that of their rows.
 */
export function compareShapes(
  first: BinContentsWithErrors,
  second: BinContentsWithErrors,
  shared: readonly Float64Array[] = [],
): ShapeComparison {
  const separation = separationPower(first.values, second.values);
  const nothing = { value: Number.NaN, bins: 0, pValue: Number.NaN };
  if (Number.isNaN(separation)) return { separation, noise: Number.NaN, chiSquare: nothing };
  const cells = Array.from(
    { length: first.values.length },
    (_, i): Cell => ({
      first: first.values[i] as number,
      firstSquares: first.variances[i] as number,
      second: second.values[i] as number,
      secondSquares: second.variances[i] as number,
      shared: shared.map((deviations) => deviations[i] as number),
    }),
  ).filter((cell) => cell.firstSquares > 0 || cell.secondSquares > 0);
  const all = cells.reduce(together);
  let noise = 0;
  for (const cell of cells) {
    const { share, sizes } = expectation(cell, all);
    const inCommon = shapeDeviations(cell, all).reduce((sum, s) => sum + s ** 2, 0);
    noise += Math.min(((1 - share) * (1 / sizes[0] + 1 / sizes[1]) + inCommon / share) / 4, share);
  }
  return { separation, noise, chiSquare: chiSquareOf(filledCells(cells, all), all) };
}

function chiSquareOf(cells: readonly Cell[], all: Cell): ShapeComparison['chiSquare'] {
  const replicas = all.shared.length;
  let value = 0;
  // Woodbury's identity; differences and deviations of shapes add up to 0, where the covariance of the rows is diagonal.
  const along = new Float64Array(replicas);
  const matrix = Array.from({ length: replicas }, (_, k) =>
    Float64Array.from({ length: replicas }, (_, l) => (k === l ? 1 : 0)),
  );
  for (const cell of cells) {
    const { difference, share, sizes } = expectation(cell, all);
    const variance = share * (1 / sizes[0] + 1 / sizes[1]);
    value += difference ** 2 / variance;
    const deviations = shapeDeviations(cell, all);
    for (const [k, row] of matrix.entries()) {
      const weighted = (deviations[k] as number) / variance;
      along[k] = (along[k] as number) + weighted * difference;
      for (const [l, deviation] of deviations.entries()) row[l] = (row[l] as number) + weighted * deviation;
    }
  }
  value -= quadraticOfInverse(matrix, along);
  return { value, bins: cells.length, pValue: chiSquareTail(value, cells.length - 1) };
}

/** What the shape q of the second histogram deviates by in a cell. */
function shapeDeviations(cell: Cell, all: Cell): number[] {
  const share = cell.second / all.second;
  return cell.shared.map((deviation, k) => (deviation - share * (all.shared[k] as number)) / all.second);
}

/** bᵀA⁻¹b of a positive definite matrix, which is overwritten, by Gaussian elimination. */
function quadraticOfInverse(matrix: readonly Float64Array[], b: Float64Array): number {
  let sum = 0;
  for (const [k, pivot] of matrix.entries()) {
    sum += (b[k] as number) ** 2 / (pivot[k] as number);
    for (let i = k + 1; i < matrix.length; i++) {
      const row = matrix[i] as Float64Array;
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j < matrix.length; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
      b[i] = (b[i] as number) - factor * (b[k] as number);
    }
  }
  return sum;
}

function expectation(cell: Cell, all: Cell): Expectation {
  const n = sizeOf(cell.first, cell.firstSquares, all.first, all.firstSquares);
  const m = sizeOf(cell.second, cell.secondSquares, all.second, all.secondSquares);
  const p = cell.first / all.first;
  const q = cell.second / all.second;
  return { difference: p - q, share: (p * n + q * m) / (n + m), sizes: [n, m] };
}

/** An empty cell tells no weight of its entries: that of the whole histogram. */
function sizeOf(sum: number, squares: number, allSum: number, allSquares: number): number {
  return sum > 0 && squares > 0 ? allSum * (sum / squares) : allSum * (allSum / allSquares);
}

/** Neighbors put together from the first cell on until enough entries are expected; what is left goes to the last. */
function filledCells(cells: readonly Cell[], all: Cell): Cell[] {
  const filled: Cell[] = [];
  let open: Cell | null = null;
  for (const cell of cells) {
    open = open === null ? cell : together(open, cell);
    const { share, sizes } = expectation(open, all);
    if (share * Math.min(...sizes) < fewestEntries) continue;
    filled.push(open);
    open = null;
  }
  if (open === null) return filled;
  const last = filled.pop();
  return [...filled, last === undefined ? open : together(last, open)];
}

function together(a: Cell, b: Cell): Cell {
  return {
    first: a.first + b.first,
    firstSquares: a.firstSquares + b.firstSquares,
    second: a.second + b.second,
    secondSquares: a.secondSquares + b.secondSquares,
    shared: a.shared.map((deviation, k) => deviation + (b.shared[k] as number)),
  };
}
