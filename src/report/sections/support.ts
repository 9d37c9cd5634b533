import type { OutsideRows, SupportSummary } from '../../evaluation/result.js';
import { section, swatch } from '../drawing/legend.js';
import { count, percent } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';

export const support: Section<SupportSummary> = { health: supportSection };

/** Rows of each sample where the other has none. */
function supportSection(sheet: Sheet, { reference, generated }: SupportSummary): HTMLElement {
  const row = (role: 'reference' | 'generated', { rows, share, expectedShare }: OutsideRows) => [
    [swatch(sheet, role), role],
    count(rows),
    percent(share),
    percent(expectedShare, 2),
  ];
  return section(
    sheet,
    'support',
    'Outside the other sample',
    sheet.element(
      'p',
      { class: 'lead' },
      'Generated showers with w below that of every reference shower are such as the reference never makes; reference ',
      'showers with w above that of every generated shower are such as the generator misses, and no weight brings them ',
      'back. About one shower of each lies outside by chance.',
    ),
    table(
      sheet,
      'support',
      ['', 'outside', 'share', 'expected of equal samples'],
      [row('reference', reference), row('generated', generated)],
    ),
  );
}
