import type { UhiDocument } from '../formats/uhi/uhi.js';
import type { WeightedHistogram } from './weighted-histogram.js';

/**
 * Several histograms as one document in UHI serialisation, `{name: histogram}`, the first weight column of each.
 *
 * @throws CaloscopeError as {@link WeightedHistogram.toUhi}
 */
export function uhiDocument(histograms: Readonly<Record<string, WeightedHistogram>>): UhiDocument {
  return Object.fromEntries(Object.entries(histograms).map(([name, histogram]) => [name, histogram.toUhi()]));
}
