import type { Cell, FigureNumbers, Sheet } from './sheet.js';

export type { Cell } from './sheet.js';

/**
 * A link that saves the numbers of a figure as CSV. They are in the page itself, so that nothing is loaded.
 *
 * @param name of the file, without its ending.
 * @param binned what columns `lower` and `upper` are the ends of.
 */
export function csvLink(
  sheet: Sheet,
  name: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  binned: FigureNumbers['binned'] = null,
): HTMLElement {
  const numbers = { name, heads, rows, binned };
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(csvText(numbers)).replaceAll('%2C', ',')}`;
  const link = sheet.element('a', { class: 'numbers-link', href, download: `${name}.csv` }, 'numbers (CSV)');
  sheet.numbers.set(link, numbers);
  return link;
}

export function csvText({ heads, rows }: Pick<FigureNumbers, 'heads' | 'rows'>): string {
  return `${[heads, ...rows].map((row) => row.map(cellText).join(',')).join('\n')}\n`;
}

/** Six digits are more than any figure shows. */
export function rounded(number: number): number {
  return Number(number.toPrecision(6));
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(rounded(cell)) : '';
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
