/** Formats in which tables are written. */
export const writtenFormats = ['csv', 'parquet'] as const;
export type WrittenFormat = (typeof writtenFormats)[number];

/** A column of whole numbers or of float64, where NaN says that a row has no value. */
export interface WrittenColumn {
  readonly name: string;
  /** Empty: none. */
  readonly unit: string;
  /** What it is, in words. */
  readonly meaning: string;
  readonly type: 'whole' | 'float';
}

/** What is said of a table, and its columns in their order. */
export interface TablePlan {
  readonly columns: readonly WrittenColumn[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** The numbers of some rows: one array a column, int64 for whole numbers, float64 for others. */
export type WrittenRows = readonly (BigInt64Array | Float64Array)[];

/** Writes the table to a file that it makes; rows come block by block. */
export interface TableWriter {
  append(rows: WrittenRows): void;
  finish(): void;
}

/** Messages between {@link file://./table-writing.ts} and its worker thread. */
export interface TableStart {
  readonly path: string;
  readonly format: WrittenFormat;
  readonly plan: TablePlan;
}

/** Rows to append; null: the table is complete. */
export type TableRequest = WrittenRows | null;

export type TableReply =
  | { readonly kind: 'done' }
  /** With the code of the system, where it has one. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };
