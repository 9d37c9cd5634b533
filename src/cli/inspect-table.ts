import { readTable } from '../formats/tables/read-table.js';
import { emptyText } from '../samples/files-of-sample.js';
import { columns, count } from './figures.js';
import type { Session } from './session.js';

/** What a column of a table holds; null where none of its numbers is finite. */
interface ColumnInspection {
  readonly name: string;
  readonly lowest: number | null;
  readonly median: number | null;
  readonly highest: number | null;
  /** NaN and infinite ones. */
  readonly nonFinite: number;
}

/** Says what is in a table. Exit code 1 where an evaluation would refuse it. */
export async function runInspectTable(session: Session, path: string): Promise<number> {
  const { signal } = session;
  session.progress.stage('reading');
  const { columns: names, rows, values, format, sha256 } = await readTable(path, { columns: null, signal });
  const found = names.map((name, column) =>
    inspected(
      name,
      Float32Array.from({ length: rows }, (_, row) => values[row * names.length + column] as number),
    ),
  );
  const odd = found.filter(({ nonFinite }) => nonFinite > 0);
  const lines = [
    path,
    ...columns([
      ['format', format],
      ['rows', count(rows)],
    ]),
    'Columns:',
    ...columns([
      ['', 'lowest', 'median', 'highest', 'NaN or infinite'],
      ...found.map(({ name, lowest, median, highest, nonFinite }) => [
        name,
        ...[lowest, median, highest].map((value) =>
          value === null ? 'none' : String(Number(value.toPrecision(5))),
        ),
        nonFinite === 0 ? '' : count(nonFinite),
      ]),
    ]),
    rows === 0
      ? `Problems: ${emptyText('rows')}`
      : odd.length === 0
        ? 'No problems.'
        : `Problems: ${odd.map(({ name }) => name).join(', ')} with numbers that are not finite; remove those rows or leave them out (--drop-rows)`,
  ];
  session.conclude({ path, format, sha256, rows, columns: found }, lines);
  return rows > 0 && odd.length === 0 ? 0 : 1;
}

function inspected(name: string, values: Float32Array): ColumnInspection {
  const finite = values.filter(Number.isFinite).sort();
  const nonFinite = values.length - finite.length;
  return {
    name,
    lowest: finite[0] ?? null,
    median: finite[finite.length >> 1] ?? null,
    highest: finite.at(-1) ?? null,
    nonFinite,
  };
}
