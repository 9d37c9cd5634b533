import * as Plot from '@observablehq/plot';
import type { EvaluationResult, PullDistribution, PullSummary } from '../../evaluation/result.js';
import { drawChart } from '../drawing/chart.js';
import { histogramCsv } from '../drawing/histogram-csv.js';
import { type HistogramSeries, histogramSeries } from '../drawing/histogram-series.js';
import { figure, legend, placeholder, section } from '../drawing/legend.js';
import { count, measured } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { stepMarks } from '../drawing/steps.js';
import type { Section } from '../section.js';

export const pulls: Section<PullSummary | null> = {
  weights: (sheet, part, result) => part && pullsSection(sheet, part, result),
};

/** Points of the drawn normal distribution. */
const points = 121;

/** How far generated rows are wrong, in units of what their generator says of itself. */
function pullsSection(sheet: Sheet, part: PullSummary, result: EvaluationResult): HTMLElement {
  const { draws, errorsHoldLearning, density, logarithm } = part;
  const told =
    draws === null
      ? 'The file gives the standard deviation σ of ln p_gen.'
      : `The file gives ${count(draws)} draws of ln p_gen: p_gen is their median, σ(p_gen) half of their middle 68.3 %, σ(ln p_gen) their standard deviation.`;
  return section(
    sheet,
    'pulls',
    "Pulls in the generator's own uncertainty",
    sheet.element(
      'p',
      { class: 'lead' },
      sheet.quantity(
        [
          `A Bayesian generator says how well it knows its own density. Shown is how far each generated one of the ${sheet.noun} is wrong,`,
          'by the learned weight, in units of that: left the difference of the densities, (p_ref − p_gen)/σ(p_gen) = (w − 1) p_gen/σ(p_gen),',
          'right that of their logarithms, ln w/σ(ln p_gen). Width 1: the generator’s uncertainty covers its error; above 1: it is too',
          `sure of itself. After section 5 of arXiv:2305.16774. ${told}`,
        ].join(' '),
      ),
    ),
    legend(sheet, [
      ['generated', 'generated'],
      ['curve', 'normal distribution, fitted in the range that is drawn'],
    ]),
    sheet.element(
      'div',
      { class: 'grid' },
      pullFigure(sheet, '(p_ref − p_gen) / σ(p_gen)', density, result, errorsHoldLearning),
      pullFigure(sheet, 'ln w / σ(ln p_gen)', logarithm, result, errorsHoldLearning),
    ),
  );
}

function pullFigure(
  sheet: Sheet,
  title: string,
  found: PullDistribution | null,
  result: EvaluationResult,
  errorsHoldLearning: boolean,
): Content {
  const heading = sheet.element('h3', {}, sheet.quantity(title));
  const series = found && histogramSeries(result.histograms[found.histogram]);
  if (found === null || series === null) {
    return figure(sheet, 'pull', [heading, placeholder(sheet, `Too few ${sheet.noun} to draw.`)]);
  }
  const { rows, without, lower, upper, fit } = found;
  const curve = curveOf(found, series);
  const highest = Math.max(...series.shares, ...curve.map(({ y }) => y), 0) || 1;
  const drawing = drawChart(sheet.document, {
    width: 372,
    height: 240,
    margin: { top: 20, right: 10, bottom: 36, left: 46 },
    x: { domain: [lower, upper], scale: 'linear', title: 'pull' },
    y: { domain: [0, highest * 1.12], scale: 'linear', title: `share of ${sheet.noun} per bin` },
    marks: [...stepMarks(series, 'generated', 0), Plot.line(curve, { x: 'x', y: 'y', className: 'curve' })],
    description: `${title} of the generated sample, with a normal distribution`,
  });
  const words =
    fit === null
      ? 'No normal distribution is as flat as these pulls.'
      : `Mean ${measured(fit.mean, fit.meanError)}, width ${measured(fit.width, fit.widthError)}${errorsHoldLearning ? '' : ' (errors of sampling alone)'}.`;
  const left = without > 0 ? ` ${count(without)} have no pull.` : '';
  return figure(
    sheet,
    'pull',
    [heading, drawing],
    sheet.element(
      'p',
      {},
      `${words} ${count(rows)} ${sheet.noun}, of which 1 % is outside the drawing.${left}`,
    ),
    histogramCsv(sheet, found.histogram, { generated: series }, { label: 'pull', unit: '' }),
  );
}

/** The fitted distribution as the shares that bins have of it. */
function curveOf(
  { lower, upper, fit }: PullDistribution,
  { shares }: HistogramSeries,
): { readonly x: number; readonly y: number }[] {
  if (fit === null) return [];
  const { mean, width } = fit;
  const at = Array.from({ length: points }, (_, i) => lower + (i / (points - 1)) * (upper - lower));
  const heights = at.map((x) => Math.exp(-0.5 * ((x - mean) / width) ** 2));
  const area = heights.slice(1).reduce((sum, height, i) => sum + (height + (heights[i] as number)) / 2, 0);
  const scale = (points - 1) / area / shares.length;
  return at.map((x, i) => ({ x, y: scale * (heights[i] as number) }));
}
