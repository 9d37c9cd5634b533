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
  const lines = rows.map((row) => row.map((cell, i) => cellText(cell, heads[i])));
  return `${[heads.map((head) => cellText(head)), ...lines].map((cells) => cells.join(',')).join('\n')}\n`;
}

/**
 * A number of a figure as it is written, `head` that of its column. Six digits are more than any figure shows; whole numbers, such as those of rows,
 * keep all, and so do ends of bins, which would fall together where bins are narrow and far from 0.
 */
export function rounded(number: number, head = ''): number {
  if (Number.isInteger(number)) return number;
  return Number(number.toPrecision(/(^|_)(lower|upper)$/.test(head) ? 15 : 6));
}

function cellText(cell: Cell, head?: string): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(rounded(cell, head)) : '';
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
