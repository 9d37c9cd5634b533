import { ArgumentError } from '../errors.js';
import type { InputDescription } from '../samples/kinds.js';
import type { Sample } from '../samples/sample.js';
import { type CrossFitOptions, type CrossFitResult, crossFit } from './cross-fitting.js';
import type { CrossFittingPlan } from './settings.js';

/** The test of the classifiers, its null measured: labels permuted within the folds, everything trained again. */
export interface PermutationTest {
  /** R. */
  readonly permutations: number;
  /** Of them, those whose z is as large as that of the true labels. */
  readonly reached: number;
  /** (1 + reached)/(R + 1): exact, whatever the learners are. */
  readonly pValue: number;
  /** 1/(R + 1): permutations give no smaller p-value. */
  readonly resolution: number;
}

/**
 * Permutes the labels R times, among rows that are alike but for the label: within each fold, and within groups of partners.
 *
 * @param fitted of the true labels.
 * @throws ArgumentError ERR_ARGUMENT for more permutations than there are labellings; what {@link crossFit} throws.
 */
export async function permutationTest(
  reference: Sample,
  generated: Sample,
  input: InputDescription,
  plan: CrossFittingPlan & { readonly permutations: number },
  fitted: CrossFitResult,
  options: CrossFitOptions,
): Promise<PermutationTest> {
  const { folds, permutations } = plan;
  requireLabellings(fitted, folds, permutations);
  let reached = 0;
  for (let permutation = 1; permutation <= permutations; permutation++) {
    const quiet = { ...options, checkpoint: null, onProgress: undefined, permutation };
    const permuted = await crossFit(reference, generated, input, plan, quiet);
    permuted.ensemble.dispose();
    if (permuted.test.z >= fitted.test.z) reached += 1;
    options.onProgress?.({ done: permutation, total: permutations, message: 'permuting labels' });
  }
  const resolution = 1 / (permutations + 1);
  return { permutations, reached, pValue: (1 + reached) * resolution, resolution };
}

/** Small samples have few labellings: their number is the product over the folds of the ways to choose the reference rows. */
function requireLabellings(
  { reference, generated }: CrossFitResult,
  folds: number,
  permutations: number,
): void {
  let labellings = 1;
  for (let fold = 0; fold < folds; fold++) {
    const first = reference.fold.reduce((count, of) => count + (of === fold ? 1 : 0), 0);
    const second = generated.fold.reduce((count, of) => count + (of === fold ? 1 : 0), 0);
    for (let i = 1; i <= first; i++) labellings *= (second + i) / i;
  }
  if (permutations < labellings) return;
  const known = Math.round(labellings);
  const message = `permutations: there are only ${known} labellings of so few rows, ask for less than that`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}
