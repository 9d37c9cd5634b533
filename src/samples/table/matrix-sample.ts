import type { Warning } from '../../warnings.js';
import type { OwnDensities } from '../own-densities.js';
import type { FileOfSample } from '../sample-file.js';

/** A sample that is a table of numbers already: toys, tables, a user's own features. */
export interface MatrixSample {
  /** rows × columns, row by row; finite. */
  readonly values: Float32Array;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Named in results and reports. */
  readonly name?: string;
  /** Columns that say what the rows were made for; they are no observables. */
  readonly conditions?: readonly ColumnCondition[];
  /** Weights with which the rows count in losses, AUC, histograms and tests, one each, of any sign; absent: each counts 1. */
  readonly weights?: Float64Array | null;
  /** How well a Bayesian generator of the rows knows its own density: densitiesFromDraws, densitiesFromSpread. */
  readonly densities?: OwnDensities | null;
  /** @internal Where the rows were read. */
  readonly origin?: TableOrigin;
}

/** A column that is a condition. */
export interface ColumnCondition {
  readonly name: string;
  /** For axis labels. */
  readonly label: string;
  readonly unit: string;
}

/** Files of a table. */
export interface TableOrigin {
  /** In the order of their rows. */
  readonly files: readonly FileOfSample[];
  readonly sha256: string | null;
  readonly layout: string;
  /** The row of each in the files, where some were left out; null: row i is row i. */
  readonly sourceRows: Float64Array | null;
  /** What was odd in the files and was not refused. */
  readonly warnings: readonly Warning[];
}
