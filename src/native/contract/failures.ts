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

export interface OutsideRow {
  /** Of its sample. */
  readonly row: number;
  /** To the nearest row of the other sample, in widths of the other sample along its principal axes. */
  readonly distance: number;
  /** To the `neighbors`-th nearest row of its own sample. */
  readonly ownDistance: number;
}

export interface SampleSupport {
  /** Rows judged; the others were left out at random. */
  readonly judged: number;
  /** A row is outside where so many nearest rows are all of its own sample; 0: too few rows to judge. */
  readonly neighbors: number;
  /** Principal axes of the other sample. */
  readonly directions: number;
  /** Of the rows judged. */
  readonly outside: number;
  /** Of equal samples; less with few rows a column. */
  readonly expectedShare: number;
  /** Of outside/judged. */
  readonly standardError: number;
  /** At most ten, the most lonely first. */
  readonly farthest: readonly OutsideRow[];
}

export interface SupportRecord {
  readonly reference: SampleSupport;
  readonly generated: SampleSupport;
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
  /** 1 to 1000 columns of both samples, one array each, NaN where there is no value. */
  supportOverlap(
    first: readonly NumberArray[],
    second: readonly NumberArray[],
    seed: number,
    threads: number,
    notify: Notify<SupportRecord>,
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
