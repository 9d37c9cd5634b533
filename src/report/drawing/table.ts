import type { Content, Sheet } from './sheet.js';

/** A table with a header row; the first cell of every row is its header. */
export function table(
  sheet: Sheet,
  kind: string,
  heads: readonly Content[],
  rows: readonly (readonly Content[])[],
): HTMLElement {
  return sheet.element(
    'div',
    { class: 'scroll' },
    sheet.element(
      'table',
      { class: kind },
      sheet.element(
        'thead',
        {},
        sheet.element(
          'tr',
          {},
          heads.map((head) => sheet.element('th', { scope: 'col' }, head)),
        ),
      ),
      sheet.element(
        'tbody',
        {},
        rows.map((row) =>
          sheet.element(
            'tr',
            {},
            row.map((cell, index) =>
              index === 0 ? sheet.element('th', { scope: 'row' }, cell) : sheet.element('td', {}, cell),
            ),
          ),
        ),
      ),
    ),
  );
}
