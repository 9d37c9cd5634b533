import type { Sheet } from './drawing/sheet.js';

/** Links to all sections that have a heading, in their order. */
export function tableOfContents(sheet: Sheet, main: HTMLElement): HTMLElement | null {
  const links = [...main.querySelectorAll('section[id]')].flatMap((section) => {
    const heading = section.querySelector('h2')?.textContent;
    return heading ? [sheet.element('li', {}, sheet.element('a', { href: `#${section.id}` }, heading))] : [];
  });
  if (links.length === 0) return null;
  return sheet.element(
    'nav',
    { class: 'contents', 'aria-label': 'Contents' },
    sheet.element('ul', {}, links),
  );
}
