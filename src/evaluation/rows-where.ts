/** Numbers of the rows whose value is of a kind, ascending. */
export function rowsWhere(values: Float64Array, inside: (value: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (const [row, value] of values.entries()) if (inside(value)) rows.push(row);
  return Uint32Array.from(rows);
}
