import type { CrossFitResult } from '../classifier/cross-fitting.js';

/** Parts of held-out rows, each calibrated by the others, where one training scored all of them. */
const parts = 5;

/** The folds over which calibrations are cross-fitted: those of the training, or with a split parts that take turns. */
export function calibrationFolds({ reference, generated }: Pick<CrossFitResult, 'reference' | 'generated'>) {
  const alone = reference.fold.every((fold) => fold === 0);
  const foldsOf = (fold: Uint16Array) => (alone ? fold.map((_, row) => row % parts) : fold);
  return { referenceFold: foldsOf(reference.fold), generatedFold: foldsOf(generated.fold) };
}

/** With which rows count in calibrations; nothing where every row counts 1; null for weights below 0, of which no share is a probability. */
export function calibrationWeights({
  reference,
  generated,
}: Pick<CrossFitResult, 'reference' | 'generated'>): Partial<CalibrationWeights> | null {
  const all = [reference.rowWeights, generated.rowWeights];
  if (all.every((weights) => weights === null)) return {};
  if (all.some((weights) => weights?.some((weight) => weight < 0))) return null;
  const [referenceWeights, generatedWeights] = [reference, generated].map(
    ({ rowWeights, fold }) => rowWeights ?? new Float64Array(fold.length).fill(1),
  ) as [Float64Array, Float64Array];
  return { referenceWeights, generatedWeights };
}

/** Of the rows of both samples. */
export interface CalibrationWeights {
  readonly referenceWeights: Float64Array;
  readonly generatedWeights: Float64Array;
}
