import type { SampleFile } from './sample-file.js';

/** Rows, and where they stand in what the user passed: rows of files, counted through all of them. */
export interface NumberedRows {
  readonly rows: number;
  /** The row of each in what the user passed, where some were left out; null: all are there, in order. */
  readonly sourceRows: Float64Array | null;
  /** The files that source rows are counted through, in their order; absent or none: an array. */
  readonly files?: readonly SampleFile[] | undefined;
}

/** What names a row for its user. */
type RowSource = Pick<NumberedRows, 'sourceRows' | 'files'>;

/** A row as results name it. */
export interface PlaceOfRow {
  /** In its file, counted from 0. */
  readonly row: number;
  /** The file, by its number in those of the sample, counted from 0; absent where there is one, or none. */
  readonly file?: number;
}

/** The number by which the user knows a row. */
export function sourceRowOf({ sourceRows }: Pick<NumberedRows, 'sourceRows'>, row: number): number {
  return sourceRows === null ? row : (sourceRows[row] as number);
}

/** The numbers by which the user knows some rows. */
export function sourceRowsOf(of: Pick<NumberedRows, 'sourceRows'>, rows: Float64Array): Float64Array {
  return of.sourceRows === null ? rows : rows.map((row) => sourceRowOf(of, row));
}

/** The rows that are left when some are left out, which ascend. */
export function rowsWithout(rows: number, removed: Float64Array): Float64Array {
  const left = new Float64Array(rows - removed.length);
  let next = 0;
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    if (removed[next] === row) next += 1;
    else left[kept++] = row;
  }
  return left;
}

/** Source rows of `count` rows from `first` on, of all rows in order. */
export function rowsFrom(first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + i);
}

/** The first source row of each file; of an array 0. */
export function firstRowsOf(files: readonly { readonly rows: number }[] = []): number[] {
  const firsts = [0];
  for (const { rows } of files.slice(0, -1)) firsts.push((firsts.at(-1) as number) + rows);
  return firsts;
}

/** Where a row stands in the files. */
export function placeOfRow(of: RowSource, row: number): PlaceOfRow {
  return placeOfSource(of.files, sourceRowOf(of, row));
}

function placeOfSource(files: RowSource['files'], sourceRow: number): PlaceOfRow {
  if (files === undefined || files.length < 2) return { row: sourceRow };
  const firsts = firstRowsOf(files);
  const file = firsts.findLastIndex((first) => first <= sourceRow);
  return { row: sourceRow - (firsts[file] as number), file };
}

/** The row of a sample that stands at a place; -1 where it was left out. */
export function rowAt({ sourceRows, files }: RowSource, { row, file = 0 }: PlaceOfRow): number {
  const source = (firstRowsOf(files)[file] as number) + row;
  return sourceRows?.indexOf(source) ?? source;
}

/** How messages name a row: `row 17`, of several files `row 17 of b.hdf5`. */
export function rowText(of: RowSource, row: number): string {
  return sourceRowText(of.files, sourceRowOf(of, row));
}

/** The same for a source row. */
export function sourceRowText(files: RowSource['files'], sourceRow: number): string {
  const { row, file } = placeOfSource(files, sourceRow);
  return file === undefined ? `row ${row}` : `row ${row} of ${files?.[file]?.source}`;
}
