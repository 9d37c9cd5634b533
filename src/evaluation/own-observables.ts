import * as z from 'zod';
import { ArgumentError } from '../errors.js';
import { eventLoopTurn } from '../event-loop.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { Observable, Sample } from '../samples/sample.js';
import type { ShowerBlock } from '../samples/showers/shower-block.js';
import { sourceRowText } from '../samples/source-rows.js';

/** An observable of the user's own. */
export interface OwnObservable extends Observable {
  /**
   * One finite number a shower of the block, in the order of the showers. Called once for every block of each sample; what
   * it does to the arrays of the block has no effect on anything else.
   */
  readonly values: (block: ShowerBlock) => ArrayLike<number>;
}

export const ownObservableSchema = z.strictObject({
  name: z.string().regex(/\S/, { error: 'must not be empty' }),
  label: z.string().regex(/\S/, { error: 'must not be empty' }),
  unit: z.string(),
  values: z.custom<OwnObservable['values']>((value) => typeof value === 'function', {
    error: 'must be a function of a block of showers',
  }),
}) satisfies z.ZodType<OwnObservable>;

/** An observable with its values, one a row of each sample; NaN: the row has none. */
export interface ObservableColumn {
  readonly observable: Observable;
  readonly reference: Float64Array;
  readonly generated: Float64Array;
}

/**
 * @param taken names that stand for something else in the result.
 * @throws ArgumentError ERR_ARGUMENT where a name is taken, or the kind of sample has nothing to compute from.
 */
export function requireUsable(own: readonly OwnObservable[], sample: Sample, taken: readonly string[]): void {
  const names = new Set(taken);
  for (const { name } of own) {
    if (names.has(name)) {
      throw new ArgumentError('ERR_ARGUMENT', `observables: the name "${name}" is taken; choose another`);
    }
    names.add(name);
  }
  if (own.length > 0 && sample.blocks === null) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `observables: a sample of the kind ${sample.kind} has none of your own`,
    );
  }
}

/** @throws ArgumentError ERR_ARGUMENT with observable, sample and row; `signal.reason` when aborted. */
export async function columnsOf(
  own: readonly OwnObservable[],
  samples: { readonly reference: Sample; readonly generated: Sample },
  threshold: number | null,
  signal: AbortSignal | undefined,
): Promise<readonly ObservableColumn[]> {
  const columns: ObservableColumn[] = [];
  for (const one of own) {
    const { name, label, unit } = one;
    columns.push({
      observable: { name, label, unit },
      reference: await valuesOf(one, samples.reference, 'reference', threshold, signal),
      generated: await valuesOf(one, samples.generated, 'generated', threshold, signal),
    });
  }
  return columns;
}

async function valuesOf(
  own: OwnObservable,
  sample: Sample,
  role: SampleRole,
  threshold: number | null,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const values = new Float64Array(sample.rows);
  let first = 0;
  for (const block of sample.blocks?.(threshold) ?? []) {
    signal?.throwIfAborted();
    const { rows } = block;
    const sourceRows = block.sourceRows.slice();
    const refuse = (what: string, row: string, cause?: unknown): never => {
      const where = `of the ${role} sample, ${row}`;
      throw new ArgumentError('ERR_ARGUMENT', `observable "${own.name}" ${where}: ${what}`, { cause });
    };
    const named = (i: number) => sourceRowText(sample.files, sourceRows[i] as number);
    const all = `${named(0)} to ${named(rows - 1)}`;
    let given: unknown;
    try {
      given = own.values(block);
    } catch (error) {
      refuse(`the function threw: ${firstLine(error)}`, all, error);
    }
    if (!isList(given)) return refuse('the function did not return an array of numbers', all);
    if (given.length !== rows) {
      return refuse(`the function returned ${given.length} values, not one for each of ${rows} showers`, all);
    }
    for (let i = 0; i < rows; i++) {
      const value = given[i];
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        refuse(`${shown(value)} is not a finite number`, named(i));
      }
      values[first + i] = value as number;
    }
    first += rows;
    await eventLoopTurn();
  }
  return values;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function firstLine(error: unknown): string {
  return shown(error instanceof Error ? error.message : error);
}

/** On one line. */
function shown(value: unknown): string {
  try {
    return String(value).split('\n', 1)[0] as string;
  } catch {
    return typeof value;
  }
}
