import type { FailureSummary } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import type { Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

export const failures: Section<FailureSummary> = { verdict: failureSection };

/** What is wrong, in sentences. */
function failureSection(sheet: Sheet, { sentences, sound }: FailureSummary): HTMLElement {
  return section(
    sheet,
    'failures',
    'What is wrong',
    sentences.length === 0
      ? sheet.element('p', {}, 'No failure is found.')
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
