/** Rows with the nearest conditions, among which the most ordinary one is chosen: a fiftieth of all within these bounds. */
const [fewest, most] = [20, 200];

/**
 * The row of a sample that is most ordinary among those made for nearly the same conditions: nearest to their medians in all
 * observables, in units of their width. null: there is no row that is not taken.
 *
 * @param conditions one number a row each; may be none.
 * @param wanted what the conditions are to be.
 * @param columns observables, one number a row, NaN where there is no value: those are passed over.
 */
export function typicalRow(
  conditions: readonly Float64Array[],
  wanted: readonly number[],
  columns: readonly Float64Array[],
  taken: readonly number[],
): number | null {
  const rows = (columns[0] ?? conditions[0])?.length ?? 0;
  const every = Array.from({ length: rows }, (_, row) => row);
  const scales = conditions.map((values) => deviationOf(values) || 1);
  const away = every.map((row) =>
    conditions.reduce(
      (sum, values, i) =>
        sum + (((values[row] as number) - (wanted[i] as number)) / (scales[i] as number)) ** 2,
      0,
    ),
  );
  const alike = every
    .sort((a, b) => (away[a] as number) - (away[b] as number) || a - b)
    .slice(0, Math.max(fewest, Math.min(most, Math.ceil(rows / 50))));
  const ofColumns = columns.map((values) => {
    const sorted = alike.map((row) => values[row] as number).filter(Number.isFinite);
    sorted.sort((a, b) => a - b);
    return { values, median: sorted[sorted.length >> 1] ?? 0, width: deviationOf(sorted) || 1 };
  });
  const odd = (row: number) =>
    ofColumns.reduce((sum, { values, median, width }) => {
      const distance = ((values[row] as number) - median) / width;
      return sum + (Number.isFinite(distance) ? distance * distance : 0);
    }, 0);
  const left = alike.filter((row) => !taken.includes(row));
  return left.length === 0 ? null : left.reduce((best, row) => (odd(row) < odd(best) ? row : best));
}

function deviationOf(values: ArrayLike<number>): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
}
