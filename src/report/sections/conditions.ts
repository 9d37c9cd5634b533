import type { BinObservable, ConditionBin, ConditionDependence } from '../../evaluation/result.js';
import { csvLink } from '../drawing/csv-link.js';
import { section } from '../drawing/legend.js';
import { absent, count, isFiniteNumber, measured, pEquals, pValue, significant } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';

export const conditions: Section<readonly ConditionDependence[]> = { conditions: conditionsSection };

/** Observables in the table of distances. */
const shownObservables = 10;
/** Corrected p-value from which down a distance is not by chance: three standard deviations, one-sided. */
const surely = 0.00135;

/** AUC, weights and what differs most, bin by bin of the incident energy. */
function conditionsSection(sheet: Sheet, dependences: readonly ConditionDependence[]): HTMLElement | null {
  if (dependences.length === 0) return null;
  return section(
    sheet,
    'conditions',
    'By condition',
    sheet.element(
      'p',
      { class: 'lead' },
      'Where along the condition the generator is wrong. Mean w is 1 in every bin if the weights are a ratio of densities and both samples ',
      'have the same conditions. The observable named differs most in the bin; its p-value is corrected for all observables and bins.',
    ),
    dependences.map((dependence) => {
      const { label, unit, bins, spreadPValue } = dependence;
      return [
        table(
          sheet,
          'conditions',
          [
            sheet.element('span', {}, sheet.quantity(label), unit === '' ? '' : ` [${unit}]`),
            'reference',
            'generated',
            'AUC',
            'mean w',
            'effective size',
            'differs most in',
            'p',
          ],
          bins.map((bin) => row(sheet, bin)),
        ),
        spreadPValue === null
          ? null
          : sheet.element('p', {}, `That the AUC is the same in all bins: ${pEquals(spreadPValue)}.`),
        observablesOf(sheet, dependence),
      ];
    }),
  );
}

function row(sheet: Sheet, bin: ConditionBin) {
  const { auc, meanWeight, leading } = bin;
  return [
    rangeOf(bin),
    count(bin.reference),
    count(bin.generated),
    auc === null ? absent : measured(auc.value, auc.standardError),
    meanWeight === null ? absent : measured(meanWeight.value, meanWeight.standardError),
    count(bin.effectiveSampleSize),
    leading === null ? absent : sheet.element('span', {}, sheet.quantity(leading.label)),
    leading === null ? absent : pValue(leading.adjustedPValue),
  ];
}

function rangeOf({ lower, upper }: ConditionBin): string {
  return lower === upper ? significant(lower) : `${significant(lower)} – ${significant(upper)}`;
}

/** How far the samples are apart in each observable and bin, before and after reweighting; those that differ most anywhere. */
function observablesOf(sheet: Sheet, { name, label, bins }: ConditionDependence) {
  const heads = [...new Set(bins.flatMap(({ observables }) => observables.map((one) => one.label)))];
  if (bins.length < 2 || heads.length === 0) return null;
  const cell = (bin: ConditionBin, head: string) => bin.observables.find((one) => one.label === head);
  const least = (head: string) => Math.min(...bins.map((bin) => cell(bin, head)?.adjustedPValue ?? 1));
  const farthest = (head: string) => Math.max(...bins.map((bin) => cell(bin, head)?.distance ?? 0));
  const shown = [...heads]
    .sort((a, b) => least(a) - least(b) || farthest(b) - farthest(a))
    .slice(0, shownObservables);
  const rows = shown.map((head) => [
    sheet.element('span', {}, sheet.quantity(head)),
    ...bins.map((bin) => distanceCell(sheet, cell(bin, head))),
  ]);
  const numbers = bins.flatMap((bin) =>
    bin.observables.map((one) => [
      bin.lower,
      bin.upper,
      one.label,
      one.distance,
      one.adjustedPValue,
      one.reweighted,
    ]),
  );
  return [
    sheet.element(
      'p',
      {},
      'Kolmogorov–Smirnov distance of each observable, bin by bin, and with the weights; bold where it is not by chance (corrected p below 0.00135).',
    ),
    table(sheet, 'distances', [sheet.quantity(label), ...bins.map(rangeOf)], rows),
    csvLink(
      sheet,
      `by-${name.replaceAll(' ', '-')}`,
      ['lower', 'upper', 'observable', 'distance', 'corrected p', 'distance reweighted'],
      numbers,
    ),
  ];
}

function distanceCell(sheet: Sheet, one: BinObservable | undefined) {
  if (!one) return absent;
  const [before, after] = [one.distance, one.reweighted].map((value) =>
    isFiniteNumber(value) ? value.toFixed(2) : absent,
  ) as [string, string];
  return [
    one.adjustedPValue < surely ? sheet.element('strong', {}, before) : before,
    `\u00a0→\u00a0${after}`,
  ];
}
