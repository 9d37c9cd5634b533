/** Rows, and where they stand in what the user passed: rows of files, counted through all of them. */
export interface NumberedRows {
  readonly rows: number;
  /** The row of each in what the user passed, where some were left out; null: all are there, in order. */
  readonly sourceRows: Float64Array | null;
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
