import type { CrossFitResult } from '../classifier/cross-fitting.js';
import type { JobOptions } from '../native/run-job.js';
import type { Sample } from '../samples/sample.js';
import { rowsWithout } from '../samples/source-rows.js';
import type { ObservableColumn } from './own-observables.js';

/** What is compared: the rows that were held out of both samples, and the user's observables of them. */
export interface HeldOutPair {
  readonly reference: Sample;
  readonly generated: Sample;
  readonly own: readonly ObservableColumn[];
  [Symbol.dispose](): void;
}

/** All rows, unless a split held out some of them only. Dispose of it before the samples. */
export async function heldOutPair(
  samples: { readonly reference: Sample; readonly generated: Sample },
  own: readonly ObservableColumn[],
  fitted: Pick<CrossFitResult, 'reference' | 'generated'>,
  options: JobOptions,
): Promise<HeldOutPair> {
  const made: Sample[] = [];
  const dispose = () => {
    for (const sample of made) sample.dispose();
  };
  const part = async (role: 'reference' | 'generated'): Promise<Sample> => {
    const sample = samples[role];
    const { rows } = fitted[role];
    if (rows.length === sample.rows) return sample;
    const others = rowsWithout(sample.rows, Float64Array.from(rows));
    const kept = await sample.without(others, options);
    made.push(kept);
    return kept;
  };
  try {
    const reference = await part('reference');
    const generated = await part('generated');
    const chosen = ({ rows }: { readonly rows: Uint32Array }, values: Float64Array) =>
      Float64Array.from(rows, (row) => values[row] as number);
    const columns = own.map((column) => ({
      observable: column.observable,
      reference: chosen(fitted.reference, column.reference),
      generated: chosen(fitted.generated, column.generated),
    }));
    return { reference, generated, own: columns, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
