import * as Plot from '@observablehq/plot';
import type { EvaluationResult, WeightSummary } from '../../evaluation/result.js';
import { soundDomain, usableScale } from '../drawing/axes.js';
import { drawChart } from '../drawing/chart.js';
import { histogramCsv } from '../drawing/histogram-csv.js';
import { type HistogramSeries, histogramSeries } from '../drawing/histogram-series.js';
import { figure, legend, placeholder, section } from '../drawing/legend.js';
import { percent, plain } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { stepMarks } from '../drawing/steps.js';

/** Distributions of the weights of both samples, linear around one and logarithmic with the tails. */
export function weightSection(sheet: Sheet, _weights: WeightSummary, result: EvaluationResult): HTMLElement {
  return section(
    sheet,
    'weights',
    'Weights',
    sheet.element(
      'p',
      { class: 'lead' },
      `${sheet.nounAtStart} have a weight each, `,
      sheet.quantity('w = p_ref / p_gen'),
      `. Where w > 1 the generator makes too few such ${sheet.noun}, where w < 1 too many. If the samples agreed, both `,
      `curves would be one narrow peak at w = 1. Look at the tails: generated ${sheet.noun} at small w should not be `,
      `there, reference ${sheet.noun} at large w are missing in the generated sample.`,
    ),
    sheet.element(
      'div',
      { class: 'pair' },
      weightFigure(sheet, result, 'linear'),
      weightFigure(sheet, result, 'log'),
    ),
  );
}

function weightFigure(sheet: Sheet, result: EvaluationResult, spacing: 'linear' | 'log'): HTMLElement {
  const [reference, generated] = (['reference', 'generated'] as const).map((role) =>
    ofAllRows(histogramSeries(result.histograms[`weight_${spacing}_${role}`])),
  ) as [HistogramSeries | null, HistogramSeries | null];
  const kind = `weights weights-${spacing}`;
  if (reference === null || generated === null) {
    return figure(sheet, kind, placeholder(sheet, 'The result holds no such weight histograms.'));
  }
  return figure(
    sheet,
    kind,
    drawWeights(sheet, reference, generated, spacing),
    legend(sheet, [
      ['reference', 'reference'],
      ['generated', 'generated'],
      ['unit-line', 'w = 1'],
    ]),
    sheet.element(
      'p',
      {},
      `Shares of all ${sheet.noun} of a sample, those beyond the axis too; the bands are statistical errors. `,
      beyondRange(sheet, 'reference', reference),
      ' ',
      beyondRange(sheet, 'generated', generated),
    ),
    histogramCsv(sheet, `weights-${spacing}`, { reference, generated }, { label: 'w', unit: '' }),
  );
}

function drawWeights(
  sheet: Sheet,
  reference: HistogramSeries,
  generated: HistogramSeries,
  spacing: 'linear' | 'log',
): Content {
  const scale = usableScale(spacing, reference.edges);
  const heights = [...reference.shares, ...generated.shares];
  const highest = Math.max(...heights, 0) || 1;
  const lowest = Math.min(...heights.filter((share) => share > 0), highest);
  // The tails are the subject of the logarithmic drawing: one decade above a single entry's worth is kept at most.
  const floor = spacing === 'log' ? Math.max(10 ** Math.floor(Math.log10(lowest)), highest * 1e-8) : 0;
  const top = spacing === 'log' ? highest * 2.5 : highest * 1.1;
  const domain = soundDomain(reference.edges[0] ?? 0, reference.edges.at(-1) ?? 1, scale);
  const inside = domain[0] <= 1 && domain[1] >= 1;
  return drawChart(sheet.document, {
    width: 400,
    height: 260,
    margin: { top: 22, right: 12, bottom: 38, left: 50 },
    x: { domain, scale, title: 'weight w' },
    y: { domain: soundDomain(floor, top, spacing), scale: spacing, title: `share of ${sheet.noun} per bin` },
    marks: [
      ...stepMarks(reference, 'reference', floor),
      ...stepMarks(generated, 'generated', floor),
      inside ? Plot.ruleX([1], { className: 'unit-line' }) : null,
    ],
    description: `Distribution of the weights of both samples, ${spacing === 'log' ? 'logarithmic' : 'linear'} axes`,
  });
}

/** Shares of all rows in place of those in the range. */
function ofAllRows(series: HistogramSeries | null): HistogramSeries | null {
  if (series === null) return null;
  const inRange = 1 - series.belowRange - series.aboveRange;
  const scaled = (values: readonly number[]) => values.map((value) => value * inRange);
  return { ...series, shares: scaled(series.shares), errors: scaled(series.errors) };
}

/** Underflow and overflow in words. */
function beyondRange({ noun }: Sheet, name: string, series: HistogramSeries): string {
  const { edges, belowRange, aboveRange, sum } = series;
  const parts: string[] = [];
  if (belowRange > 0) parts.push(`${percent(belowRange)} lie below ${plain(edges[0])}`);
  if (aboveRange > 0) parts.push(`${percent(aboveRange)} lie above ${plain(edges.at(-1))}`);
  if (parts.length > 0) return `Of the ${name} ${noun} ${parts.join(' and ')}.`;
  return sum > 0 ? `None of the ${name} ${noun} lie outside the range.` : `The ${name} histogram is empty.`;
}
