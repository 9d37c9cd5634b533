/** native/addon/failure_operations.cc as TypeScript sees it. */
import type { JobHandle, Notify, NumberArray } from './jobs.js';

/** Numbers of rows of both samples. */
export interface RowCounts {
  readonly reference: number;
  readonly generated: number;
}

/** Values of a column. */
export interface RegionCondition {
  /** Index of the column. */
  readonly column: number;
  /** [lower, upper), infinite where there is no bound; both NaN: rows without a value. */
  readonly lower: number;
  readonly upper: number;
}

export interface RegionRecord {
  readonly conditions: readonly RegionCondition[];
  readonly measured: RowCounts;
}

export interface ExplainedAreaRecord {
  readonly column: number;
  readonly left: number;
  readonly share: number;
  readonly error: number;
}

export interface FailuresRecord {
  /** Rows of the half in which regions were measured. */
  readonly measuring: RowCounts;
  readonly ofColumns: readonly RegionRecord[];
  readonly boxes: readonly RegionRecord[];
  readonly area: number;
  readonly alone: readonly ExplainedAreaRecord[];
  readonly inTurn: readonly ExplainedAreaRecord[];
}

export interface MixtureRecord {
  readonly shares: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly component: Uint32Array;
}

export interface FailureOperations {
  /** Columns of both samples, one array each, NaN where there is no value; one finite score a row. */
  findFailures(
    first: readonly NumberArray[],
    second: readonly NumberArray[],
    candidates: Uint32Array,
    firstScores: Float64Array,
    secondScores: Float64Array,
    seed: number,
    threads: number,
    notify: Notify<FailuresRecord>,
  ): JobHandle;
  /** Rows of finite numbers, row by row; components from 1 to `most`, as the information criterion has it. */
  mixture(
    numbers: Float64Array,
    dimensions: number,
    most: number,
    seed: number,
    threads: number,
    notify: Notify<MixtureRecord>,
  ): JobHandle;
}
