import type { ErrorCode } from '../../errors.js';
import type { NumberTable } from './number-table.js';

/** Files that hold a table of numbers. */
export const tableFormats = ['npy', 'npz', 'parquet', 'csv'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** First bytes of the files that are not text. */
const marks: readonly (readonly [string, TableFormat])[] = [
  ['\x93NUMPY', 'npy'],
  ['PK\x03\x04', 'npz'],
  ['PAR1', 'parquet'],
];

/** The format that a file begins as; null: none of them. */
export function tableFormatOf(start: Buffer): TableFormat | null {
  const text = start.toString('latin1');
  const found = marks.find(([mark]) => text.startsWith(mark));
  if (found) return found[1];
  // Not XML, JSON or a pointer of Git LFS, which are text with numbers, too.
  const isText = /^[\t\r\n -\x7e\x80-\xff]*$/.test(text) && !/^\s*[<{[]|^version https:/.test(text);
  const isCell = (cell: string) => /^[+-]?(?:\d*\.?\d+|\d+\.|nan|inf(?:inity)?)(?:e[+-]?\d*)?$/i.test(cell);
  if (!isText) return null;
  return text.split(/[\s,;"]+/).some(isCell) || hasNoRows(text) ? 'csv' : null;
}

/** Whether text is nothing, or one line of names: a table that was written without rows. A line of words is none. */
function hasNoRows(text: string): boolean {
  const [names = '', ...rest] = text.split(/[\r\n]+/).filter((line) => /^\s*[^#\s]/.test(line));
  const cells = names.split(/[\t,;]/).filter((cell) => cell.trim() !== '');
  return rest.length === 0 && (cells.length > 1 || !/\s/.test(names.trim()));
}

/** What a worker thread is to read. */
export interface TableRequest {
  readonly descriptor: number;
  readonly format: TableFormat;
  /** Columns by name, in this order; null: all. */
  readonly columns: readonly string[] | null;
}

export type TableReply =
  | { readonly kind: 'table'; readonly table: NumberTable }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
