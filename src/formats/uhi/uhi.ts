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

export type UhiAxis = UhiRegularAxis | UhiVariableAxis;

/** Flat: text, numbers and booleans only. */
export type UhiMetadata = Readonly<Record<string, string | number | boolean>>;

export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

export interface UhiWeightedStorage {
  readonly type: 'weighted';
  readonly values: NestedNumbers;
  readonly variances: NestedNumbers;
}

export interface UhiHistogram {
  readonly uhi_schema: 1;
  readonly writer_info?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly metadata?: UhiMetadata;
  readonly axes: readonly UhiAxis[];
  readonly storage: UhiWeightedStorage;
}

/** `{name: histogram}` */
export type UhiDocument = Readonly<Record<string, UhiHistogram>>;
