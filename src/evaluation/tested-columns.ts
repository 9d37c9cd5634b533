import { eventLoopTurn } from '../event-loop.js';
import type { NumberArray } from '../native/contract/jobs.js';
import type { AnalysisContext } from './analysis.js';
import { undefinedValueIn } from './observable-axis.js';
import { observableColumns } from './observable-columns.js';
import type { ObservableColumn } from './own-observables.js';
import { ordered } from './rank-distances.js';
import { isValue } from './undefined-value.js';

/** A column in which the samples are tested for a difference. */
export interface TestedColumn {
  readonly label: string;
  /** One number a row, not NaN. */
  readonly reference: NumberArray;
  readonly generated: NumberArray;
}

/** All columns in which the samples are tested, once for all of them: another source of columns is one more line here. */
export async function testedColumns(context: AnalysisContext): Promise<TestedColumn[]> {
  const { reference, columns, run } = context;
  const others = await observableColumns(reference.otherColumns(), context, [], run);
  const shown: TestedColumn[] = [];
  for (const column of [...columns, ...others]) {
    shown.push(tested(column), ...definedness(column));
    await eventLoopTurn();
  }
  return [...distinct(shown), ...narrowDirections(context)];
}

/** Directions in which the columns of the classifiers are so narrow that none of them shows it. */
function narrowDirections({ fitted: { reference, generated } }: AnalysisContext): TestedColumn[] {
  const rows = { reference: reference.fold.length, generated: generated.fold.length };
  const count = reference.narrowDirections.length / rows.reference;
  return Array.from({ length: count }, (_, i) => ({
    label: `narrow direction ${i + 1} of ${count}`,
    reference: reference.narrowDirections.subarray(i * rows.reference, (i + 1) * rows.reference),
    generated: generated.narrowDirections.subarray(i * rows.generated, (i + 1) * rows.generated),
  }));
}

/** Without columns that repeat an earlier one: whether a layer has energy decides of many observables whether they exist. */
function distinct(columns: readonly TestedColumn[]): TestedColumn[] {
  const kept: TestedColumn[] = [];
  for (const column of columns) {
    if (
      !kept.some(
        (other) => same(other.reference, column.reference) && same(other.generated, column.generated),
      )
    ) {
      kept.push(column);
    }
  }
  return kept;
}

function same(first: NumberArray, second: NumberArray): boolean {
  for (let row = 0; row < first.length; row++) {
    if (first[row] !== second[row]) return false;
  }
  return true;
}

function tested({ observable, reference, generated }: ObservableColumn): TestedColumn {
  return { label: observable.label, reference: ordered(reference), generated: ordered(generated) };
}

/** Whether the observable has a value, 0 or 1, where it has none in some rows: a few of many rows move no other distance. */
function definedness(column: ObservableColumn): TestedColumn[] {
  const value = undefinedValueIn(column);
  if (value === null) return [];
  const isUndefined = isValue(value);
  const of = (values: Float64Array) => values.map((candidate) => (isUndefined(candidate) ? 0 : 1));
  const { label: name } = column.observable;
  const label = Number.isNaN(value) ? `whether there is a ${name}` : `${name} = ${value}`;
  return [{ label, reference: of(column.reference), generated: of(column.generated) }];
}
