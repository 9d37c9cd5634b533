import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { TablePlan, TableWriter, WrittenColumn, WrittenRows } from './table-plan.js';

/** Letters that are collected before they are written. */
const lettersAtOnce = 2 ** 20;

/**
 * Text with commas between the cells: first what is said of the table, in lines that begin with `#`, then the names of the columns with their
 * units as in `energy [MeV]`, then the rows. Numbers have as many digits as they need to be read back the same; `nan` and `inf` are spelt so.
 */
export class CsvWriter implements TableWriter {
  readonly #descriptor: number;
  #text = '';

  constructor(path: string, { columns, attributes }: TablePlan) {
    this.#descriptor = openSync(path, 'wx');
    for (const [name, value] of Object.entries(attributes))
      this.#text += `# ${name}: ${value.replace(/\s*[\r\n]+\s*/g, '; ')}\n`;
    this.#text += `${columns.map(headingOf).join(',')}\n`;
  }

  append(rows: WrittenRows): void {
    for (let row = 0; row < (rows[0]?.length ?? 0); row++) {
      this.#text += `${rows.map((column) => cellOf(column[row] as number | bigint)).join(',')}\n`;
      if (this.#text.length > lettersAtOnce) this.#write();
    }
  }

  finish(): void {
    this.#write();
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #write(): void {
    const bytes = Buffer.from(this.#text);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    this.#text = '';
  }
}

function headingOf({ name, unit }: WrittenColumn): string {
  const heading = unit === '' ? name : `${name} [${unit}]`;
  return /[",\r\n#]/.test(heading) ? `"${heading.replaceAll('"', '""')}"` : heading;
}

function cellOf(number: number | bigint): string {
  if (number === Number.POSITIVE_INFINITY) return 'inf';
  if (number === Number.NEGATIVE_INFINITY) return '-inf';
  return Number.isNaN(number) ? 'nan' : String(number);
}
