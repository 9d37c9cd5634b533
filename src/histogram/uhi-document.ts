import type { UhiDocument } from '../formats/uhi/uhi.js';
import { requireInstance, requireObject } from '../names.js';
import { WeightedHistogram } from './weighted-histogram.js';

/**
 * Several histograms as one document in UHI serialisation, `{name: histogram}`, the first weight column of each.
 *
 * @throws CaloscopeError as {@link WeightedHistogram.toUhi}
 */
export function uhiDocument(histograms: Readonly<Record<string, WeightedHistogram>>): UhiDocument {
  requireObject(histograms, 'histograms', '{ name: WeightedHistogram }');
  for (const [name, one] of Object.entries(histograms))
    requireInstance(one, WeightedHistogram, `histogram ${name}`);
  return Object.fromEntries(Object.entries(histograms).map(([name, histogram]) => [name, histogram.toUhi()]));
}
