import type { PermutationTest } from '../../classifier/permutation-test.js';
import type { LearnerName } from '../../native/contract/ensembles.js';
import type { Warning } from '../../warnings.js';
import type { Analysis } from '../analysis.js';
import { mean } from '../mean-area.js';
import type { NullPair } from '../null-pair.js';
import type { RepeatedTrainings } from '../repeated-trainings.js';
import { significant } from '../significance.js';

/** How well the classifiers tell the samples apart, and whether that is more than chance. */
export interface SeparationSummary {
  /**
   * Area under the ROC curve, the mean over the folds of P(score_ref > score_gen) + ½ P(=). A lower bound of what the best
   * classifier could tell apart.
   */
  readonly value: number;
  /**
   * Scatter of `value` about the mean of this procedure: DeLong's error of the rows that are scored, and beside it what
   * other rows to train with would change, 1.5 σ₀² ρ²/(1 + ρ²) as measured, σ₀ the null standard deviation and ρ the mean
   * squared error of ln w over the variance of ln w; with a split DeLong's alone, of this one training.
   */
  readonly standardError: number;
  /** √((n + m + 1)/(12 n m)), that of one fixed score without ties: the unit of the AUC, not the error of its null. */
  readonly nullStandardDeviation: number;
  /** Of the scores of all folds together; a fold whose scores lie higher than those of others pulls it to ½. */
  readonly pooled: number;
  /** Fold by fold; one value with a split. */
  readonly folds: readonly number[];
  /**
   * Of the test: in each fold the mean probability of the reference less that of the generated rows, over its error; the
   * sum over √(2K), K folds. The folds train on each other, hence the 2; with a split it is that of the one part. It sees tails
   * better than the AUC does.
   */
  readonly z: number;
  /**
   * One-sided: of the normal distribution of z; where labels were permuted, of the permutations, unless none of them reaches z and the normal
   * distribution gives less than they resolve.
   */
  readonly pValue: number;
  /** null: labels were not permuted. */
  readonly permutations: PermutationTest | null;
  /** The same training for a second reference sample in place of the generated one; null: there was none. */
  readonly null: NullPair | null;
  /** The same with other seeds; null: there was one training. */
  readonly repeats: RepeatedTrainings | null;
  /** Each learner alone: its AUC, and its mean weight in the scores that are tested. */
  readonly learners: readonly {
    readonly name: LearnerName;
    readonly value: number;
    readonly weight: number;
  }[];
}

export const auc: Analysis<SeparationSummary> = {
  async run({ scores, fitted, permuted, nullPair, repeats }) {
    const pooled = await scores.pooledArea();
    const area = await scores.meanArea();
    const learners = (await scores.learnerAreas()).map(({ name, folds: areas }, i) => ({
      name,
      value: mean(areas.map((fold) => fold.value)),
      weight: mean(Array.from(fitted.learners[i]?.weights ?? [])),
    }));
    return {
      warnings: [
        ...foldsDiffer(area.value, pooled.value, area.standardError),
        ...(nullPair ? nullDiffers(nullPair) : []),
      ],
      part: {
        ...area,
        pooled: pooled.value,
        z: fitted.test.z,
        pValue: testedPValue(fitted.test.pValue, permuted),
        permutations: permuted,
        null: nullPair,
        repeats,
        learners,
      },
    };
  },
  summary: ({ learners }) => ({
    heading: 'Learners (AUC alone, weight in the score)',
    rows: learners.map(({ name, value, weight }) => [name, value.toFixed(4), weight.toFixed(2)]),
  }),
};

/** Few permutations say nothing of a z that none of them comes near. */
export function testedPValue(ofNormal: number, permuted: PermutationTest | null): number {
  if (permuted === null) return ofNormal;
  return permuted.reached > 0 ? permuted.pValue : Math.min(permuted.pValue, ofNormal);
}

/** Says so where the AUC of all folds together is not that of the folds. */
export function foldsDiffer(value: number, pooled: number, standardError: number): Warning[] {
  if (!(Math.abs(pooled - value) > standardError)) return [];
  const message = `the AUC of all folds together is ${pooled.toFixed(3)}, the mean over the folds ${value.toFixed(3)} ± ${standardError.toFixed(3)}: scores lie higher in some folds than in others, so do not rank rows of different folds; use more rows or fewer folds`;
  return [{ code: 'folds-differ', message }];
}

/** Says so where two reference samples are told apart. */
export function nullDiffers({ value, standardError, z, pValue }: NullPair): Warning[] {
  if (pValue >= significant) return [];
  const message = `the null sample differs from the reference: AUC ${value.toFixed(3)} ± ${standardError.toFixed(3)}, z = ${z.toFixed(1)}; a generated sample as good as the reference has that AUC, not 0.5`;
  return [{ code: 'null-differs', message }];
}
