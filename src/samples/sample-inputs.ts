import type { OutputInput } from '../formats/files/inputs.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { SampleRecord } from './sample.js';

/** The files of two samples, as outputs name them. */
export function inputsOf(samples: { readonly [Role in SampleRole]: SampleRecord }): OutputInput[] {
  return [samples.reference, samples.generated].flatMap(({ role, files }) =>
    files.map(({ source, sha256 }) => ({ role, source, sha256 })),
  );
}
