import type { UhiHistogram } from '../formats/uhi/uhi.js';
import { type HistogramAxis, logAxis, regularAxis } from '../histogram/axis.js';
import { WeightedHistogram } from '../histogram/weighted-histogram.js';
import type { ComputeOptions } from '../native/devices.js';
import type { ComparedLayers } from '../samples/sample.js';
import { binsFor } from './observable-axis.js';
import type { ObservableColumn } from './own-observables.js';
import type { ComparedWeights } from './rank-distances.js';

/** Bins of an axis: rows are few where there are two. */
const mostBins = 20;

/**
 * Histograms of two observables at once, of the reference, the generated and the reweighted sample: E_dep against E_inc, and the energies
 * of neighboring ones of the layers that are compared in full. Variances are Σw². None where the samples have no such observables.
 */
export async function jointHistograms(
  columns: readonly ObservableColumn[],
  layers: ComparedLayers | null,
  weights: ComparedWeights,
  run: ComputeOptions,
): Promise<Record<string, UhiHistogram>> {
  const histograms: Record<string, UhiHistogram> = {};
  for (const [first, second] of pairsOf(columns, layers)) {
    const axes = [coarse(first), coarse(second)].filter((axis) => axis !== null);
    if (axes.length < 2) continue;
    const name = `${first.observable.name}_and_${second.observable.name}`;
    using ofReference = new WeightedHistogram(axes);
    using ofGenerated = new WeightedHistogram(axes, { weightColumns: 2 });
    await ofReference.fill([first.reference, second.reference], { ...run, weights: [weights.reference] });
    await ofGenerated.fill([first.generated, second.generated], {
      ...run,
      weights: [weights.generated, weights.reweighted],
    });
    histograms[`${name}_reference`] = ofReference.toUhi();
    histograms[`${name}_generated`] = ofGenerated.toUhi(0);
    histograms[`${name}_reweighted`] = ofGenerated.toUhi(1);
  }
  return histograms;
}

function pairsOf(
  columns: readonly ObservableColumn[],
  layers: ComparedLayers | null,
): (readonly [ObservableColumn, ObservableColumn])[] {
  const energies = (layers?.inFull ?? []).map((layer) => `layer_energy_${layer}`);
  const names = [
    ['incident_energy', 'deposited_energy'],
    ...energies.slice(1).map((name, i) => [energies[i], name]),
  ];
  const known = (wanted: string | undefined) => columns.find(({ observable }) => observable.name === wanted);
  return names.flatMap(([a, b]) => {
    const [first, second] = [known(a), known(b)];
    return first && second ? [[first, second] as const] : [];
  });
}

/** The axis of the observable with fewer bins; null where all values are equal. */
function coarse(column: ObservableColumn): HistogramAxis | null {
  const axis = binsFor(column)?.axis;
  if (axis?.type !== 'regular' && axis?.type !== 'log') return null;
  const { type, bins, lower, upper, ...options } = axis;
  return (type === 'log' ? logAxis : regularAxis)(Math.min(bins, mostBins), lower, upper, options);
}
