import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import { type HistogramAxis, logAxis, regularAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import { inputSettings } from '../../samples/kinds.js';
import type { Observable } from '../../samples/sample.js';
import { chiSquare, separationPower } from '../../statistics/histogram-comparison.js';
import type { Analysis, AnalysisContext, Finding } from '../analysis.js';
import type { ObservableColumn } from '../own-observables.js';

/** Bins of an axis: twice the cube root of the smaller sample, within these bounds. */
const fewestBins = 10;
const mostBins = 50;
/** Rows of each sample that decide the range of an axis. */
const rowsForRange = 20_000;
/** Range of an axis: these quantiles of both samples together, a little widened. */
const lowQuantile = 0.001;
const highQuantile = 0.999;
/** Ratio of the upper to the lower end of positive values above which an axis is logarithmic. */
const logarithmicRange = 300;
/** Observables that the command line names. */
const summarised = 3;

/** One observable: three histograms on the same axis, in the histograms of the result. */
export interface ObservableComparison {
  /** Stable name, e.g. `energy_ratio`, `layer_energy_3`. */
  readonly name: string;
  /** For axis labels, with TeX-free Unicode, e.g. `E_dep / E_inc`. */
  readonly label: string;
  /** `MeV`, `mm`, `voxel`, or empty. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Names of the histograms in `histograms`. `reweighted` is the generated sample with its weights. */
  readonly histograms: {
    readonly reference: string;
    readonly generated: string;
    readonly reweighted: string;
  };
  /** Separation power ½Σ(p−q)²/(p+q) of generated and of reweighted against reference; 0 = equal, 1 = disjoint. */
  readonly separation: { readonly generated: number; readonly reweighted: number };
  /** χ² and number of bins compared, normalised shapes, errors of both samples. */
  readonly chiSquare: {
    readonly generated: { readonly value: number; readonly bins: number };
    readonly reweighted: { readonly value: number; readonly bins: number };
  };
}

/** Observables of both samples, and whether the weights bring them together. */
export const observables: Analysis<readonly ObservableComparison[]> = {
  run: compareObservables,
  summary(compared) {
    if (compared.length === 0) return null;
    const worst = [...compared]
      .sort((a, b) => b.separation.generated - a.separation.generated)
      .slice(0, summarised);
    return {
      heading: 'Observables that differ most (separation power)',
      rows: worst.map(({ label, separation }) => [
        label,
        separation.generated.toFixed(4),
        `reweighted ${separation.reweighted.toFixed(4)}`,
      ]),
    };
  },
};

/**
 * Histograms observables of the reference sample, the generated sample, and the generated sample with its weights, on
 * common axes, and says how far apart they are.
 */
async function compareObservables(context: AnalysisContext): Promise<Finding<ObservableComparison[]>> {
  const { scores, run } = context;
  const weights = scores.finiteWeights();
  const comparisons: ObservableComparison[] = [];
  const histograms: Record<string, UhiHistogram> = {};
  for await (const column of columnsOf(context)) {
    const axis = axisFor(column);
    if (axis === null) continue;
    const { observable } = column;
    using first = new WeightedHistogram([axis], { label: observable.label });
    // Two weight columns: every generated shower once, and with its weight.
    using second = new WeightedHistogram([axis], { label: observable.label, weightColumns: 2 });
    await first.fill([column.reference], run);
    await second.fill([column.generated], { ...run, weights: [null, weights] });
    const names = {
      reference: `${observable.name}_reference`,
      generated: `${observable.name}_generated`,
      reweighted: `${observable.name}_reweighted`,
    };
    histograms[names.reference] = first.toUhi();
    histograms[names.generated] = second.toUhi(0);
    histograms[names.reweighted] = second.toUhi(1);
    comparisons.push({
      ...observable,
      scale: axis.type === 'log' ? 'log' : 'linear',
      histograms: names,
      separation: {
        generated: separationPower(first.values(), second.values(0)),
        reweighted: separationPower(first.values(), second.values(1)),
      },
      chiSquare: {
        generated: chiSquare(contents(first, 0), contents(second, 0)),
        reweighted: chiSquare(contents(first, 0), contents(second, 1)),
      },
    });
  }
  return { part: comparisons, histograms };
}

function contents(histogram: WeightedHistogram, column: number) {
  return { values: histogram.values(column), variances: histogram.variances(column) };
}

/** Column by column, as far as the samples work them out so; the user's own come last. */
async function* columnsOf(context: AnalysisContext): AsyncGenerator<ObservableColumn, void, void> {
  const { reference, generated, run } = context;
  const options = { ...run, threshold: inputSettings(context.input).threshold };
  const observables = reference.observables();
  const ofGenerated = generated.values(observables, options)[Symbol.asyncIterator]();
  let next = 0;
  for await (const inReference of reference.values(observables, options)) {
    const { value: inGenerated } = await ofGenerated.next();
    yield { observable: observables[next] as Observable, reference: inReference, generated: inGenerated };
    next += 1;
  }
  yield* context.own;
}

/** An axis on which both samples can be seen; null where all values are equal, so that there is nothing to see. */
function axisFor({ observable, reference, generated }: ObservableColumn): HistogramAxis | null {
  const values = sortedTogether(thinned(reference), thinned(generated));
  const quantile = (probability: number) => values[Math.round(probability * (values.length - 1))] as number;
  const lower = quantile(lowQuantile);
  const upper = quantile(highQuantile);
  const options = { name: observable.name, label: labelOf(observable) };
  if (!(upper > lower)) return null;
  const smaller = Math.min(reference.length, generated.length);
  const bins = Math.min(mostBins, Math.max(fewestBins, Math.round(2 * Math.cbrt(smaller))));
  const positive = values.filter((value) => value > 0);
  const lowest = positive[Math.floor(lowQuantile * positive.length)] ?? 0;
  const median = positive[positive.length >> 1] ?? 0;
  if (lower >= 0 && observable.unit === 'MeV' && upper > logarithmicRange * lowest) {
    // Far down the tail of nearly empty layers nothing can be told apart: six decades are enough.
    return logAxis(bins, Math.max(lowest, median * 1e-5, upper * 1e-6), upper * 1.2, options);
  }
  const margin = 0.02 * (upper - lower);
  return regularAxis(
    bins,
    lower >= 0 ? Math.max(0, lower - margin) : lower - margin,
    upper + margin,
    options,
  );
}

function sortedTogether(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all.sort();
}

/** At most rowsForRange values, equally spaced in the sample. */
function thinned(values: Float64Array): Float64Array {
  const step = Math.ceil(values.length / rowsForRange);
  return step <= 1
    ? values
    : Float64Array.from({ length: Math.floor(values.length / step) }, (_, i) => values[i * step] as number);
}

function labelOf({ label, unit }: Observable): string {
  return unit === '' ? label : `${label} [${unit}]`;
}
