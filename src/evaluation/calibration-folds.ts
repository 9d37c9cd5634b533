import type { CrossFitResult } from '../classifier/cross-fitting.js';

/** Parts of held-out rows, each calibrated by the others, where one training scored all of them. */
const parts = 5;

/** The folds over which calibrations are cross-fitted: those of the training, or with a split parts that take turns. */
export function calibrationFolds({ reference, generated }: Pick<CrossFitResult, 'reference' | 'generated'>) {
  const alone = reference.fold.every((fold) => fold === 0);
  const foldsOf = (fold: Uint16Array) => (alone ? fold.map((_, row) => row % parts) : fold);
  return { referenceFold: foldsOf(reference.fold), generatedFold: foldsOf(generated.fold) };
}
