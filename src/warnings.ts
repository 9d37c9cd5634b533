import * as z from 'zod';

/** Warnings of the whole package: what is odd, and did not keep anything from being done. */

/** Stable codes. A code never changes its meaning. */
export const warningCodes = {
  // files
  'zero-showers': 'showers without any energy',
  'fill-only': 'every voxel holds the same number: the data were probably never written',
  'deposit-beyond-energy': 'showers that deposit many times their incident energy',
  units: 'energies that look like another unit',
  'non-finite': 'voxels that are NaN or infinite, read as 0; events that hold such numbers, left out',
  negative: 'negative voxels, kept or read as 0',
  'dropped-rows':
    'showers or rows with NaN, infinite or negative numbers, or incident energies not above 0, left out',
  'rounded-numbers': 'numbers that the packing of their file rounded, and that hide NaN',
  'incomplete-layout':
    'arrays of a layout of showers, of which others are missing, read as columns of a table',
  'points-outside': 'points that lie in no voxel of the geometry, left out',
  // samples
  'incident-energy-leak': 'the conditions alone tell the samples apart',
  'axes-differ': 'generated showers that look as if their axes were stored in another order or direction',
  'shared-rows': 'rows that are in both samples',
  'repeated-rows': 'rows that are in a sample twice',
  'paired-rows': 'rows of both samples that were made for the same conditions',
  'row-weights': 'rows that count by weights of their own',
  'small-sample': 'few rows a fold',
  'large-network': 'a network with many parameters for the rows of its training',
  'outside-training': 'rows that leave what a classifier was trained on',
  'outside-selection': 'rows of other conditions than a classifier was trained with',
  'outputs-like-probabilities':
    'a model of another program whose outputs, taken as ln w, look like probabilities',
  'null-smaller': 'a null sample of fewer rows than the generated one',
  // outcome
  'null-differs': 'two reference samples that can be told apart',
  'epochs-used-up': 'trainings that ended at their last epoch while they still gained',
  'folds-differ': 'scores that lie higher in some folds than in others',
  'mean-weight': 'weights that do not average to 1: they are no ratio of densities',
  'few-showers-dominate': 'a few rows that carry nearly all of the weight',
  'non-finite-weights': 'weights that are not finite: ln w is NaN or infinite, or w too large for float64',
  'observable-not-described': 'an observable that differs as much after the weights as before',
  'classifier-blind': 'an observable that tells the samples apart better than the classifiers do',
  'heavy-tail': 'weights with a tail so heavy that sums of them are unreliable',
} as const;

export type WarningCode = keyof typeof warningCodes;

/** A warning in a file. */
export const warningSchema = z.strictObject({
  code: z.enum(Object.keys(warningCodes) as WarningCode[]),
  message: z.string(),
});

/** Something odd, in words. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

/** Warnings as plain text, one a line; empty without any. For attributes of files. */
export function warningsText(warnings: readonly Warning[]): string {
  return warnings.map(({ code, message }) => `${code}: ${message}`).join('\n');
}
