import { chiSquareTail } from './chi-square-tail.js';
import { type BinContentsWithErrors, separationPower } from './histogram-comparison.js';

/** How far the shapes of two histograms are apart, all cells counted that are given: flow cells too. */
export interface ShapeComparison {
  /** ½ Σ (p − q)²/(p + q): 0 for equal shapes, 1 for disjoint ones. NaN where a histogram has no sum above 0. */
  readonly separation: number;
  /** What `separation` is on average where the samples differ by chance alone: ¼ Σ (1 − π)(1/n + 1/m), at most Σ π. */
  readonly noise: number;
  readonly chiSquare: {
    /** Σ (p − q)²/(π (1/n + 1/m)); NaN where a histogram has no sum above 0. */
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
 */
export function compareShapes(first: BinContentsWithErrors, second: BinContentsWithErrors): ShapeComparison {
  const separation = separationPower(first.values, second.values);
  const nothing = { value: Number.NaN, bins: 0, pValue: Number.NaN };
  if (Number.isNaN(separation)) return { separation, noise: Number.NaN, chiSquare: nothing };
  const cells = Array.from({ length: first.values.length }, (_, i) => ({
    first: first.values[i] as number,
    firstSquares: first.variances[i] as number,
    second: second.values[i] as number,
    secondSquares: second.variances[i] as number,
  })).filter((cell) => cell.firstSquares > 0 || cell.secondSquares > 0);
  const all = cells.reduce(together);
  let noise = 0;
  for (const cell of cells) {
    const { share, sizes } = expectation(cell, all);
    noise += Math.min(((1 - share) * (1 / sizes[0] + 1 / sizes[1])) / 4, share);
  }
  return { separation, noise, chiSquare: chiSquareOf(filledCells(cells, all), all) };
}

function chiSquareOf(cells: readonly Cell[], all: Cell): ShapeComparison['chiSquare'] {
  let value = 0;
  for (const cell of cells) {
    const { difference, share, sizes } = expectation(cell, all);
    value += difference ** 2 / (share * (1 / sizes[0] + 1 / sizes[1]));
  }
  return { value, bins: cells.length, pValue: chiSquareTail(value, cells.length - 1) };
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
  };
}
