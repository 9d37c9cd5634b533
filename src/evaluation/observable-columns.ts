import type { ComputeOptions } from '../native/devices.js';
import type { InputDescription } from '../samples/kinds.js';
import { inputSettings } from '../samples/kinds.js';
import type { Observable, Sample } from '../samples/sample.js';
import type { ObservableColumn } from './own-observables.js';

/** The values of observables of both samples; the user's own come last. */
export async function observableColumns(
  observables: readonly Observable[],
  samples: { readonly reference: Sample; readonly generated: Sample; readonly input: InputDescription },
  own: readonly ObservableColumn[],
  run: ComputeOptions,
): Promise<ObservableColumn[]> {
  const { reference, generated, input } = samples;
  const options = { ...run, threshold: inputSettings(input).threshold };
  const ofGenerated = generated.values(observables, options)[Symbol.asyncIterator]();
  const columns: ObservableColumn[] = [];
  for await (const inReference of reference.values(observables, options)) {
    const { value: inGenerated } = await ofGenerated.next();
    const observable = observables[columns.length] as Observable;
    columns.push({ observable, reference: inReference, generated: inGenerated });
  }
  return [...columns, ...own];
}
