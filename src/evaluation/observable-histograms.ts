import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { WeightedHistogram } from '../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../native/devices.js';
import type { BinContentsWithErrors } from '../statistics/histogram-comparison.js';
import { compareShapes, type ShapeComparison } from '../statistics/shape-comparison.js';
import type { BeforeAndAfter } from './before-and-after.js';
import type { ObservableBins } from './observable-axis.js';
import type { ObservableColumn } from './own-observables.js';
import { isValue } from './undefined-value.js';

/** The value that says "there is none" (NaN is null here), and the shares of the rows that have it. */
export interface UndefinedShares extends BeforeAndAfter<number> {
  readonly value: number | null;
  readonly reference: number;
}

export interface ObservableHistograms {
  readonly names: { readonly reference: string; readonly generated: string; readonly reweighted: string };
  /** With all rows, as they are drawn. */
  readonly histograms: Readonly<Record<string, UhiHistogram>>;
  readonly undefinedValue: UndefinedShares | null;
  /** Against the reference: all bins, the flow bins, and the undefined value as a bin of its own. */
  readonly shapes: BeforeAndAfter<ShapeComparison>;
}

/** Histograms an observable of the reference sample, of the generated sample, and of the same with its weights. */
export async function histogramsOf(
  column: ObservableColumn,
  bins: ObservableBins,
  weights: Float64Array,
  run: ComputeOptions,
): Promise<ObservableHistograms> {
  const { observable, reference, generated } = column;
  using first = new WeightedHistogram([bins.axis], { label: observable.label });
  // Two weight columns: every generated row once, and with its weight.
  using second = new WeightedHistogram([bins.axis], { label: observable.label, weightColumns: 2 });
  const isUndefined = isValue(bins.undefinedValue);
  const fill = async (take: (value: number) => boolean) => {
    await first.fill([reference.filter(take)], run);
    const taken = weights.filter((_, row) => take(generated[row] as number));
    await second.fill([generated.filter(take)], { ...run, weights: [null, taken] });
  };
  await fill((value) => !isUndefined(value));
  const ofReference = withUndefined(contents(first, 0), undefinedCell(reference, null, isUndefined));
  const ofGenerated = withUndefined(contents(second, 0), undefinedCell(generated, null, isUndefined));
  const ofReweighted = withUndefined(contents(second, 1), undefinedCell(generated, weights, isUndefined));
  if (bins.undefinedValue !== null) await fill(isUndefined);
  const names = {
    reference: `${observable.name}_reference`,
    generated: `${observable.name}_generated`,
    reweighted: `${observable.name}_reweighted`,
  };
  return {
    names,
    histograms: {
      [names.reference]: first.toUhi(),
      [names.generated]: second.toUhi(0),
      [names.reweighted]: second.toUhi(1),
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
      reweighted: compareShapes(ofReference, ofReweighted),
    },
  };
}

/** All cells, flow cells too. */
function contents(histogram: WeightedHistogram, column: number): BinContentsWithErrors {
  return {
    values: histogram.values(column, { flow: true }),
    variances: histogram.variances(column, { flow: true }),
  };
}

/** Σw and Σw² of the rows with the undefined value; `weights` null: every row counts 1. */
function undefinedCell(
  values: Float64Array,
  weights: Float64Array | null,
  isUndefined: (value: number) => boolean,
): readonly [number, number] {
  let sum = 0;
  let squares = 0;
  for (const [row, value] of values.entries()) {
    if (!isUndefined(value)) continue;
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
