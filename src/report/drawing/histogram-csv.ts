import { csvLink } from './csv-link.js';
import type { HistogramSeries } from './histogram-series.js';
import type { Sheet } from './sheet.js';

/** A link to the bins of histograms with the same edges: share of the sum in the range, and its error. */
export function histogramCsv(
  sheet: Sheet,
  name: string,
  series: Readonly<Record<string, HistogramSeries>>,
  binned: { readonly label: string; readonly unit: string },
): HTMLElement {
  const columns = Object.entries(series);
  const edges = columns[0]?.[1].edges ?? [];
  return csvLink(
    sheet,
    name,
    ['lower', 'upper', ...columns.flatMap(([role]) => [`${role}_share`, `${role}_error`])],
    edges
      .slice(0, -1)
      .map((lower, bin) => [
        lower,
        edges[bin + 1],
        ...columns.flatMap(([, { shares, errors }]) => [shares[bin], errors[bin]]),
      ]),
    binned,
  );
}
