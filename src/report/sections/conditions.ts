import type { ConditionBin, ConditionDependence } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import { absent, count, measured, pEquals, pValue, significant } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';

export const conditions: Section<readonly ConditionDependence[]> = { conditions: conditionsSection };

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
    dependences.map(({ label, unit, bins, spreadPValue }) => [
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
    ]),
  );
}

function row(sheet: Sheet, bin: ConditionBin) {
  const { lower, upper, auc, meanWeight, leading } = bin;
  return [
    lower === upper ? significant(lower) : `${significant(lower)} – ${significant(upper)}`,
    count(bin.reference),
    count(bin.generated),
    auc === null ? absent : measured(auc.value, auc.standardError),
    meanWeight === null ? absent : measured(meanWeight.value, meanWeight.standardError),
    count(bin.effectiveSampleSize),
    leading === null ? absent : sheet.element('span', {}, sheet.quantity(leading.label)),
    leading === null ? absent : pValue(leading.adjustedPValue),
  ];
}
