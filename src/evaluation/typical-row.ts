import { rowsWhere } from './rows-where.js';

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
  const scales = conditions.map((values) => deviationOf(values) || 1);
  const away = new Float64Array(rows);
  for (const [i, values] of conditions.entries()) {
    const [center, scale] = [wanted[i] as number, scales[i] as number];
    for (let row = 0; row < rows; row++) {
      (away[row] as number) += (((values[row] as number) - center) / scale) ** 2;
    }
  }
  const count = Math.max(fewest, Math.min(most, Math.ceil(rows / 50)));
  const farthest = Float64Array.from(away).sort()[Math.min(count, rows) - 1] ?? 0;
  const alike = Array.from(rowsWhere(away, (distance) => distance <= farthest))
    .sort((a, b) => (away[a] as number) - (away[b] as number) || a - b)
    .slice(0, count);
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
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return Math.sqrt(squares / values.length);
}
