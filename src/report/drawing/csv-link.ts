import type { Sheet } from './sheet.js';

/** A cell of a table of numbers; null stays empty. */
export type Cell = number | string | null | undefined;

/**
 * A link that saves the numbers of a figure as CSV. They are in the page itself, so that nothing is loaded.
 *
 * @param name of the file, without its ending.
 */
export function csvLink(
  sheet: Sheet,
  name: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const text = [heads, ...rows].map((row) => row.map(cellText).join(',')).join('\n');
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(`${text}\n`).replaceAll('%2C', ',')}`;
  return sheet.element('a', { class: 'numbers-link', href, download: `${name}.csv` }, 'numbers (CSV)');
}

/** Six digits are more than any figure shows. */
function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(Number(cell.toPrecision(6))) : '';
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
