import type { PermutationTest } from '../../classifier/permutation-test.js';
import type { LearnerName } from '../../native/contract/ensembles.js';
import type { AreaUnderCurve } from '../../statistics/rank-statistics.js';
import type { Warning } from '../../warnings.js';
import type { Analysis } from '../analysis.js';

/** How well the classifiers tell the samples apart, and whether that is more than chance. */
export interface SeparationSummary {
  /**
   * Area under the ROC curve, the mean over the folds of P(score_ref > score_gen) + ½ P(=). A lower bound of what the best
   * classifier could tell apart.
   */
  readonly value: number;
  /**
   * Scatter of `value` about the mean of this procedure: DeLong's error of the rows that are scored, and beside it what
   * other rows to train with would change, 1.5 σ₀²/(1 + (z/6)²) with z = (AUC − ½)/σ₀ as measured, σ₀ the null standard
   * deviation.
   */
  readonly standardError: number;
  /** √((n + m + 1)/(12 n m)), that of one fixed score without ties: the unit of the AUC, not the error of its null. */
  readonly nullStandardDeviation: number;
  /** Of the scores of all folds together; a fold whose scores lie higher than those of others pulls it to ½. */
  readonly pooled: number;
  /** Fold by fold. */
  readonly folds: readonly number[];
  /**
   * Of the test: in each fold the mean probability of the reference less that of the generated rows, over its error; the
   * sum over √(2K), K folds. The folds train on each other, hence the 2. It sees tails better than the AUC does.
   */
  readonly z: number;
  /** One-sided: of the permutations where there are any, otherwise of the normal distribution of z. */
  readonly pValue: number;
  /** null: labels were not permuted. */
  readonly permutations: PermutationTest | null;
  /** Each learner alone: its AUC, and its mean weight in the scores that are tested. */
  readonly learners: readonly {
    readonly name: LearnerName;
    readonly value: number;
    readonly weight: number;
  }[];
}

/** What the training adds to the variance at ½, in σ₀², and the distance from ½ in σ₀ at which half of it remains. */
const ofTrainingAtHalf = 1.5;
const halfDistance = 6;

export const auc: Analysis<SeparationSummary> = {
  async run({ scores, fitted, permuted }) {
    const pooled = await scores.pooledArea();
    const folds = await scores.foldAreas();
    const value = mean(folds.map((fold) => fold.value));
    const [n, m] = [fitted.reference.fold.length, fitted.generated.fold.length];
    const nullStandardDeviation = Math.sqrt((n + m + 1) / (12 * n * m));
    const learners = (await scores.learnerAreas()).map(({ name, folds: areas }, i) => ({
      name,
      value: mean(areas.map((area) => area.value)),
      weight: mean(Array.from(fitted.learners[i]?.weights ?? [])),
    }));
    const error = standardError(value, folds, nullStandardDeviation);
    return {
      warnings: foldsDiffer(value, pooled.value, error),
      part: {
        value,
        standardError: error,
        nullStandardDeviation,
        pooled: pooled.value,
        folds: folds.map((fold) => fold.value),
        z: fitted.test.z,
        pValue: permuted?.pValue ?? fitted.test.pValue,
        permutations: permuted,
        learners,
      },
    };
  },
  summary: ({ learners }) => ({
    heading: 'Learners (AUC alone, weight in the score)',
    rows: learners.map(({ name, value, weight }) => [name, value.toFixed(4), weight.toFixed(2)]),
  }),
};

/** Says so where the AUC of all folds together is not that of the folds. */
export function foldsDiffer(value: number, pooled: number, standardError: number): Warning[] {
  if (!(Math.abs(pooled - value) > standardError)) return [];
  const message = `the AUC of all folds together is ${pooled.toFixed(3)}, the mean over the folds ${value.toFixed(3)} ± ${standardError.toFixed(3)}: scores lie higher in some folds than in others, so do not rank rows of different folds; use more rows or fewer folds`;
  return [{ code: 'folds-differ', message }];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(value: number, folds: readonly AreaUnderCurve[], nullDeviation: number): number {
  const ofRows = folds.reduce((sum, fold) => sum + fold.standardError ** 2, 0) / folds.length ** 2;
  const distance = (value - 0.5) / nullDeviation;
  const ofTraining = ofTrainingAtHalf / (1 + (distance / halfDistance) ** 2);
  return Math.sqrt(ofRows + ofTraining * nullDeviation ** 2);
}
