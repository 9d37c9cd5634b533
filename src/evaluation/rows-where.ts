/** Numbers of the rows whose value is of a kind, ascending. */
export function rowsWhere(values: Float64Array, inside: (value: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (const [row, value] of values.entries()) if (inside(value)) rows.push(row);
  return Uint32Array.from(rows);
}

/** The values of some rows. */
export function valuesAt(values: ArrayLike<number>, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row] as number);
}
