import { CaloscopeError } from '../../errors.js';
import { allocated } from '../../machine/allocation.js';
import type { NumberTable } from './number-table.js';

/** The part of a table that one array, or one column, holds: rows × names. */
export interface TablePart {
  readonly names: readonly string[];
  /** Of the array whose columns have made-up names; null: the names are those of the file. */
  readonly array: string | null;
  readonly rows: number;
  readonly values: Float32Array;
}

/**
 * Parts side by side.
 *
 * @throws CaloscopeError ERR_ROW_MISMATCH, ERR_LAYOUT for a name that occurs twice.
 */
export function sideBySide(parts: readonly TablePart[]): NumberTable {
  const columns = parts.flatMap(({ names }) => names);
  requireDifferent(columns);
  const [first] = parts;
  const rows = first?.rows ?? 0;
  const odd = parts.find((part) => part.rows !== rows);
  if (odd) {
    const message = `${first?.names[0]} has ${rows} rows, ${odd.names[0]} has ${odd.rows}; every row needs one of each, or choose columns`;
    throw new CaloscopeError('ERR_ROW_MISMATCH', message);
  }
  const arrays = parts.flatMap(({ array, names }) =>
    array === null ? [] : [{ name: array, length: names.length }],
  );
  const values = allocated(rows * columns.length);
  let at = 0;
  for (const part of parts) {
    const width = part.names.length;
    for (let row = 0; row < rows; row++) {
      values.set(part.values.subarray(row * width, (row + 1) * width), row * columns.length + at);
    }
    at += width;
  }
  return { columns, arrays, rows, values };
}

/** The first name that was there before. */
export function repeatedName(names: readonly string[]): string | undefined {
  const known = new Set<string>();
  return names.find((name) => known.size === known.add(name).size);
}

/** @throws CaloscopeError ERR_LAYOUT. */
export function requireDifferent(columns: readonly string[]): void {
  const twice = repeatedName(columns);
  if (twice === undefined) return;
  throw new CaloscopeError('ERR_LAYOUT', `two columns are called ${twice}; rename one`);
}

/**
 * Which of the known columns are wanted, in the order wanted; null: all.
 *
 * @throws CaloscopeError ERR_DATASET_MISSING.
 */
export function chosenColumns(known: readonly string[], wanted: readonly string[] | null): readonly number[] {
  if (wanted === null) return known.map((_, i) => i);
  return wanted.map((name) => {
    const place = known.indexOf(name);
    if (place >= 0) return place;
    const listed = known.length > 12 ? `${known.slice(0, 12).join(', ')}, …` : known.join(', ');
    throw new CaloscopeError('ERR_DATASET_MISSING', `there is no column ${name}; there are ${listed}`);
  });
}

/**
 * The columns that are wanted, of a table that has them; the name of an array stands for all its columns.
 *
 * @throws CaloscopeError ERR_DATASET_MISSING.
 */
export function withColumns(table: NumberTable, wanted: readonly string[] | null): NumberTable {
  if (wanted === null) return table;
  const { columns, arrays, rows, values } = table;
  const chosen = wanted.flatMap((name) => {
    const array = columns.includes(name) ? undefined : arrays.find((one) => one.name === name);
    return array ? columnNames(name, array.length) : [name];
  });
  const places = chosenColumns(columns, chosen);
  const kept = allocated(rows * places.length);
  for (let row = 0; row < rows; row++) {
    for (const [i, place] of places.entries()) {
      kept[row * places.length + i] = values[row * columns.length + place] as number;
    }
  }
  return { columns: chosen, arrays, rows, values: kept };
}

/** Names of `width` columns of an array. */
export function columnNames(name: string, width: number | null): readonly string[] {
  return width === null ? [name] : Array.from({ length: width }, (_, i) => `${name}_${i}`);
}
