import type { Content, Sheet } from './sheet.js';

/** A short piece of the curve it stands for; `kind` is a role or another class of the style sheet. */
export function swatch(sheet: Sheet, kind: string): HTMLElement {
  return sheet.element('span', { class: `swatch ${kind}` });
}

/** Curves and their names in one line, in the order given. */
export function legend(
  sheet: Sheet,
  entries: readonly (readonly [kind: string, name: string])[],
): HTMLElement {
  return sheet.element(
    'ul',
    { class: 'legend' },
    entries.map(([kind, name]) => sheet.element('li', {}, swatch(sheet, kind), name)),
  );
}

/** A drawing with what is said below it. */
export function figure(sheet: Sheet, kind: string, drawing: Content, ...caption: Content[]): HTMLElement {
  return sheet.element('figure', { class: kind }, drawing, sheet.element('figcaption', {}, caption));
}

/** Stands where a drawing cannot be made; says why. */
export function placeholder(sheet: Sheet, reason: string): HTMLElement {
  return sheet.element('p', { class: 'placeholder' }, reason);
}

/** A numbered part of the report with an optional introduction. */
export function section(sheet: Sheet, id: string, title: string, ...content: Content[]): HTMLElement {
  return sheet.element('section', { id }, sheet.element('h2', {}, title), content);
}
