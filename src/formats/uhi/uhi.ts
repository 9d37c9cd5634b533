/**
 * UHI serialisation of histograms (scikit-hep/uhi, `uhi_schema` 1), the part that caloscope writes and reads.
 * Arrays are nested in axis order with the flow bins included.
 */

export interface UhiRegularAxis {
  readonly type: 'regular';
  readonly lower: number;
  readonly upper: number;
  readonly bins: number;
  readonly underflow: boolean;
  readonly overflow: boolean;
  readonly circular: boolean;
  readonly metadata?: UhiMetadata;
}

export interface UhiVariableAxis {
  readonly type: 'variable';
  readonly edges: readonly number[];
  readonly underflow: boolean;
  readonly overflow: boolean;
  readonly circular: boolean;
  readonly metadata?: UhiMetadata;
}

/** One bin a category, and with `flow` one for all others behind them. */
export interface UhiCategoryAxis {
  readonly type: 'category_str' | 'category_int';
  readonly categories: readonly string[] | readonly number[];
  readonly flow: boolean;
  readonly metadata?: UhiMetadata;
}

/** Two bins: false and true. */
export interface UhiBooleanAxis {
  readonly type: 'boolean';
  readonly metadata?: UhiMetadata;
}

export type UhiAxis = UhiRegularAxis | UhiVariableAxis | UhiCategoryAxis | UhiBooleanAxis;

/** Flat: text, numbers and booleans only. */
export type UhiMetadata = Readonly<Record<string, string | number | boolean>>;

export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

export interface UhiWeightedStorage {
  readonly type: 'weighted';
  readonly values: NestedNumbers;
  readonly variances: NestedNumbers;
}

/** Cells with content alone. */
export interface UhiSparseStorage {
  readonly type: 'weighted';
  /** One list an axis: the place of each cell on it, 0 is the underflow where the axis has one. */
  readonly index: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly variances: readonly number[];
}

/** @template Storage of what it holds; of what caloscope reads, always the dense form. */
export interface UhiHistogram<Storage = UhiWeightedStorage> {
  readonly uhi_schema: 1;
  readonly writer_info?: Readonly<Record<string, UhiMetadata>>;
  readonly metadata?: UhiMetadata;
  readonly axes: readonly UhiAxis[];
  readonly storage: Storage;
}

/** `{name: histogram}` */
export type UhiDocument = Readonly<Record<string, UhiHistogram>>;
