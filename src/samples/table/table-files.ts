import { ArgumentError, FileError } from '../../errors.js';
import { withColumns } from '../../formats/tables/columns.js';
import { readTable, type TableOfFile, tableFormatAt } from '../../formats/tables/read-table.js';
import { type ChosenLayout, chosenLayouts } from '../../layouts/chosen-layout.js';
import { publishedLayouts } from '../../layouts/published-layouts.js';
import { incompleteLayout } from '../../layouts/recognition.js';
import type { TableLayout } from '../../layouts/table-schema.js';
import { requireKnownOptions, requirePaths } from '../../names.js';
import { type JobOptions, jobOptions } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { type FilesTogether, filesTogether, requireDifferentFiles, requireRows } from '../files-of-sample.js';
import { requireRowWeights } from '../row-weights.js';
import type { DescribedFile } from '../sample.js';
import type { SampleFile } from '../sample-file.js';
import type { ContentPolicy } from '../showers/reading/oddities.js';
import { rowsWithout, sourceRowText } from '../source-rows.js';
import type { MatrixSample } from './matrix-sample.js';
import { densityNames, withoutDensities } from './table-densities.js';

export interface OpenTableOptions extends JobOptions, Partial<Pick<ContentPolicy, 'nonFinite'>> {
  /** Name, path or description of a layout of kind `table`: which columns are read, and which of them are conditions. */
  readonly layout?: ChosenLayout;
  /** Columns by name, in place of those of the layout but for the weights of the rows. */
  readonly columns?: readonly string[] | undefined;
}

/** Their names, for functions that refuse others. */
export const openTableOptions: Readonly<Record<keyof OpenTableOptions, true>> = {
  ...jobOptions,
  layout: true,
  columns: true,
  nonFinite: true,
};

/** @throws FileError ERR_LAYOUT for a file that is no table. */
export async function describeTable(path: string, options: OpenTableOptions): Promise<DescribedFile> {
  const [layout] = await chosenLayouts(options.layout, 'table');
  if ((await tableFormatAt(path)) === null) throw notATable(path);
  return {
    layout: (layout as TableLayout).name,
    rows: null,
    content: { words: 'a table', code: 'ERR_SHAPE' },
  };
}

/**
 * Reads a table of numbers from NumPy files (.npy, .npz), Parquet or text (CSV, with or without names in the first row), each in a
 * worker thread; several files, with the same columns, are one sample. Numbers are kept as float32.
 *
 * @throws FileError ERR_LAYOUT for another kind of file, ERR_DATASET_TYPE for what is no number, with the row, ERR_DATASET_MISSING, and the
 * codes for files; ArgumentError ERR_ARGUMENT for a file that is named twice; the reason of the signal when aborted.
 */
export async function openTable(
  paths: string | readonly string[],
  options: OpenTableOptions = {},
): Promise<MatrixSample> {
  requirePaths(paths);
  requireKnownOptions(options, openTableOptions);
  return await readTableFiles(paths, options);
}

/** The same, for who has options of other kinds of samples among them. */
export async function readTableFiles(
  paths: string | readonly string[],
  options: OpenTableOptions = {},
): Promise<MatrixSample> {
  const all = typeof paths === 'string' ? [paths] : paths;
  const [first] = all;
  if (first === undefined) throw new ArgumentError('ERR_ARGUMENT', 'a sample needs a file at least');
  await requireDifferentFiles(all);
  const [layout] = (await chosenLayouts(options.layout, 'table')) as [TableLayout];
  const { signal, onProgress } = options;
  const named = options.columns && withWeights(options.columns, layout);
  const tables: TableOfFile[] = [];
  for (const [i, path] of all.entries()) {
    if ((await tableFormatAt(path)) === null) throw notATable(path);
    const others = named ?? tables[0]?.columns ?? null;
    const chosen = others ?? (layout.columns && withWeights(layout.columns, layout));
    const densities = options.columns === undefined && layout.columns !== null ? densityNames(layout) : [];
    const table = await readWith(path, chosen, tables[0] === undefined ? densities : [], signal);
    if (layout.columns === null && others !== null) requireWholeArrays(path, table);
    if (options.columns === undefined) requireNamedColumns(path, layout, table.columns);
    tables.push(table);
    onProgress?.({ done: i + 1, total: all.length, message: 'reading' });
  }
  const [{ columns: read }] = tables as [TableOfFile];
  const parts = tables.map(({ rows, sha256: sum }, i) => ({ source: all[i] as string, rows, sha256: sum }));
  const { source, files, sha256 } = filesTogether(first, all.length, parts);
  const whole = joined(tables);
  const rows = whole.length / read.length;
  requireRows(source, 'rows', { left: rows, read: rows });
  const left = options.nonFinite === 'drop' ? finiteRows(whole, read.length, source, files) : null;
  const finite = left?.values ?? whole;
  const { table, densities } = withoutDensities(
    { ...(tables[0] as TableOfFile), values: finite, rows: finite.length / read.length },
    layout,
    source,
  );
  const { columns, values, weights } = withoutWeights(table.columns, table.values, layout, { source, files });
  return {
    values,
    columns,
    weights,
    densities,
    name: source,
    conditions: layout.conditions
      .filter(({ name }) => columns.includes(name))
      .map(({ name, label, unit }) => ({ name, label: label ?? name, unit })),
    origin: {
      files,
      sha256,
      layout: layout.name,
      sourceRows: left?.sourceRows ?? null,
      warnings: [
        ...(options.layout === undefined && named === undefined
          ? incompleteLayoutNotes(tables[0] as TableOfFile)
          : []),
        ...(left?.warnings ?? []),
      ],
    },
  };
}

