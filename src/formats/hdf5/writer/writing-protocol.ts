import type { ErrorCode } from '../../../errors.js';

/** Messages between {@link file://./writing.ts} and its worker thread. */

/** Number types that are written: float32, float64, int32, uint8, int64. */
export type ColumnType = 'f4' | 'f8' | 'i4' | 'u1' | 'i8';

export interface DatasetPlan {
  /** Path in the file, e.g. `/weights` or `/data/showers`; groups are made as needed. */
  readonly path: string;
  readonly type: ColumnType;
  /** Shape of one row: `[]` gives a dataset (N), `[368]` one of (N,368), `[12, 6]` one of (N,12,6). */
  readonly rowShape: readonly number[];
  /** String attributes of the dataset. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface FilePlan {
  /** String attributes of the root. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetPlan[];
  /** Level of gzip, 1 to 4; 1 where left out (sparse showers gain little from more). */
  readonly compression?: 1 | 2 | 3 | 4 | undefined;
}

export type ColumnNumbers = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

export type WritingRequest =
  | {
      readonly kind: 'append';
      readonly rows: number /** One a dataset; null where nothing is added. */;
      readonly columns: readonly (ColumnNumbers | null)[];
    }
  | { readonly kind: 'finish' };

export type WritingReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What the worker starts with. */
export interface WritingStart {
  readonly path: string;
  readonly plan: FilePlan;
}
