import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CaloscopeError } from '../../errors.js';
import { allocated } from '../../machine/allocation.js';
import { chosenColumns, columnNames, requireDifferent } from './columns.js';
import { type NumberTable, piecesOf, type TableBytes } from './number-table.js';

/** What may stand between two cells, in the order in which it is looked for. */
const delimiters = ['\t', ';', ',', ' '] as const;

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const namedNumber = /^[+-]?(?:nan|inf|infinity)$/i;

/**
 * A table as text: rows of cells with commas, semicolons, tabs or blanks between. The first row names the columns unless all its cells are
 * numbers; if these are 0, 1, 2, …, as pandas counts columns without names, they are names, too; a `#` in front of it, as NumPy writes it, is not part of the first name. Other lines that begin with `#` are left out.
 * An empty cell is NaN, as pandas writes it.
 *
 * @throws CaloscopeError ERR_DATASET_TYPE for a cell that is no number, ERR_FILE_CORRUPT for rows of different lengths; both with the
 * line; ERR_TOO_FEW_ROWS for names without rows, or nothing.
 */
export async function readCsv(file: TableBytes, wanted: readonly string[] | null): Promise<NumberTable> {
  const { heading, delimiter } = beginningOf(file);
  const cells = Readable.from(delimiter === ' ' ? withSingleBlanks(file) : piecesOf(file)).pipe(
    parse({
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
    }),
  );
  let columns: readonly string[] | null = heading;
  let rows = new RowsOfCells(heading ?? [], wanted, null);
  try {
    for await (const { record, info } of cells as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns === null) {
        const counted = record.length > 1 && record.every((cell, i) => cell === String(i));
        const named = counted || !record.every(isNumber);
        columns = named ? record : columnNames('column', record.length);
        rows = new RowsOfCells(columns, wanted, named ? null : 'column');
        if (named) continue;
      }
      rows.add(record, info.lines);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const message = `line ${String(error['lines'])}: ${error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' ? 'it has another number of cells than the lines before' : error.message}`;
    throw new CaloscopeError('ERR_FILE_CORRUPT', message, { cause: error });
  }
  return rows.finish();
}

/** Lines without blanks at their ends, and one between cells. */
async function* withSingleBlanks(file: TableBytes): AsyncGenerator<Buffer, void, void> {
  let begun = '';
  for await (const piece of piecesOf(file)) {
    const text = begun + piece.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    begun = text.slice(end);
    yield singleBlanks(text.slice(0, end));
  }
  yield singleBlanks(begun);
}

function singleBlanks(lines: string): Buffer {
  return Buffer.from(lines.replace(/^ +| +(?=\r?$)/gm, '').replace(/ +/g, ' '), 'latin1');
}

function isNumber(cell: string): boolean {
  return number.test(cell) || namedNumber.test(cell);
}

/** How cells are set apart, and names in a comment in front of the rows. */
function beginningOf(file: TableBytes): { heading: string[] | null; delimiter: string } {
  const lines = file
    .read(0, 2 ** 16)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = lines.find((line) => !line.startsWith('#')) ?? '';
  const delimiter = delimiters.find((mark) => first.includes(mark)) ?? ',';
  const cellsOf = (line: string) =>
    line.split(delimiter === ' ' ? / +/ : delimiter).map((cell) => cell.trim());
  const [comment] = lines;
  if (!comment?.startsWith('#') || !cellsOf(first).every(isNumber)) return { heading: null, delimiter };
  const names = cellsOf(comment.replace(/^#\s*/, ''));
  return { heading: names.length === cellsOf(first).length ? names : null, delimiter };
}

/** Rows of the chosen columns, in memory that grows. */
class RowsOfCells {
  readonly #columns: readonly string[];
  readonly #arrays: NumberTable['arrays'];
  readonly #places: readonly number[];
  #values = allocated(2 ** 16);
  #length = 0;

  constructor(columns: readonly string[], wanted: readonly string[] | null, array: string | null) {
    requireDifferent(columns);
    this.#arrays = array === null ? [] : [{ name: array, length: columns.length }];
    const nameless = wanted === null ? columns.indexOf('') : -1;
    if (nameless >= 0) {
      const message = `column ${nameless} has no name: if it is an index, write the table without (pandas: index=False), or name the columns in a layout`;
      throw new CaloscopeError('ERR_LAYOUT', message);
    }
    this.#places = columns.length === 0 ? [] : chosenColumns(columns, wanted);
    this.#columns = this.#places.map((place) => columns[place] as string);
  }

  add(record: readonly string[], line: number): void {
    if (this.#length + this.#places.length > this.#values.length) {
      const larger = allocated(2 * this.#values.length + this.#places.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    for (const [i, place] of this.#places.entries()) {
      const cell = record[place] ?? '';
      this.#values[this.#length++] = number.test(cell) ? Number(cell) : this.#named(cell, line, i);
    }
  }

  finish(): NumberTable {
    if (this.#length === 0) {
      const message =
        'it is a table without rows: there is no line of numbers in it; write it again with its rows';
      throw new CaloscopeError('ERR_TOO_FEW_ROWS', message);
    }
    const rows = this.#length / this.#columns.length;
    return {
      columns: this.#columns,
      arrays: this.#arrays,
      rows,
      values: this.#values.slice(0, this.#length),
    };
  }

  #named(cell: string, line: number, column: number): number {
    if (namedNumber.test(cell)) {
      if (/nan/i.test(cell)) return Number.NaN;
      return cell.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    if (cell === '') return Number.NaN;
    const message = `line ${line}, column ${this.#columns[column]} holds "${cell.slice(0, 40)}", which is no number; repair it, or choose other columns`;
    throw new CaloscopeError('ERR_DATASET_TYPE', message);
  }
}
