import * as Plot from '@observablehq/plot';
import { type Axis, soundDomain, usableScale } from './axes.js';
import { drawChart } from './chart.js';
import { type HistogramSeries, ratioBins } from './histogram-series.js';
import type { Content, Sheet } from './sheet.js';
import { ratioMarks, stepMarks } from './steps.js';
import { shownUnit } from './units.js';

/** Range of the ratio panels; what lies outside becomes a triangle at the frame. */
const ratioRange = [0.5, 1.5] as const;

/** Three curves on the same bins. */
export interface ComparedSeries {
  readonly reference: HistogramSeries;
  readonly generated: HistogramSeries;
  readonly reweighted: HistogramSeries;
}

/** The three curves, and below them the ratios to the reference. */
export function comparisonPanels(
  sheet: Sheet,
  { reference, generated, reweighted }: ComparedSeries,
  axes: {
    readonly x: { readonly label: string; readonly unit: string; readonly scale: Axis['scale'] };
    readonly y: string;
  },
): Content {
  const scale = usableScale(axes.x.scale, reference.edges);
  const highest = Math.max(...reference.shares, ...generated.shares, ...reweighted.shares, 0) || 1;
  const domain = soundDomain(reference.edges[0] ?? 0, reference.edges.at(-1) ?? 1, scale);
  const unit = shownUnit(axes.x.unit, domain[1]);
  const title = unit.name === '' ? axes.x.label : `${axes.x.label} [${unit.name}]`;
  const x: Axis = { domain, scale, title, unitSize: unit.size };
  const upper = drawChart(sheet.document, {
    width: 372,
    height: 206,
    margin: { top: 20, right: 10, bottom: 5, left: 46 },
    x: { ...x, labelled: false },
    y: { domain: [0, highest * 1.12], scale: 'linear', title: axes.y },
    marks: [
      ...stepMarks(reference, 'reference', 0),
      ...stepMarks(generated, 'generated', 0),
      ...stepMarks(reweighted, 'reweighted', 0),
    ],
    description: `${axes.y}, ${title}: reference, generated and reweighted sample`,
  });
  const ratio = drawChart(sheet.document, {
    width: 372,
    height: 124,
    margin: { top: 5, right: 10, bottom: 36, left: 46 },
    x,
    y: { domain: ratioRange, scale: 'linear', title: 'ratio to ref.', titleAt: 'side', ticks: [0.6, 1, 1.4] },
    marks: [
      Plot.ruleY([1], { className: 'unit-line' }),
      ...ratioMarks(ratioBins(generated, reference), 'generated', ratioRange, 0.4, scale),
      ...ratioMarks(ratioBins(reweighted, reference), 'reweighted', ratioRange, 0.6, scale),
    ],
    description: `${axes.y}, ${title}: ratio of generated and reweighted to reference`,
  });
  return sheet.element('div', { class: 'panels' }, upper, ratio);
}
