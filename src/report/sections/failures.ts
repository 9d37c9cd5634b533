import type { EvaluationResult, FailureSummary, RegionFactor } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import { absent, measured, pValue, significant } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';

export const failures: Section<FailureSummary | null> = {
  verdict: (sheet, part, result) => part && failureSection(sheet, part, result),
  observables: (sheet, part) => part && explainedSection(sheet, part),
};

/** Observables of the table: those that explain most. */
const listed = 12;

/** What is wrong, in sentences. */
function failureSection(
  sheet: Sheet,
  { sentences, sound }: FailureSummary,
  { verdict }: EvaluationResult,
): HTMLElement {
  const together =
    verdict.level === 'indistinguishable'
      ? ''
      : ' The samples differ in how observables go together: rows of small and of large weight, and clusters of them, show it.';
  return section(
    sheet,
    'failures',
    'What is wrong',
    sentences.length === 0
      ? sheet.element('p', {}, `No observable or region by itself is seen to be wrong.${together}`)
      : sheet.element(
          'ol',
          {},
          sentences.map(({ text }) => sheet.element('li', {}, sheet.prose(text))),
        ),
    sound === null ? null : sheet.element('p', {}, sheet.prose(sound)),
    sheet.element(
      'p',
      { class: 'note' },
      'Each region was looked for in one half of the rows and its factor measured on the other, so that looking for it did not make it ',
      'larger. “Explains” is the part of AUC − ½ that is gone between rows alike in that observable; what matters most comes first.',
    ),
  );
}

/** What each observable has to do with the AUC, and where the samples differ most in it. */
function explainedSection(sheet: Sheet, { observables, area }: FailureSummary): HTMLElement | null {
  if (observables.length === 0) return null;
  const most = [...observables].sort((a, b) => b.explained.share - a.explained.share).slice(0, listed);
  return section(
    sheet,
    'explained',
    'What the observables explain',
    sheet.element(
      'p',
      { class: 'lead' },
      `Of AUC − ½ (AUC of ln w, all rows together: ${significant(area, 4)}), the part that is gone between rows alike in the observable, `,
      `each alone, the ${most.length} that explain most. The factor is the share of the reference over that of the generated sample where they `,
      'differ most; the p-value is corrected for all observables, boxes and voxels.',
    ),
    table(
      sheet,
      'explained',
      ['observable', 'explains', 'AUC left', 'differs most at', 'factor', 'p'],
      most.map(({ label, explained, region, adjustedPValue }) => [
        sheet.element('span', {}, sheet.quantity(label)),
        `${measured(100 * explained.share, 100 * explained.standardError)} %`,
        significant(explained.left, 4),
        region === null ? absent : sheet.element('span', {}, sheet.prose(region.where)),
        region === null ? absent : factorOf(region.factor),
        pValue(adjustedPValue),
      ]),
    ),
  );
}

function factorOf({ value, standardError }: RegionFactor): string {
  if (value === null) return '∞';
  return standardError === null ? '0' : measured(value, standardError);
}
