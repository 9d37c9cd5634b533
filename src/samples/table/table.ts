import * as z from 'zod';
import { ArgumentError } from '../../errors.js';
import { repeatedName, withColumns } from '../../formats/tables/columns.js';
import { native } from '../../native/binding.js';
import type { RepeatedInPair } from '../../native/contract/showers.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import type { ComputeOptions } from '../../native/devices.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { conditionLeaks } from '../condition-leaks.js';
import { FeatureTable } from '../feature-table.js';
import { densitiesOfRows, type OwnDensities } from '../own-densities.js';
import { repeatedRows } from '../repeated-rows.js';
import { requireRowWeights, weightSummary, weightsOfRows } from '../row-weights.js';
import {
  type Condition,
  differentKinds,
  type InputChoices,
  type InputReasons,
  type NetworkInput,
  type Observable,
  type Sample,
  type SampleBounds,
  type SampleKind,
  type SampleOrigin,
  type SampleStream,
  warningsOf,
} from '../sample.js';
import { rowsFrom, rowsWithout, rowText, sourceRowsOf } from '../source-rows.js';
import type { MatrixSample } from './matrix-sample.js';
import { describeTable, type OpenTableOptions, openTableOptions, readTableFiles } from './table-files.js';

/** Classifiers read the columns of a matrix. */
export interface MatrixInput {
  readonly kind: 'matrix';
  readonly columns: readonly string[];
}

const storedInput = z.strictObject({ kind: z.literal('matrix'), columns: z.array(z.string()).min(1) });

/** Whole numbers up to this one are different numbers of a table, which are float32. */
const largestExact = 2 ** 24;

/** Columns that an evaluation compares. */
const comparedColumns = 40;

/** Tables of numbers; in results and in the files of classifiers they are called `matrix`. */
export const table: SampleKind<MatrixSample, MatrixInput, typeof storedInput, OpenTableOptions> = {
  name: 'matrix',
  given: 'a matrix, { values: Float32Array, columns: names }',
  plural: 'tables',
  choices: ['conditions'],
  owns: (value): value is MatrixSample => typeof value === 'object' && value !== null && 'columns' in value,
  sample: (given) => new Table(given),
  columns: ({ columns }) => columns,
  settings: () => ({ geometry: null, features: 'matrix columns', threshold: null, conditions: [] }),
  storedInput,
  store: ({ kind, columns }) => ({ kind, columns: [...columns] }),
  restore: (stored) => stored,
  files: {
    layouts: 'table',
    options: openTableOptions,
    dropping: { nonFinite: 'drop' },
    describe: describeTable,
    read: readTableFiles,
    open: openTableStream,
  },
};

async function openTableStream(
  paths: string | readonly string[],
  { columns }: MatrixInput,
  options: OpenTableOptions,
): Promise<SampleStream> {
  const { weights, densities: _, ...matrix } = await readTableFiles(paths, { ...options, columns });
  const { files = [], sourceRows = null, warnings = [] } = matrix.origin ?? {};
  const rows = matrix.values.length / columns.length;
  async function* samples(bounds: SampleBounds): AsyncGenerator<Sample, void, void> {
    const most = Math.max(1, Math.min(bounds.rows, Math.floor(bounds.bytes / (4 * columns.length))));
    for (let first = 0; first < Math.max(1, rows); first += most) {
      const values = matrix.values.subarray(first * columns.length, (first + most) * columns.length);
      const numbers = rowsFrom(first, values.length / columns.length);
      yield new Table({ ...matrix, values }, sourceRowsOf({ sourceRows }, numbers));
    }
  }
  const rowWeights = weights ?? null;
  return { rows, sourceRows, files, rowWeights, warnings, samples, close: async () => {} };
}

class Table implements Sample {
  readonly kind = 'matrix';
  readonly noun = 'rows';
  readonly blocks = null;
  readonly comparedLayers = null;
  readonly profiles = null;
  readonly pictures = null;
  readonly rows: number;
  readonly sourceRows: Float64Array | null;
  readonly files: Sample['files'];
  readonly rowWeights: Float64Array | null;
  readonly ownDensities: OwnDensities | null;
  readonly #matrix: MatrixSample;

