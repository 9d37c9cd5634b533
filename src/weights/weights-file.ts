import { ArgumentError } from '../errors.js';
import { inputsKey, type OutputInput } from '../formats/files/inputs.js';
import {
  type ColumnType,
  createHdf5,
  type DatasetPlan,
  type WritingOptions,
} from '../formats/hdf5/writer/writing.js';
import { requireKnownOptions, requireObject, requireText } from '../names.js';
import { type MemberLogits, requireMemberLogits } from '../native/member-logits.js';
import { numberedFiles, placesInFiles } from './places-in-files.js';

/** Weights of the rows of one sample, to be written. */
export interface WeightsTable {
  /** Group of the file: `reference`, `generated`, or `/` for a single sample. */
  readonly group: string;
  /** ln w, one a row. */
  readonly logWeights: Float64Array;
  /** Standard error of ln w, one a row; absent where it is not known. */
  readonly logWeightErrors?: Float64Array;
  /** Of each learner. */
  readonly logits: MemberLogits;
  /** The fold of each row; absent where no fold was held out. */
  readonly fold?: Uint16Array;
  /** With which each row counts; absent or null: each counts 1. */
  readonly rowWeights?: Float64Array | null | undefined;
  /** The row of each in the shower file; left out or null: row i is row i. */
  readonly sourceRows?: Float64Array | null | undefined;
  /** The files of the rows, in their order, where there are several. */
  readonly files?: readonly { readonly rows: number }[] | undefined;
  /** The files that the weights were made from; kept beside `log_weight`. */
  readonly inputs?: readonly OutputInput[] | undefined;
}

const rowsPerBlock = 65_536;

/**
 * Writes weights: for each sample a group with `log_weight` and `log_weight_error` (N) float64, `logit` (N, learners)
 * float32, `fold` (N) int32 and `source_row` (N) int64, the row in the shower file, counted from 0: rows that have no
 * entry were left out. Where a sample has several files, `source_file` (N) int32 says which, counted from 0; where rows
 * have weights of their own, `row_weight` (N) float64 has them. Each dataset says in its
 * attributes `long_name` what it is, in `units` that it has no unit (`1`). Appears at `path` when it is complete.
 *
 * @throws ArgumentError ERR_ARGUMENT; FileError ERR_OUTPUT; the reason of the signal when aborted.
 */
export async function writeWeightsFile(
  path: string,
  tables: readonly WeightsTable[],
  attributes: Readonly<Record<string, string>>,
  options: WritingOptions = {},
): Promise<void> {
  requireText(path, 'path');
  if (!Array.isArray(tables))
    throw new ArgumentError('ERR_ARGUMENT', 'tables must be a list of weights of samples');
  for (const table of tables) requireTable(table);
  requireObject(attributes, 'attributes', '{ name: text }');
  requireKnownOptions(options, { signal: true, force: true });
  const writer = await createHdf5(path, { attributes, datasets: tables.flatMap(datasetsOf) }, options);
  try {
    for (const table of tables) {
      for (let first = 0; first < table.logWeights.length; first += rowsPerBlock) {
        const rows = Math.min(rowsPerBlock, table.logWeights.length - first);
        await writer.append(blockOf(table, first, rows), rows);
      }
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** @throws ArgumentError ERR_ARGUMENT. */
function requireTable(table: WeightsTable): void {
  requireObject(table, 'a table', 'weights of a sample');
  requireText(table.group, 'the group of a table');
  const { logWeights, logits } = table;
  if (!(logWeights instanceof Float64Array)) {
    throw new ArgumentError('ERR_ARGUMENT', 'a table must have logWeights, a Float64Array');
  }
  requireMemberLogits(logits, 'the logits of a table');
  if (logits.rows === logWeights.length) return;
  const message = `a table has logits of ${logits.rows} rows and ${logWeights.length} logWeights; they must be of the same rows`;
  throw new ArgumentError('ERR_SHAPE', message);
}

function placeOf({ group }: WeightsTable, name: string): string {
  return group === '/' ? `/${name}` : `/${group}/${name}`;
}

/** What stands in the columns of rows that were weighed; all of it has no unit. */
export const meanings = {
  source_file: 'file of the row, counted from 0 in the order in which the files were given',
  source_row: 'row of the file, counted from 0',
  fold: 'fold that held the row out',
  logit: 'logits of the learners, one column each: ln(p_reference/p_generated) as each says it',
  log_weight: 'ln w = ln(p_reference/p_generated)',
  log_weight_error: 'standard error of ln w before any calibration, without bias',
  weight: 'w = p_reference/p_generated',
  row_weight: 'with which the row counts',
} as const;

function datasetsOf(table: WeightsTable): DatasetPlan[] {
  const dataset = (name: keyof typeof meanings, type: ColumnType, rowShape: readonly number[] = []) => ({
    path: placeOf(table, name),
    type,
    rowShape,
    attributes: {
      units: '1',
      long_name: meanings[name],
      ...(name === 'log_weight' && table.inputs && { [inputsKey]: JSON.stringify(table.inputs) }),
    },
  });
  return [
    dataset('log_weight', 'f8'),
    ...(table.logWeightErrors ? [dataset('log_weight_error', 'f8')] : []),
    dataset('logit', 'f4', [table.logits.members]),
    ...(table.fold ? [dataset('fold', 'i4')] : []),
    ...(numberedFiles(table) ? [dataset('source_file', 'i4')] : []),
    dataset('source_row', 'i8'),
    ...(table.rowWeights ? [dataset('row_weight', 'f8')] : []),
  ];
}

function blockOf(table: WeightsTable, first: number, rows: number) {
  const { logWeights, logWeightErrors, logits, fold, rowWeights } = table;
  const places = placesInFiles(table, first, rows);
  const { members: learners, values } = logits;
  const logit = new Float32Array(rows * learners);
  for (let learner = 0; learner < learners; learner++) {
    for (let row = 0; row < rows; row++) {
      logit[row * learners + learner] = values[learner * logWeights.length + first + row] as number;
    }
  }
  return {
    [placeOf(table, 'log_weight')]: logWeights.slice(first, first + rows),
    ...(logWeightErrors
      ? { [placeOf(table, 'log_weight_error')]: logWeightErrors.slice(first, first + rows) }
      : {}),
    [placeOf(table, 'logit')]: logit,
    ...(fold ? { [placeOf(table, 'fold')]: Int32Array.from(fold.subarray(first, first + rows)) } : {}),
    ...(numberedFiles(table) ? { [placeOf(table, 'source_file')]: places.files } : {}),
    [placeOf(table, 'source_row')]: places.rows,
    ...(rowWeights ? { [placeOf(table, 'row_weight')]: rowWeights.slice(first, first + rows) } : {}),
  };
}
