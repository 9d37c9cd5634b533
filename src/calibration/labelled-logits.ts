import { ArgumentError } from '../errors.js';
import { requireObject } from '../names.js';
import type { CalibrationSetRecord } from '../native/contract/calibration.js';
import type { NumberArray } from '../native/contract/jobs.js';
import { requireLength, requireNumberArray } from '../native/number-array.js';

/** Logits (or log odds) of rows whose sample is known, one a row. */
export interface LabelledLogits {
  readonly reference: NumberArray;
  readonly generated: NumberArray;
  /** From 0 on, of both samples or of none; absent: every row counts 1. */
  readonly referenceWeights?: NumberArray | undefined;
  readonly generatedWeights?: NumberArray | undefined;
}

/** @internal As the core takes them. Throws ArgumentError ERR_ARGUMENT, ERR_SHAPE. */
export function nativeSet(rows: LabelledLogits): CalibrationSetRecord {
  requireObject(rows, 'rows', '{ reference, generated }');
  const { reference, generated, referenceWeights, generatedWeights } = rows;
  requireNumberArray(reference, 'reference');
  requireNumberArray(generated, 'generated');
  if (referenceWeights === undefined && generatedWeights === undefined) {
    return { reference, generated, referenceWeights: null, generatedWeights: null };
  }
  if (referenceWeights === undefined || generatedWeights === undefined) {
    throw new ArgumentError('ERR_ARGUMENT', 'give weights of both samples, or of none');
  }
  requireNumberArray(referenceWeights, 'referenceWeights');
  requireNumberArray(generatedWeights, 'generatedWeights');
  requireLength(referenceWeights, reference.length, 'referenceWeights');
  requireLength(generatedWeights, generated.length, 'generatedWeights');
  return { reference, generated, referenceWeights, generatedWeights };
}
