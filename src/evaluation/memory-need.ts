import type { Sample } from '../samples/sample.js';

/** Of a row, beside its observables: ln w, errors, logits, ranks, and what the analyses make of them. */
const bytesOfRow = 400;
/** Histograms, the report, the libraries that write the result. */
const bytesBeside = 96 * 2 ** 20;

/** Bytes that an evaluation takes beside samples and training: values of observables and conditions, weights, the result. */
export function bytesOfEvaluation(reference: Sample, generated: Sample): number {
  const columns =
    reference.compared(generated).length + reference.otherColumns().length + reference.conditions().length;
  return (reference.rows + generated.rows) * (16 * columns + bytesOfRow) + bytesBeside;
}
