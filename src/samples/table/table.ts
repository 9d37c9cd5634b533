import * as z from 'zod';
import { ArgumentError } from '../../errors.js';
import { native } from '../../native/binding.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import { callNative } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { FeatureTable } from '../feature-table.js';
import {
  type Condition,
  differentKinds,
  type InputReasons,
  type NetworkInput,
  type Observable,
  type Sample,
  type SampleKind,
  type SampleRecord,
} from '../sample.js';

/** A sample that is a table of numbers already: toys, tables, a user's own features. */
export interface MatrixSample {
  /** rows × columns, row by row; finite. */
  readonly values: Float32Array;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Named in results and reports. */
  readonly name?: string;
}

/** Classifiers read the columns of a matrix. */
export interface MatrixInput {
  readonly kind: 'matrix';
  readonly columns: readonly string[];
}

const storedInput = z.strictObject({ kind: z.literal('matrix'), columns: z.array(z.string()).min(1) });

/** Columns that an evaluation compares. */
const comparedColumns = 40;

/** Tables of numbers; in results and in the files of classifiers they are called `matrix`. */
export const table: SampleKind<MatrixSample, MatrixInput, typeof storedInput> = {
  name: 'matrix',
  given: 'a matrix, { values: Float32Array, columns: names }',
  owns: (value): value is MatrixSample => typeof value === 'object' && value !== null && 'columns' in value,
  sample: (given) => new Table(given),
  columns: ({ columns }) => columns,
  settings: () => ({ geometry: null, features: 'matrix columns', threshold: null }),
  storedInput,
  store: ({ kind, columns }) => ({ kind, columns: [...columns] }),
  restore: (stored) => stored,
  files: null,
};

class Table implements Sample {
  readonly kind = 'matrix';
  readonly noun = 'rows';
  readonly blocks = null;
  readonly rows: number;
  readonly #matrix: MatrixSample;

  /** @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE. */
  constructor(matrix: MatrixSample) {
    const { values, columns } = matrix;
    if (!(values instanceof Float32Array) || !Array.isArray(columns)) {
      throw new ArgumentError('ERR_ARGUMENT', `this is no sample; pass ${table.given}`);
    }
    if (columns.length === 0 || values.length % columns.length !== 0) {
      throw new ArgumentError(
        'ERR_SHAPE',
        `a matrix of ${values.length} numbers does not have rows of ${columns.length} columns`,
      );
    }
    this.#matrix = matrix;
    this.rows = values.length / columns.length;
  }

  record(role: SampleRole): SampleRecord {
    const source = this.#matrix.name ?? `${role} matrix`;
    return { role, source, sha256: null, rows: this.rows, layout: this.kind, toy: false };
  }

  requireFit(generated: Sample): void {
    if (!(generated instanceof Table)) throw differentKinds(this, generated);
    generated.#requireColumns(this.#matrix.columns);
  }

  conditions(): readonly Condition[] {
    return [];
  }

  input(): MatrixInput {
    return { kind: this.kind, columns: this.#matrix.columns };
  }

  inputReasons(): InputReasons {
    return { geometryReason: null, thresholdReason: null };
  }

  /** A matrix has every input whose columns it has: features may have been computed elsewhere. */
  async features({ columns }: NetworkInput): Promise<FeatureTable> {
    this.#requireColumns(columns);
    return new FeatureTable(callNative(() => native().makeMatrix(this.#matrix.values, columns.length)));
  }

  observables(): readonly Observable[] {
    return this.#columns().slice(0, comparedColumns);
  }

  otherColumns(): readonly Observable[] {
    return this.#columns().slice(comparedColumns);
  }

  async *values(chosen: readonly Observable[]): AsyncGenerator<Float64Array, void, void> {
    const names = this.#columns().map(({ name }) => name);
    for (const { name } of chosen) yield this.#column(names.indexOf(name));
  }

  async oddities(): Promise<readonly Warning[]> {
    return [];
  }

  /** A matrix is the caller's. */
  dispose(): void {}

  #columns(): readonly Observable[] {
    return this.#matrix.columns.map((label, index) => ({ name: `column_${index}`, label, unit: '' }));
  }

  #column(index: number): Float64Array {
    const { values, columns } = this.#matrix;
    return Float64Array.from(
      { length: this.rows },
      (_, row) => values[row * columns.length + index] as number,
    );
  }

  #requireColumns(expected: readonly string[]): void {
    const { columns } = this.#matrix;
    if (expected.length === columns.length && columns.every((name, i) => name === expected[i])) return;
    throw new ArgumentError(
      'ERR_SHAPE',
      `the matrix has ${columns.length} columns (${shortList(columns)}), ${expected.length} are expected (${shortList(expected)})`,
    );
  }
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
}
