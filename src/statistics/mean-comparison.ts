import { fTail } from './f-tail.js';

/** What rows have on average in neighboring bins. */
export interface MeanVector {
  /** One entry a bin; NaN where no row has a weight. */
  readonly means: ArrayLike<number>;
  /** Of the means: that of bins i ≥ j at i (i + 1)/2 + j. */
  readonly covariance: ArrayLike<number>;
  /** Kish's effective number of rows: (Σw)²/Σw². */
  readonly effectiveRows: number;
}

/** Whether two vectors of means agree. */
export interface MeanComparison {
  /**
   * Hotelling's T² = dᵀ(C₁ + C₂)⁻¹d, d the difference of the means and C₁, C₂ their covariances; about χ² where rows are many.
   * Infinite where means without any scatter differ; NaN where a sample has no rows.
   */
  readonly value: number;
  /** Bins compared after neighbors with few entries were put together, less directions in which nothing scatters. */
  readonly degreesOfFreedom: number;
  /** Of an F distribution: the covariances are estimates. NaN where `value` is. */
  readonly pValue: number;
}

/** Entries that a bin must be worth in each sample, for its mean to scatter about as a normal number. */
const fewestEntries = 20;
/** Rows for each bin, so that a covariance can be estimated. */
const rowsPerBin = 10;
/** Part of the variance of a bin that no bin before it shares, below which there is none. */
const leastVariance = 1e-9;
/** Difference over the means below which it is rounding. */
const rounding = 1e-9;

/**
 * Compares means with the full covariance of their bins, which hang together: what a row has in one, it has not, or has too, in another.
 * p is that of Hotelling's T² for samples of unequal covariance, its degrees of freedom those of Krishnamoorthy and Yu (Stat. Probab. Lett. 66
 * (2004) 161).
 *
 * @param shared deviations d_k of the second vector, one entry a bin: Σ_k d_k d_kᵀ is the covariance that it has beside that of
 * its rows, known with one degree of freedom less than there are deviations.
 */
export function compareMeans(
  first: MeanVector,
  second: MeanVector,
  shared: readonly ArrayLike<number>[] = [],
): MeanComparison {
  const given = Array.from(first.means, (mean, bin) => mean + (second.means[bin] as number));
  if (given.length === 0 || given.some(Number.isNaN)) {
    return { value: Number.NaN, degreesOfFreedom: 0, pValue: Number.NaN };
  }
  const groups = groupsOf(first, second);
  const [one, other] = [first, second].map((vector) => together(vector, groups)) as [Grouped, Grouped];
  const difference = one.means.map((mean, i) => mean - (other.means[i] as number));
  const deviations = shared.map((deviation) => sums(deviation, groups));
  const inCommon = groups.map((_, i) =>
    groups.map((_, j) => deviations.reduce((sum, d) => sum + (d[i] as number) * (d[j] as number), 0)),
  );
  const parts = [
    { covariance: one.covariance, degrees: first.effectiveRows - 1 },
    { covariance: other.covariance, degrees: second.effectiveRows - 1 },
    { covariance: inCommon, degrees: shared.length - 1 },
  ].filter(({ degrees }) => degrees > 0);
  const whole = groups.map((_, i) =>
    groups.map((_, j) =>
      parts.reduce((sum, { covariance }) => sum + ((covariance[i] as number[])[j] as number), 0),
    ),
  );
  const scattering = groups.map((_, i) => i).filter((i) => ((whole[i] as number[])[i] as number) > 0);
  const differs = difference.some(
    (d, i) =>
      !scattering.includes(i) &&
      Math.abs(d) > rounding * (Math.abs(one.means[i] as number) + Math.abs(other.means[i] as number)),
  );
  if (differs) return { value: Number.POSITIVE_INFINITY, degreesOfFreedom: scattering.length, pValue: 0 };
  const factor = new Factor(whole, scattering);
  const degreesOfFreedom = factor.rank;
  const value = factor.solve(difference).reduce((sum, x) => sum + x * x, 0);
  const known = parts.reduce((sum, { covariance, degrees }) => {
    const { trace, squareTrace } = factor.traces(covariance);
    return sum + (squareTrace + trace ** 2) / degrees;
  }, 0);
  const p = degreesOfFreedom;
  if (p === 0) return { value: 0, degreesOfFreedom, pValue: 1 };
  const of = (p + p * p) / known;
  const rest = Math.max(1, of - p + 1);
  return { value, degreesOfFreedom, pValue: fTail((value * rest) / (of * p), p, rest) };
}

interface Grouped {
  readonly means: number[];
  readonly covariance: number[][];
}

/** Bins, from the first on, that are put together: `end` of one is the first of the next. */
interface Group {
  readonly first: number;
  readonly end: number;
}

