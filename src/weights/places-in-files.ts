import { firstRowsOf, rowsFrom } from '../samples/source-rows.js';

/** Rows of one sample, and the files that they come from. */
export interface RowsOfFiles {
  /** The row of each, counted through all files; left out or null: row i is row i. */
  readonly sourceRows?: Float64Array | null | undefined;
  /** The files, in their order; none or one: nothing is counted but rows. */
  readonly files?: readonly { readonly rows: number }[] | undefined;
}

/** Whether rows are known by the number of their file and their row in it, not by their row alone. */
export function numberedFiles({ files = [] }: RowsOfFiles): boolean {
  return files.length > 1;
}

/** File and row in it of some rows, both counted from 0. */
export function placesInFiles(of: RowsOfFiles, first: number, rows: number) {
  const sources = of.sourceRows?.slice(first, first + rows) ?? rowsFrom(first, rows);
  const starts = firstRowsOf(of.files);
  const files = Int32Array.from(sources, (row) => starts.findLastIndex((start) => start <= row));
  const inFile = (row: number, i: number) => BigInt(row - (starts[files[i] as number] as number));
  return { files, rows: BigInt64Array.from(sources, inFile) };
}
