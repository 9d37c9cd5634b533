import { FileError } from '../../errors.js';
import { withColumns } from '../../formats/tables/columns.js';
import type { NumberTable } from '../../formats/tables/number-table.js';
import { fewestDraws } from '../../layouts/own-density.js';
import type { TableLayout } from '../../layouts/table-schema.js';
import { densitiesFromDraws, densitiesFromSpread, type OwnDensities } from '../own-densities.js';

/** Names of the columns, or of arrays of columns, with ln p of the generator, or its spread. */
export function densityNames({ ownDensity }: TableLayout): readonly string[] {
  if (ownDensity === null) return [];
  return 'spread' in ownDensity ? [ownDensity.spread] : ownDensity.draws;
}

/**
 * Takes what a generator says of its own density out of a table; null: the table has none, as that of a reference.
 *
 * @throws FileError ERR_DATASET_MISSING where it has a part only.
 */
export function withoutDensities(
  table: NumberTable,
  layout: TableLayout,
  source: string,
): { readonly table: NumberTable; readonly densities: OwnDensities | null } {
  const names = densityNames(layout);
  const { columns, arrays, rows } = table;
  const there = names.filter((name) => columns.includes(name) || arrays.some((one) => one.name === name));
  if (there.length === 0) return { table, densities: null };
  const of = withColumns(table, there);
  const draws = of.columns.length;
  const isSpread = layout.ownDensity !== null && 'spread' in layout.ownDensity;
  if (there.length < names.length || (!isSpread && draws < fewestDraws)) {
    const message = `it has ${draws} columns with ln p of its generator (${there.join(', ')}), needed are ${names.join(', ')} and at least ${fewestDraws} draws`;
    throw new FileError('ERR_DATASET_MISSING', source, message);
  }
  const kept = columns.filter((name) => !of.columns.includes(name));
  if (kept.length === 0) {
    throw new FileError('ERR_SHAPE', source, 'there is no column beside those with ln p of its generator');
  }
  const rest = withColumns(table, kept);
  const densities = isSpread
    ? densitiesFromSpread(Float64Array.from(of.values))
    : densitiesFromDraws(of.values, draws);
  return { table: { ...rest, rows }, densities };
}
