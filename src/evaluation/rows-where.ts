/** Numbers of the rows whose value is of a kind, ascending. */
export function rowsWhere(values: Float64Array, inside: (value: number) => boolean): Uint32Array {
  const rows = new Uint32Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    if (inside(values[row] as number)) rows[count++] = row;
  }
  return rows.slice(0, count);
}

/** The values of some rows. */
export function valuesAt(values: ArrayLike<number>, rows: Uint32Array): Float64Array {
  const found = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) found[i] = values[rows[i] as number] as number;
  return found;
}