  /** @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE. */
  constructor(matrix: MatrixSample, sourceRows: Float64Array | null = matrix.origin?.sourceRows ?? null) {
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
    const twice = repeatedName(columns);
    if (twice !== undefined) {
      throw new ArgumentError('ERR_ARGUMENT', `two columns are called ${twice}; rename one`);
    }
    const missing = matrix.conditions?.find(({ name }) => !columns.includes(name));
    if (missing) {
      throw new ArgumentError('ERR_ARGUMENT', `the condition ${missing.name} is none of the columns`);
    }
    this.#matrix = matrix;
    this.sourceRows = sourceRows;
    this.files = matrix.origin?.files;
    this.rows = values.length / columns.length;
    this.rowWeights = matrix.weights ?? null;
    this.ownDensities = matrix.densities ?? null;
    const told = this.ownDensities?.logarithmic.length ?? this.rows;
    if (told !== this.rows) {
      throw new ArgumentError('ERR_SHAPE', `densities of ${told} rows are not those of ${this.rows} rows`);
    }
    if (this.rowWeights === null) return;
    if (!(this.rowWeights instanceof Float64Array)) {
      throw new ArgumentError('ERR_ARGUMENT', 'weights of the rows must be a Float64Array');
    }
    requireRowWeights(this.rowWeights, this, matrix.name ?? 'the matrix');
  }

  origin(role: SampleRole): SampleOrigin {
    const { name: source = `${role} matrix`, origin } = this.#matrix;
    const { files, sha256, layout } = origin ?? { files: [], sha256: null, layout: this.kind };
    return {
      role,
      noun: this.noun,
      source,
      files,
      sha256,
      rows: this.rows,
      layout,
      weights: weightSummary(this.rowWeights),
      toy: false,
    };
  }