/** Arrays of several numbers a row, by names of a published layout of showers that has more of them. */
function incompleteLayoutNotes({ columns, arrays }: TableOfFile): Warning[] {
  const several = new Set(arrays.map(({ name }) => name));
  const names = new Set([...several, ...columns]);
  const objects = {
    names: (group: string) => (group === '/' ? names : new Set<string>()),
    groupsWithShowers: () => [],
  };
  const incomplete = incompleteLayout(publishedLayouts(), objects, '/');
  const found = incomplete?.found.filter((name) => several.has(name)) ?? [];
  if (!incomplete || found.length === 0) return [];
  const { layout, missing } = incomplete;
  const message =
    `${found.join(', ')}: named as in the ${layout.name} layout of showers, which has ${missing.join(', ')}, too; ` +
    'without that the file is read as a table, a column for each number; --layout table takes it as one';
  return [{ code: 'incomplete-layout', message }];
}

interface RowsLeft {
  readonly values: Float32Array;
  readonly sourceRows: Float64Array;
  readonly warnings: readonly Warning[];
}

/** The rows without NaN and infinities; null where all are. @throws FileError ERR_TOO_FEW_ROWS. */
function finiteRows(
  values: Float32Array,
  columns: number,
  source: string,
  files: readonly SampleFile[],
): RowsLeft | null {
  const rows = values.length / columns;
  const odd = new Set<number>();
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) odd.add(Math.floor(i / columns));
  if (odd.size === 0) return null;
  requireRows(source, 'rows', { left: rows - odd.size, read: rows });
  const first = sourceRowText(files, Math.min(...odd));
  const message = `${odd.size} of ${rows} rows hold numbers that are not finite, the first is ${first}; they are left out`;
  return {
    values: values.filter((_, i) => !odd.has(Math.floor(i / columns))),
    sourceRows: rowsWithout(rows, Float64Array.from(odd)),
    warnings: [{ code: 'dropped-rows', message }],
  };
}

/** With columns of ln p where the file has them: the reference has none. */
async function readWith(
  path: string,
  columns: readonly string[] | null,
  densities: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TableOfFile> {
  if (columns === null || densities.length === 0) return await readTable(path, { columns, signal });
  try {
    return await readTable(path, { columns: [...columns, ...densities], signal });
  } catch (error) {
    if (!(error instanceof FileError && error.code === 'ERR_DATASET_MISSING')) throw error;
    return await readTable(path, { columns, signal });
  }
}

function weightColumns({ weights }: TableLayout): string[] {
  return weights === null ? [] : [weights];
}

/** Columns, and that with the weights of the rows. */
function withWeights(columns: readonly string[], layout: TableLayout): readonly string[] {
  return [...columns, ...weightColumns(layout).filter((name) => !columns.includes(name))];
}

/** Takes the column with the weights of the rows out of the others. */
function withoutWeights(
  columns: readonly string[],
  values: Float32Array,
  layout: TableLayout,
  { source, files }: Pick<FilesTogether, 'source' | 'files'>,
): Required<Pick<MatrixSample, 'columns' | 'values' | 'weights'>> {
  const place = columns.indexOf(layout.weights ?? '');
  if (layout.weights === null || place < 0) return { columns, values, weights: null };
  const rows = values.length / columns.length;
  const weights = Float64Array.from(
    { length: rows },
    (_, row) => values[row * columns.length + place] as number,
  );
  requireRowWeights(weights, { rows, sourceRows: null, files }, source);
  const others = columns.filter((_, column) => column !== place);
  if (others.length === 0) {
    throw new FileError(
      'ERR_SHAPE',
      source,
      `there is no column beside ${layout.weights}, which holds weights`,
    );
  }
  const rest = withColumns({ columns, arrays: [], rows, values }, others);
  return { columns: rest.columns, values: rest.values, weights };
}

function joined(tables: readonly TableOfFile[]): Float32Array {
  const [only, ...others] = tables as [TableOfFile, ...TableOfFile[]];
  if (others.length === 0) return only.values;
  const values = new Float32Array(tables.reduce((sum, table) => sum + table.values.length, 0));
  let at = 0;
  for (const table of tables) {
    values.set(table.values, at);
    at += table.values.length;
  }
  return values;
}

function requireNamedColumns(path: string, layout: TableLayout, columns: readonly string[]): void {
  const named = [
    ...layout.conditions.map(({ name }) => ({ name, use: 'is a condition' })),
    ...weightColumns(layout).map((name) => ({ name, use: 'holds the weights' })),
  ];
  const missing = named.find(({ name }) => !columns.includes(name));
  if (missing === undefined) return;
  const message = `there is no column ${missing.name}, which ${missing.use} of the layout; there are ${columns.slice(0, 12).join(', ')}`;
  throw new FileError('ERR_DATASET_MISSING', path, message);
}

/**
 * Columns with made-up names are not told apart by them: an array must have as many as where they were chosen.
 *
 * @throws FileError ERR_SHAPE.
 */
function requireWholeArrays(path: string, { arrays, columns }: TableOfFile): void {
  for (const { name, length } of arrays) {
    const chosen = Array.from({ length }, (_, i) => `${name}_${i}`).filter((one) =>
      columns.includes(one),
    ).length;
    if (chosen === 0 || chosen === length) continue;
    const message = `its array ${name} has ${length} columns, ${chosen} are expected; choose columns with a layout`;
    throw new FileError('ERR_SHAPE', path, message);
  }
}

function notATable(path: string): FileError {
  const message = 'it is no table: NumPy (.npy, .npz), Parquet and text with numbers (CSV) are read';
  return new FileError('ERR_LAYOUT', path, message);
}
