import {
  type AsyncBuffer,
  type ColumnData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { CaloscopeError } from '../../errors.js';
import { allocated } from '../../machine/allocation.js';
import { chosenColumns, columnNames, sideBySide, type TablePart, withColumns } from './columns.js';
import type { NumberTable, TableBytes } from './number-table.js';

const mark = 'PAR1';

/**
 * A Parquet file: columns of numbers, and of lists that are equally long in all rows; the index of a frame of pandas is left out unless
 * it is named. Cells that are null, as pandas writes NaN, are NaN. Read row group by row group.
 *
 * @throws CaloscopeError ERR_FILE_TRUNCATED, ERR_FILE_CORRUPT, ERR_DATASET_MISSING, ERR_DATASET_TYPE for what is no number, with the row.
 */
export async function readParquet(file: TableBytes, wanted: readonly string[] | null): Promise<NumberTable> {
  if (file.read(file.size - mark.length, mark.length).toString('latin1') !== mark) {
    throw new CaloscopeError('ERR_FILE_TRUNCATED', 'the Parquet file has no end; copy it again');
  }
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: (start, end = file.size) => {
      const from = start < 0 ? file.size + start : start;
      return Uint8Array.from(file.read(from, end - from)).buffer;
    },
  };
  const metadata = await sound(() => parquetMetadataAsync(buffer));
  const known = [...new Set(metadata.row_groups.flatMap(columnsOf))];
  const index = indexOf(metadata);
  const holders = wanted
    ? [...new Set(wanted.map((name) => holderOf(name, known)))]
    : known.filter((name) => !index.includes(name));
  const names = chosenColumns(known, holders).map((place) => known[place] as string);
  const columns = names.map((name) => new ListOfNumbers(name));
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const found = new Map<string, ColumnData[]>();
    await sound(() =>
      parquetRead({
        file: buffer,
        metadata,
        compressors,
        columns: [...names],
        rowStart: start,
        rowEnd: end,
        onChunk: (chunk) => found.set(chunk.columnName, [...(found.get(chunk.columnName) ?? []), chunk]),
      }),
    );
    for (const column of columns) {
      const chunks = found.get(column.name) ?? [];
      for (const chunk of chunks) column.add(chunk.columnData as ArrayLike<unknown>, chunk.rowStart);
      column.requireRows(end);
    }
    start = end;
  }
  return withColumns(sideBySide(columns.map((column) => column.part())), wanted);
}

function columnsOf({ columns }: FileMetaData['row_groups'][number]): string[] {
  return columns.flatMap(({ meta_data }) => meta_data?.path_in_schema.slice(0, 1) ?? []);
}

/** Columns that are the index of a frame of pandas, not its contents. */
function indexOf({ key_value_metadata: texts = [] }: FileMetaData): readonly string[] {
  const text = texts.find(({ key }) => key === 'pandas')?.value;
  if (text === undefined) return [];
  try {
    const { index_columns: names } = JSON.parse(text) as { index_columns?: unknown };
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** The column of lists that a column such as `cells_3` is part of; itself where there is none. */
function holderOf(name: string, known: readonly string[]): string {
  const list = name.replace(/_\d+$/, '');
  return !known.includes(name) && known.includes(list) ? list : name;
}

async function sound<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof CaloscopeError) throw cause;
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new CaloscopeError('ERR_FILE_CORRUPT', `the Parquet file cannot be read (${why}); write it again`, {
      cause,
    });
  }
}

/** A column that grows row group by row group. */
class ListOfNumbers {
  readonly name: string;
  readonly #pieces: Float32Array[] = [];
  /** Numbers a row; null: none was seen. */
  #width: number | null = null;
  #lists = false;
  #rows = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(data: ArrayLike<unknown>, firstRow: number): void {
    if (this.#width === null) {
      const first = Array.prototype.find.call(data, (value) => !isNull(value));
      this.#lists = isList(first);
      this.#width = isList(first) ? first.length : 1;
    }
    const width = this.#width;
    const piece = allocated(data.length * width);
    for (let i = 0; i < data.length; i++) {
      const value = data[i];
      if (isNull(value)) {
        piece.fill(Number.NaN, i * width, (i + 1) * width);
        continue;
      }
      const cells = isList(value) ? value : [value];
      if (isList(value) !== this.#lists || cells.length !== width)
        this.#refuse(firstRow + i, 'has another length than those before');
      for (let k = 0; k < width; k++) piece[i * width + k] = this.#number(cells[k], firstRow + i);
    }
    this.#pieces.push(piece);
    this.#rows += data.length;
  }

  requireRows(rows: number): void {
    if (this.#rows === rows) return;
    const message = `column ${this.name} has ${this.#rows} rows where ${rows} are announced; write the file again`;
    throw new CaloscopeError('ERR_FILE_CORRUPT', message);
  }

  part(): TablePart {
    const values = allocated(this.#rows * (this.#width ?? 1));
    let at = 0;
    for (const piece of this.#pieces) {
      values.set(piece, at);
      at += piece.length;
    }
    const names = columnNames(this.name, this.#lists ? this.#width : null);
    return { names, array: this.#lists ? this.name : null, rows: this.#rows, values };
  }

  #number(value: unknown, row: number): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
    if (isNull(value)) return Number.NaN;
    return this.#refuse(row, 'is no number');
  }

  #refuse(row: number, what: string): never {
    const message = `row ${row}, column ${this.name} ${what}; repair it, or choose other columns`;
    throw new CaloscopeError('ERR_DATASET_TYPE', message);
  }
}

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