  requireFit(generated: Sample): void {
    if (!(generated instanceof Table)) throw differentKinds(this, generated);
    generated.#requireColumns(this.#matrix.columns);
    const [known, others] = [this, generated].map((one) =>
      (one.#matrix.conditions ?? []).map(({ name }) => name).join(', '),
    );
    if (known === others) return;
    const message = `the conditions of the reference are ${known || 'none'}, those of the generated sample ${others || 'none'}; name the same in both`;
    throw new ArgumentError('ERR_LAYOUT', message);
  }

  conditions(): readonly Condition[] {
    const { columns, conditions = [] } = this.#matrix;
    return conditions.map(({ name, label, unit }) => ({
      key: name,
      name: `values of ${name}`,
      label,
      unit,
      values: this.#column(columns.indexOf(name)),
      exactTo: largestExact,
    }));
  }

  input({ conditions: chosen }: InputChoices): MatrixInput {
    const { columns, conditions = [] } = this.#matrix;
    const wanted = typeof chosen === 'string' ? [] : chosen;
    const unknown = wanted.find((name) => !conditions.some((one) => one.name === name));
    if (unknown !== undefined) {
      const known = conditions.map(({ name }) => name).join(', ') || 'none';
      throw new ArgumentError('ERR_ARGUMENT', `there is no condition ${unknown}; the table has ${known}`);
    }
    const read = conditions.filter(({ name }) => chosen === 'varying' || wanted.includes(name));
    const unread = conditions.filter((one) => !read.includes(one)).map(({ name }) => name);
    return { kind: this.kind, columns: columns.filter((name) => !unread.includes(name)) };
  }

  inputReasons(): InputReasons {
    return { geometryReason: null, thresholdReason: null };
  }

  /** A matrix has every input whose columns it has, in any order: features may have been computed elsewhere. */
  async features({ columns }: NetworkInput): Promise<FeatureTable> {
    const known = new Set(this.#matrix.columns);
    if (!columns.every((name) => known.has(name))) this.#requireColumns(columns);
    return this.#ordered(columns).#features('the matrix');
  }

  observables(): readonly Observable[] {
    return this.#columns();
  }

  compared(): readonly Observable[] {
    return this.#columns().slice(0, comparedColumns);
  }

  otherColumns(): readonly Observable[] {
    return this.#columns().slice(comparedColumns);
  }

  async *values(chosen: readonly Observable[]): AsyncGenerator<Float64Array, void, void> {
    for (const { name } of chosen) yield this.#column(this.#matrix.columns.indexOf(name));
  }

  async oddities(generated: Sample, options: ComputeOptions): Promise<readonly Warning[]> {
    if (!(generated instanceof Table)) throw differentKinds(this, generated);
    return [
      ...warningsOf('reference', this.#matrix.origin?.warnings ?? []),
      ...warningsOf('generated', generated.#matrix.origin?.warnings ?? []),
      ...(await conditionLeaks(this, generated, options)),
    ];
  }

  async repetitions(generated: Sample, options: JobOptions): Promise<RepeatedInPair> {
    if (!(generated instanceof Table)) throw differentKinds(this, generated);
    using first = this.#features('reference matrix');
    using second = generated.#ordered(this.#matrix.columns).#features('generated matrix');
    return await repeatedRows(first, second, options);
  }

  async without(rows: Float64Array): Promise<Sample> {
    const { values, columns, ...rest } = this.#matrix;
    const kept = rowsWithout(this.rows, rows);
    const left = new Float32Array(kept.length * columns.length);
    kept.forEach((row, place) => {
      left.set(values.subarray(row * columns.length, (row + 1) * columns.length), place * columns.length);
    });
    const weights = weightsOfRows(this.rowWeights, kept);
    const densities = densitiesOfRows(this.ownDensities, kept);
    return new Table({ ...rest, columns, values: left, weights, densities }, sourceRowsOf(this, kept));
  }

  /** A matrix is the caller's. */
  dispose(): void {}

  /** Those that are no conditions. */
  #columns(): readonly Observable[] {
    const { columns, conditions = [] } = this.#matrix;
    return columns
      .filter((column) => !conditions.some(({ name }) => name === column))
      .map((column) => ({ name: column, label: column, unit: '' }));
  }

  /** @throws ArgumentError ERR_NON_FINITE, with the place. */
  #features(name: string): FeatureTable {
    const { values, columns } = this.#matrix;
    try {
      return new FeatureTable(callNative(() => native().makeMatrix(values, columns.length)));
    } catch (cause) {
      const place = values.findIndex((value) => !Number.isFinite(value));
      if (place < 0) throw cause;
      const row = rowText(this, Math.floor(place / columns.length));
      const column = columns[place % columns.length];
      const message = `${this.#matrix.name ?? name}: ${row}, column ${column} is ${values[place]}; tables hold finite numbers only: fill the gap, remove the row or leave it out (--drop-rows)`;
      throw new ArgumentError('ERR_NON_FINITE', message, { cause });
    }
  }

  /** With these columns of it alone, in this order. */
  #ordered(chosen: readonly string[]): Table {
    const { columns, values } = this.#matrix;
    if (isSameList(columns, chosen)) return this;
    const rest = withColumns({ columns, arrays: [], rows: this.rows, values }, chosen);
    const matrix = { ...this.#matrix, conditions: [], columns: chosen, values: rest.values };
    return new Table(matrix, this.sourceRows);
  }

  #column(index: number): Float64Array {
    const { values, columns } = this.#matrix;
    return Float64Array.from(
      { length: this.rows },
      (_, row) => values[row * columns.length + index] as number,
    );
  }

  /** @throws ArgumentError ERR_SHAPE unless the columns have these names, in any order. */
  #requireColumns(expected: readonly string[]): void {
    const { columns } = this.#matrix;
    const [known, wanted] = [new Set(columns), new Set(expected)];
    const missing = expected.filter((name) => !known.has(name));
    const others = columns.filter((name) => !wanted.has(name));
    if (missing.length === 0 && others.length === 0) return;
    const differences = [
      ...(missing.length === 0 ? [] : [`${shortList(missing)} missing`]),
      ...(others.length === 0 ? [] : [`${shortList(others)} beside them`]),
    ];
    const { name = 'the matrix' } = this.#matrix;
    throw new ArgumentError(
      'ERR_SHAPE',
      `${name} has ${columns.length} columns (${shortList(columns)}), ${expected.length} are expected (${shortList(expected)}): ${differences.join(', ')}; columns are matched by their names`,
    );
  }
}

function isSameList(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((name, i) => name === second[i]);
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
}
