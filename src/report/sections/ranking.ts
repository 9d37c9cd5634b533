import * as Plot from '@observablehq/plot';
import type { ObservableComparison } from '../../evaluation/result.js';
import { soundDomain } from '../drawing/axes.js';
import { drawChart } from '../drawing/chart.js';
import { csvLink } from '../drawing/csv-link.js';
import { figure } from '../drawing/legend.js';
import { isFiniteNumber } from '../drawing/numbers.js';
import { Pen, shortened, textWidth } from '../drawing/pen.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { roleColour } from '../drawing/steps.js';

/** At most so many observables are ranked; the rest differ less. */
const longest = 24;

/** Room for the names, in pixels. */
const widestName = 190;

interface RankedObservable {
  readonly label: string;
  readonly anchor: string;
  readonly rank: number;
  readonly generated: number;
  readonly reweighted: number;
  /** Of the generated sample. */
  readonly noise: number;
}

/** Observables by separation power before and after reweighting, the worst on top; null without a usable number. */
export function rankingFigure(
  sheet: Sheet,
  observables: readonly ObservableComparison[],
): HTMLElement | null {
  const all = rank(observables);
  const shown = all.slice(0, longest);
  if (shown.length < 2) return null;
  const drawing = drawRanking(sheet, shown);
  const rest = all.length - shown.length;
  return figure(
    sheet,
    'ranking',
    drawing,
    sheet.element(
      'p',
      {},
      'From the generated to the reweighted sample: the further a line runs to the left, the more of the failure the ',
      'weights describe. Dashes: the mean for equal samples of these sizes.',
      rest > 0 ? ` The ${shown.length} worst observables; the other ${rest} differ less.` : '',
    ),
    csvLink(
      sheet,
      'observables',
      ['observable', 'S_generated', 'S_reweighted', 'S_of_equal_samples'],
      all.map(({ label, generated, reweighted, noise }) => [label, generated, reweighted, noise]),
    ),
  );
}

function drawRanking(sheet: Sheet, shown: readonly RankedObservable[]): Content {
  const values = shown
    .flatMap(({ generated, reweighted }) => [generated, reweighted])
    .filter((value) => value > 0);
  const domain = soundDomain(
    Math.min(...values, 0.1) / 1.5,
    Math.min(1, Math.max(...values, 1e-6) * 1.5),
    'log',
  );
  const drawing = drawChart(sheet.document, {
    width: 400,
    height: 60 + 19 * shown.length,
    margin: {
      top: 8,
      right: 14,
      bottom: 38,
      left: 24 + Math.max(...shown.map(({ label }) => textWidth(label))),
    },
    x: { domain, scale: 'log', title: 'separation power S from the reference' },
    y: { domain: [shown.length - 0.5, -0.5], scale: 'linear', title: '', ticks: [], labelled: false },
    marks: rankingMarks(shown, domain[0]),
    description: 'Observables by separation power, generated and reweighted',
  });
  const pen = new Pen(sheet.document);
  for (const name of drawing.querySelectorAll('.ranked-label text'))
    pen.typeset(name, name.textContent ?? '');
  return drawing;
}

/** A line from before to after for each observable, both ends as dots, and its name as a link to its figure. */
function rankingMarks(shown: readonly RankedObservable[], floor: number): Plot.Markish[] {
  const raised = (value: number) => Math.max(value, floor);
  return [
    Plot.line(
      { length: 3 * shown.length },
      {
        x: shown.flatMap(({ generated, reweighted }) => [raised(generated), raised(reweighted), Number.NaN]),
        y: shown.flatMap(({ rank: row }) => [row, row, Number.NaN]),
        className: 'link',
      },
    ),
    Plot.line(
      { length: 3 * shown.length },
      {
        x: shown.flatMap(({ noise }) => [raised(noise), raised(noise), Number.NaN]),
        y: shown.flatMap(({ rank: row }) => [row - 0.3, row + 0.3, Number.NaN]),
        className: 'guide',
      },
    ),
    Plot.dot(shown, {
      x: (entry: RankedObservable) => raised(entry.generated),
      y: 'rank',
      r: 4,
      fill: roleColour('generated'),
      className: 'ranked generated',
    }),
    Plot.dot(shown, {
      x: (entry: RankedObservable) => raised(entry.reweighted),
      y: 'rank',
      r: 3,
      fill: roleColour('reweighted'),
      className: 'ranked reweighted',
    }),
    Plot.text(shown, {
      x: () => floor,
      y: 'rank',
      dx: -10,
      text: 'label',
      href: 'anchor',
      textAnchor: 'end',
      className: 'ranked-label',
    }),
  ];
}

function rank(observables: readonly ObservableComparison[]): RankedObservable[] {
  return observables
    .map(({ label, separation, separationNoise }, index) => ({
      label,
      separation,
      noise: isFiniteNumber(separationNoise.generated) ? separationNoise.generated : 0,
      anchor: `#observable-${index}`,
    }))
    .filter(({ separation }) => isFiniteNumber(separation.generated) && isFiniteNumber(separation.reweighted))
    .sort((first, second) => second.separation.generated - first.separation.generated)
    .map(({ label, separation, noise, anchor }, position) => ({
      label: shortened(label, widestName),
      anchor,
      rank: position,
      noise,
      ...separation,
    }));
}
