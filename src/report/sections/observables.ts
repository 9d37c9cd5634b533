import type { EvaluationResult, ObservableComparison } from '../../evaluation/result.js';
import { type ComparedSeries, comparisonPanels } from '../drawing/comparison-panels.js';
import { histogramCsv } from '../drawing/histogram-csv.js';
import { histogramSeries, sameBins } from '../drawing/histogram-series.js';
import { figure, legend, placeholder, swatch } from '../drawing/legend.js';
import { absent, area, count, isFiniteNumber, pEquals, percent, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Role } from '../drawing/steps.js';
import type { Section } from '../section.js';
import { rankingFigure } from './ranking.js';

export const observables: Section<readonly ObservableComparison[]> = { observables: observableSection };

/** All observables: reference, generated, and generated with its weights, with their ratios to the reference. */
function observableSection(
  sheet: Sheet,
  observables: readonly ObservableComparison[],
  result: EvaluationResult,
): Content {
  if (observables.length === 0) return placeholder(sheet, 'The result holds no observables.');
  return [
    sheet.element(
      'div',
      { class: 'beside' },
      sheet.element(
        'div',
        {},
        sheet.element(
          'p',
          { class: 'lead' },
          'Where the generated curve leaves the reference, the generator is wrong in that observable. Where the ',
          'reweighted curve follows the reference, the weights know of the failure. Below each drawing the ratio to the ',
          'reference; triangles mark bins outside the frame. S is the separation power, 0 for equal and 1 for disjoint ',
          'shapes, in parentheses its mean for equal samples of these sizes and weights; AUC that of a cut on the ',
          'observable; D the Kolmogorov–Smirnov distance. S and χ² count what lies off the axis, and rows without a value as ',
          'a bin of their own. Errors are √Σw², those of the reweighted curve with what its weights have in common, by leaving ',
          'out one fold after the other; where the weights are wrong on average is not in them.',
        ),
        legend(sheet, [
          ['reference', 'reference'],
          ['generated', 'generated'],
          ['reweighted', 'generated, reweighted with w'],
        ]),
      ),
      observables.length > 1 ? rankingFigure(sheet, observables) : null,
    ),
    sheet.element(
      'div',
      { class: 'grid' },
      observables.map((observable, index) => observableFigure(sheet, result, observable, index)),
    ),
  ];
}

function observableFigure(
  sheet: Sheet,
  result: EvaluationResult,
  observable: ObservableComparison,
  index: number,
): HTMLElement {
  const heading = sheet.element('h3', { id: `observable-${index}` }, sheet.quantity(observable.label));
  const series = seriesOf(result, observable);
  const drawing =
    series === null
      ? placeholder(sheet, 'The result holds no three histograms of this observable on a common axis.')
      : drawObservable(sheet, observable, series);
  return figure(
    sheet,
    'observable',
    [heading, drawing],
    agreement(sheet, observable),
    remarks(sheet, observable),
    outside(sheet, series),
    series === null ? null : histogramCsv(sheet, observable.name, { ...series }, observable),
  );
}

function seriesOf(result: EvaluationResult, observable: ObservableComparison): ComparedSeries | null {
  const reference = histogramSeries(result.histograms[observable.histograms.reference]);
  const generated = histogramSeries(result.histograms[observable.histograms.generated]);
  const reweighted = histogramSeries(result.histograms[observable.histograms.reweighted]);
  if (reference === null || generated === null || reweighted === null) return null;
  if (!sameBins(reference, generated) || !sameBins(reference, reweighted)) return null;
  return { reference, generated, reweighted };
}

function drawObservable(
  sheet: Sheet,
  { label, unit, scale }: ObservableComparison,
  series: ComparedSeries,
): Content {
  return comparisonPanels(sheet, series, { x: { label, unit, scale }, y: `share of ${sheet.noun} per bin` });
}

/** Bins from which a χ² says anything; there are fewer where the weights leave few showers. */
const fewestBins = 3;

/** All numbers of both comparisons; the rows are the legend of the drawing at the same time. */
function agreement(sheet: Sheet, observable: ObservableComparison): HTMLElement {
  const { separation, separationNoise, chiSquare, auc, distance } = observable;
  const row = (role: Exclude<Role, 'reference'>) => {
    const { value: square, bins, pValue: p } = chiSquare[role];
    const perBin = isFiniteNumber(square) ? `${significant(square)}/${count(bins)}` : absent;
    const { value } = auc[role];
    const cut = isFiniteNumber(value) ? area(Math.max(value, 1 - value)) : absent;
    return [
      sheet.element(
        'tr',
        {},
        sheet.element('th', { scope: 'rowgroup', colspan: '2' }, swatch(sheet, role), role),
      ),
      sheet.element(
        'tr',
        {},
        sheet.element(
          'td',
          {},
          `S = ${significant(separation[role], 2)} (${significant(separationNoise[role], 2)})`,
        ),
        sheet.element(
          'td',
          {},
          bins < fewestBins ? `χ²: too few ${sheet.noun}` : `χ²/bins = ${perBin}, ${pEquals(p)}`,
        ),
      ),
      sheet.element(
        'tr',
        {},
        sheet.element('td', {}, `AUC = ${cut}`),
        sheet.element(
          'td',
          {},
          // That of reweighted rows would count their scatter alone; χ² has the errors of the weights, too.
          `D = ${significant(distance[role].value, 2)}${role === 'generated' ? `, ${pEquals(distance[role].pValue)}` : ''}`,
        ),
      ),
    ];
  };
  const rows = sheet.element('tbody', {}, row('generated'), row('reweighted'));
  return sheet.element('table', { class: 'agreement' }, rows);
}

/** Says so where the weights leave the observable as it is, and which rows have no value. */
function remarks(sheet: Sheet, { unexplained, undefinedValue: none }: ObservableComparison): Content {
  const alarm = unexplained
    ? sheet.element('p', {}, sheet.element('strong', { class: 'alarm' }, 'The weights do not describe this.'))
    : null;
  if (none === null || none === undefined) return alarm;
  const shares = `reference ${percent(none.reference, 2)}, generated ${percent(none.generated, 2)}, reweighted ${percent(none.reweighted, 2)}`;
  const what = isFiniteNumber(none.value) ? `Exactly ${significant(none.value)}` : 'Without a value';
  return [alarm, sheet.element('p', {}, `${what}: ${shares}.`)];
}

/** Says so where showers lie outside the axis: they are in no drawing, but count in the numbers. */
function outside(sheet: Sheet, series: ComparedSeries | null): Content {
  if (series === null) return null;
  if (series.reference.sum <= 0) return sheet.element('p', {}, 'The reference histogram is empty.');
  const share = (role: Role) => series[role].belowRange + series[role].aboveRange;
  if (share('reference') <= 0 && share('generated') <= 0) return null;
  return sheet.element(
    'p',
    {},
    `Off the axis: reference ${percent(share('reference'), 2)}, generated ${percent(share('generated'), 2)}.`,
  );
}