function covarianceOf({ covariance }: MeanVector, i: number, j: number): number {
  const [high, low] = i > j ? [i, j] : [j, i];
  return covariance[(high * (high + 1)) / 2 + low] as number;
}

function sums(values: ArrayLike<number>, groups: readonly Group[]): number[] {
  return groups.map(({ first, end }) => {
    let sum = 0;
    for (let bin = first; bin < end; bin++) sum += values[bin] as number;
    return sum;
  });
}

function together(vector: MeanVector, groups: readonly Group[]): Grouped {
  const covariance = groups.map((a) =>
    groups.map((b) => {
      let sum = 0;
      for (let i = a.first; i < a.end; i++) {
        for (let j = b.first; j < b.end; j++) sum += covarianceOf(vector, i, j);
      }
      return sum;
    }),
  );
  return { means: sums(vector.means, groups), covariance };
}

/** Neighbors put together until both samples have enough entries, and enough rows for each group. */
function groupsOf(first: MeanVector, second: MeanVector): Group[] {
  const bins = first.means.length;
  const groups: Group[] = [];
  let start = 0;
  for (let end = 1; end <= bins; end++) {
    const group = { first: start, end };
    if (Math.min(entries(first, group), entries(second, group)) < fewestEntries) continue;
    groups.push(group);
    start = end;
  }
  if (start < bins) {
    const last = groups.pop();
    groups.push({ first: last?.first ?? 0, end: bins });
  }
  const most = Math.max(1, Math.floor(Math.min(first.effectiveRows, second.effectiveRows) / rowsPerBin));
  const each = Math.ceil(groups.length / most);
  return groups
    .filter((_, i) => i % each === 0)
    .map((group, i) => ({
      first: group.first,
      end: (groups[Math.min((i + 1) * each, groups.length) - 1] as Group).end,
    }));
}

/** How many rows of equal content the sum of a group is worth: (Σ w c)²/Σ w²c². */
function entries(vector: MeanVector, group: Group): number {
  const { means, covariance } = together(vector, [group]);
  const [mean, variance] = [means[0] as number, (covariance[0] as number[])[0] as number];
  return mean > 0 ? 1 / (variance / mean ** 2 + 1 / vector.effectiveRows) : 0;
}

/** Cholesky's factor of a covariance in units of its errors, largest pivot first, as far as anything scatters. */
class Factor {
  readonly #order: number[];
  readonly #errors: number[];
  /** Row by row, lower triangle. */
  readonly #rows: number[][] = [];

  constructor(covariance: readonly number[][], bins: readonly number[]) {
    const at = (i: number, j: number) => (covariance[i] as number[])[j] as number;
    this.#errors = covariance.map((_, i) => Math.sqrt(at(i, i)));
    const left = bins.map((bin) => ({ bin, row: [] as number[], variance: 1 }));
    this.#order = [];
    while (left.length > 0) {
      left.sort((a, b) => a.variance - b.variance);
      const pivot = left.pop() as (typeof left)[number];
      if (!(pivot.variance > leastVariance)) break;
      const diagonal = Math.sqrt(pivot.variance);
      for (const one of left) {
        const correlation = at(one.bin, pivot.bin) / this.#error(one.bin) / this.#error(pivot.bin);
        const known = one.row.reduce((sum, x, k) => sum + x * (pivot.row[k] as number), 0);
        const next = (correlation - known) / diagonal;
        one.row.push(next);
        one.variance -= next * next;
      }
      this.#order.push(pivot.bin);
      this.#rows.push([...pivot.row, diagonal]);
    }
  }

  get rank(): number {
    return this.#order.length;
  }

  #error(bin: number): number {
    return this.#errors[bin] as number;
  }

  /** L⁻¹x */
  solve(x: readonly number[]): number[] {
    const solved: number[] = [];
    for (const [i, row] of this.#rows.entries()) {
      const bin = this.#order[i] as number;
      let rest = (x[bin] as number) / this.#error(bin);
      for (const [k, y] of solved.entries()) rest -= (row[k] as number) * y;
      solved.push(rest / (row[i] as number));
    }
    return solved;
  }

  /** Traces of A = L⁻¹CL⁻ᵀ and of A². */
  traces(covariance: readonly number[][]): { trace: number; squareTrace: number } {
    const half = covariance.map((row) => this.solve(row));
    let trace = 0;
    let squareTrace = 0;
    for (let i = 0; i < this.rank; i++) {
      const column = this.solve(half.map((row) => row[i] as number));
      trace += column[i] as number;
      squareTrace += column.reduce((sum, x) => sum + x * x, 0);
    }
    return { trace, squareTrace };
  }
}
