import type { EvaluationResult, WeightWindow, WindowObservable } from '../../evaluation/result.js';
import { type Axis, soundDomain, usableScale } from '../drawing/axes.js';
import { drawChart } from '../drawing/chart.js';
import { histogramCsv } from '../drawing/histogram-csv.js';
import { histogramSeries } from '../drawing/histogram-series.js';
import { figure, legend, placeholder, section } from '../drawing/legend.js';
import { count, percent, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { stepMarks } from '../drawing/steps.js';
import { shownUnit } from '../drawing/units.js';
import type { Section } from '../section.js';
import { windowName } from './window-name.js';

export const windows: Section<readonly WeightWindow[]> = { weights: windowsSection };

/** Figures of a window. */
const drawn = 4;

/** What the rows of large and of small weights look like. */
function windowsSection(
  sheet: Sheet,
  windows: readonly WeightWindow[],
  result: EvaluationResult,
): HTMLElement | null {
  if (windows.length === 0) return null;
  return section(
    sheet,
    'windows',
    `${sheet.nounAtStart} of small and of large weight`,
    sheet.element(
      'p',
      { class: 'lead' },
      `${sheet.nounAtStart} of small w are made too often, ${sheet.noun} of large w too seldom. Filled: all ${sheet.noun} of the sample; line: those in `,
      `the window. Where both differ, that is what such ${sheet.noun} look like. `,
      'The observables with the largest ',
      'Kolmogorov–Smirnov distance D are drawn.',
    ),
    windows.map((window, number) => windowBlock(sheet, window, number, result)),
  );
}

function windowBlock(sheet: Sheet, window: WeightWindow, number: number, result: EvaluationResult): Content {
  const { reference, generated, role, observables } = window;
  return [
    sheet.element('h3', { id: `window-${number}` }, windowName(window.lower, window.upper)),
    sheet.element(
      'p',
      {},
      `${count(generated.rows)} generated (${percent(generated.share, 2)}), ${count(reference.rows)} of the reference (${percent(reference.share, 2)}).`,
    ),
    observables.length === 0
      ? placeholder(sheet, `Too few ${sheet.noun} to draw.`)
      : [
          legend(sheet, [
            ['reference', `all ${role}`],
            ['generated', `${role} in the window`],
          ]),
          sheet.element(
            'div',
            { class: 'grid' },
            observables.slice(0, drawn).map((one) => windowFigure(sheet, one, role, result)),
          ),
        ],
  ];
}

function windowFigure(
  sheet: Sheet,
  { name, label, unit, scale, distance, histograms }: WindowObservable,
  role: 'reference' | 'generated',
  result: EvaluationResult,
): HTMLElement {
  const all = histogramSeries(result.histograms[`${name}_${role}`]);
  const inside = histogramSeries(result.histograms[histograms[role]]);
  const heading = sheet.element('h4', {}, sheet.quantity(label));
  if (all === null || inside === null) {
    return figure(sheet, 'window', [heading, placeholder(sheet, 'The result does not hold its histograms.')]);
  }
  const usable = usableScale(scale, all.edges);
  const highest = Math.max(...all.shares, ...inside.shares, 0) || 1;
  const domain = soundDomain(all.edges[0] ?? 0, all.edges.at(-1) ?? 1, usable);
  const shown = shownUnit(unit, domain[1]);
  const title = shown.name === '' ? label : `${label} [${shown.name}]`;
  const x: Axis = { domain, scale: usable, title, unitSize: shown.size };
  const drawing = drawChart(sheet.document, {
    width: 372,
    height: 206,
    margin: { top: 20, right: 10, bottom: 36, left: 46 },
    x,
    y: { domain: [0, highest * 1.12], scale: 'linear', title: `share of ${sheet.noun} per bin` },
    marks: [...stepMarks(all, 'reference', 0), ...stepMarks(inside, 'generated', 0)],
    description: `${title}: all ${role} ${sheet.noun} and those in the window`,
  });
  return figure(
    sheet,
    'window',
    [heading, drawing],
    sheet.element('p', {}, `D = ${significant(distance, 2)}.`),
    histogramCsv(sheet, histograms[role], { all, window: inside }, { label, unit }),
  );
}
