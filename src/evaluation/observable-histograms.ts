import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { WeightedHistogram } from '../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../native/devices.js';
import { type FoldReplicas, sharedDeviations } from '../statistics/fold-jackknife.js';
import type { BinContentsWithErrors } from '../statistics/histogram-comparison.js';
import { compareShapes, type ShapeComparison } from '../statistics/shape-comparison.js';
import { weightNames } from './analyses/weights.js';
import type { BeforeAndAfter } from './before-and-after.js';
import type { ObservableBins } from './observable-axis.js';
import type { ObservableColumn } from './own-observables.js';
import type { ComparedWeights } from './rank-distances.js';
import { rowsWhere, valuesAt } from './rows-where.js';
import { isValue } from './undefined-value.js';

/** The value that says "there is none" (NaN is null here), and the shares of the rows that have it. */
export interface UndefinedShares extends BeforeAndAfter<number> {
  readonly value: number | null;
  readonly reference: number;
}

/** The weights of the rows, and what those of the reweighted sample are without one fold after the other. */
export interface ReplicatedWeights extends FoldReplicas {
  readonly weights: ComparedWeights;
  readonly learned: readonly Float64Array[];
  readonly kept: readonly Float64Array[];
}

export interface ObservableHistograms {
  readonly names: { readonly reference: string; readonly generated: string; readonly reweighted: string };
  /** With all rows, as they are drawn. */
  readonly histograms: Readonly<Record<string, UhiHistogram>>;
  readonly undefinedValue: UndefinedShares | null;
  /** Against the reference: all bins, the flow bins, and the undefined value as a bin of its own. */
  readonly shapes: BeforeAndAfter<ShapeComparison>;
}

/**
 * Histograms an observable of the reference sample, of the generated sample, and of the same with its weights. Variances of the
 * reweighted one are Σw² and what the weights have in common.
 */
export async function histogramsOf(
  column: ObservableColumn,
  bins: ObservableBins,
  { weights, learned, kept }: ReplicatedWeights,
  run: ComputeOptions,
): Promise<ObservableHistograms> {
  const { observable, reference, generated } = column;
  using first = new WeightedHistogram([bins.axis], { label: observable.label });
  // Every generated row as it counts, with its weight, and with the weights of the replicas.
  const columns = [weights.reweighted, ...learned, ...kept];
  using second = new WeightedHistogram([bins.axis], {
    label: observable.label,
    weightColumns: 1 + columns.length,
  });
  const isUndefined = isValue(bins.undefinedValue);
  const rows = { reference: rowsWhere(reference, isUndefined), generated: rowsWhere(generated, isUndefined) };
  const fill = async (ofFirst: Uint32Array | null, ofSecond: Uint32Array | null) => {
    const taken = [weights.generated, ...columns].map((column) => column && rowsOf(column, ofSecond));
    const ofReference = weights.reference && rowsOf(weights.reference, ofFirst);
    await first.fill([rowsOf(reference, ofFirst)], { ...run, weights: [ofReference] });
    await second.fill([rowsOf(generated, ofSecond)], { ...run, weights: taken });
  };
  const others = (values: Float64Array, without: Uint32Array) =>
    without.length === 0 ? null : rowsWhere(values, (value) => !isUndefined(value));
  await fill(others(reference, rows.reference), others(generated, rows.generated));
  const ofReference = withUndefined(contents(first, 0), undefinedCell(rows.reference, weights.reference));
  const ofGenerated = withUndefined(contents(second, 0), undefinedCell(rows.generated, weights.generated));
  const ofReweighted = withUndefined(contents(second, 1), undefinedCell(rows.generated, weights.reweighted));
  const replicas = (
    first: number,
    of: readonly Float64Array[],
    cells: (column: number) => readonly number[],
  ) => of.map((_, k) => cells(first + k));
  const shared = (cells: (column: number) => readonly number[]) =>
    sharedDeviations({
      learned: replicas(2, learned, cells),
      kept: replicas(2 + learned.length, kept, cells),
    });
  const sharedWithUndefined = shared((column) => [
    undefinedCell(rows.generated, columns[column - 1] as Float64Array)[0],
    ...second.values(column, { flow: true }),
  ]);
  if (bins.undefinedValue !== null) await fill(rows.reference, rows.generated);
  // Columns of a table may be called as the histograms of w are.
  const isTaken = Object.values<string>(weightNames).includes(observable.name);
  const name = isTaken ? `sample_${observable.name}` : observable.name;
  const names = {
    reference: `${name}_reference`,
    generated: `${name}_generated`,
    reweighted: `${name}_reweighted`,
  };
  return {
    names,
    histograms: {
      [names.reference]: first.toUhi(),
      [names.generated]: second.toUhi(0),
      [names.reweighted]: withShared(
        second.toUhi(1),
        shared((column) => [...second.values(column, { flow: true })]),
      ),
    },
    undefinedValue:
      bins.undefinedValue === null
        ? null
        : {
            value: Number.isNaN(bins.undefinedValue) ? null : bins.undefinedValue,
            reference: firstShare(ofReference),
            generated: firstShare(ofGenerated),
            reweighted: firstShare(ofReweighted),
          },
    shapes: {
      generated: compareShapes(ofReference, ofGenerated),
      reweighted: compareShapes(ofReference, ofReweighted, sharedWithUndefined),
    },
  };
}

/** The histogram of one axis with the variances that its cells share; flow cells first and last. */
function withShared(histogram: UhiHistogram, shared: readonly Float64Array[]): UhiHistogram {
  const { storage } = histogram;
  const variances = (storage.variances as readonly number[]).map((variance, cell) =>
    shared.reduce((sum, deviations) => sum + (deviations[cell] as number) ** 2, variance),
  );
  return { ...histogram, storage: { ...storage, variances } };
}

/** All cells, flow cells too. */
function contents(histogram: WeightedHistogram, column: number): BinContentsWithErrors {
  return {
    values: histogram.values(column, { flow: true }),
    variances: histogram.variances(column, { flow: true }),
  };
}

/** The values of some rows, or of all. */
function rowsOf(values: Float64Array, rows: Uint32Array | null): Float64Array {
  return rows === null ? values : valuesAt(values, rows);
}

/** Σw and Σw² of rows; `weights` null: every row counts 1. */
function undefinedCell(rows: Uint32Array, weights: Float64Array | null): readonly [number, number] {
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    const weight = weights === null ? 1 : (weights[row] as number);
    sum += weight;
    squares += weight * weight;
  }
  return [sum, squares];
}

function withUndefined(
  { values, variances }: BinContentsWithErrors,
  [sum, squares]: readonly [number, number],
): BinContentsWithErrors {
  return { values: [sum, ...Array.from(values)], variances: [squares, ...Array.from(variances)] };
}

function firstShare({ values }: BinContentsWithErrors): number {
  const all = Array.from(values).reduce((sum, value) => sum + value, 0);
  return (values[0] as number) / all;
}
