import type { Sample } from '../samples/sample.js';
import type { AreaUnderCurve, Warning, WeightHealth } from './result.js';

/** Showers a sample and fold below which a training is shaky. */
const rowsPerFold = 100;
/** Parameters a training row above which a network is large for the sample. */
const parametersPerRow = 100;
/** Distance of member AUCs, in standard errors of the AUC, above which members disagree. */
const memberDistance = 3;
/**
 * Distance of the mean weight from 1, in its errors and in all, above which the weights are not a ratio of densities.
 * Small distances are usual: noise in ln w alone raises the mean of w by half its variance.
 */
const meanDistance = { errors: 5, absolute: 0.05 };
/** Effective sample size, as a share of the rows, below which weighted sums rest on a few showers. */
const smallestEffectiveShare = 0.01;

/** What is odd about the size of the samples for the folds and the network asked for. */
export function sizeWarnings(
  reference: Pick<Sample, 'rows'>,
  generated: Pick<Sample, 'rows'>,
  folds: number,
  parameters: number,
): Warning[] {
  const smallest = Math.min(reference.rows, generated.rows);
  const warnings: Warning[] = [];
  if (smallest / folds < rowsPerFold) {
    const message = `the smaller sample has ${smallest} showers, ${Math.floor(smallest / folds)} a fold: differences below a few percent cannot be seen, and the result varies with the seed`;
    warnings.push({ code: 'small-sample', message });
  }
  const trainingRows = ((reference.rows + generated.rows) * (folds - 1)) / folds;
  if (parameters > parametersPerRow * trainingRows) {
    const message = `the network has ${parameters} parameters for ${Math.round(trainingRows)} training showers: it is stopped early and may see less than a smaller one (--hidden 64,64)`;
    warnings.push({ code: 'large-network', message });
  }
  return warnings;
}

/** What is odd in the outcome: members that disagree, weights that are no density ratio. */
export function outcomeWarnings(
  auc: AreaUnderCurve,
  memberAucs: readonly number[],
  health: { readonly reference: WeightHealth; readonly generated: WeightHealth },
): Warning[] {
  const warnings: Warning[] = [];
  const spread = Math.max(...memberAucs) - Math.min(...memberAucs);
  if (spread > memberDistance * auc.standardError) {
    const list = memberAucs.map((value) => value.toFixed(3)).join(', ');
    const message = `the members disagree by more than the error of the AUC (${list}): trainings are not stable; use more members or a smaller learning rate`;
    warnings.push({ code: 'members-disagree', message });
  }
  for (const [role, what] of [
    ['generated', 'mean of w over the generated sample'],
    ['reference', 'mean of 1/w over the reference sample'],
  ] as const) {
    const { mean, meanError, nonFinite } = health[role];
    const distance = Math.abs(mean - 1);
    if (distance > meanDistance.errors * meanError && distance > meanDistance.absolute) {
      const message = `the ${what} is ${mean.toFixed(3)} ± ${meanError.toFixed(3)} in place of 1: the weights are not calibrated, or the samples do not overlap`;
      warnings.push({ code: 'mean-weight', message });
    }
    const { effectiveSampleSize, rows } = health[role];
    if (effectiveSampleSize < smallestEffectiveShare * rows) {
      const message = `a few showers of the ${role} sample carry nearly all of the weight (effective sample size ${effectiveSampleSize.toFixed(0)} of ${rows}): sums with these weights mean little; look at the most extreme showers`;
      warnings.push({ code: 'few-showers-dominate', message });
    }
    if (nonFinite > 0) {
      warnings.push({
        code: 'non-finite-weights',
        message: `${nonFinite} weights of the ${role} sample are not finite`,
      });
    }
  }
  return warnings;
}
