import { describe, expect, it } from 'vitest';
import { areaUnderCurve, kolmogorovSmirnov, rocCurve } from '#caloscope/statistics/rank-statistics';
import { expectClose } from '../support/closeness.js';
import { generated, generatedWeights, reference, referenceWeights } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Curve {
  readonly false_positive_rate: readonly number[];
  readonly true_positive_rate: readonly number[];
}

const published = publishedNumbers<{
  readonly auc: number;
  readonly weighted_auc: number;
  readonly delong_variance: number;
  readonly null_deviation: number;
  readonly mann_whitney_greater: number;
  readonly curve: Curve;
  readonly weighted_curve: Curve;
  readonly kolmogorov_smirnov: Readonly<
    Record<string, { readonly statistic: number; readonly pvalue: number }>
  >;
}>('ranks');

const weighted = { referenceWeights, generatedWeights };

describe('scikit-learn and SciPy', () => {
  it('AUC with ties, its error, its null and the p-value of Mann and Whitney', async () => {
    const area = await areaUnderCurve(reference, generated);
    expectClose(area.value, published.auc, 1e-13, 0, 'AUC');
    expectClose(area.standardError ** 2, published.delong_variance, 1e-12, 0, 'DeLong');
    expectClose(area.nullStandardDeviation, published.null_deviation, 1e-13, 0, 'null');
    expectClose(area.pValue, published.mann_whitney_greater, 1e-9, 0, 'p');
  });

  it('AUC of weighted rows', async () => {
    const area = await areaUnderCurve(reference, generated, weighted);
    expectClose(area.value, published.weighted_auc, 1e-12, 0, 'AUC');
  });

  it.each([
    ['plain', {}, published.curve],
    ['weighted', weighted, published.weighted_curve],
  ] as const)('ROC curve, %s', async (_, options, expected) => {
    const curve = await rocCurve(reference, generated, { ...options, maxPoints: Number.POSITIVE_INFINITY });
    expectAllClose(curve.falsePositiveRate, expected.false_positive_rate, 1e-12, 1e-15, 'along');
    expectAllClose(curve.truePositiveRate, expected.true_positive_rate, 1e-12, 1e-15, 'up');
  });

  const half = (_: number, row: number) => row % 2 === 0;
  it.each([
    ['as they are', reference, generated],
    ['half of the rows', reference.filter(half), generated.filter(half)],
    ['no shift', reference.map((score) => score - 0.125), generated],
  ] as const)('Kolmogorov and Smirnov: %s', async (name, first, second) => {
    const expected = published.kolmogorov_smirnov[name] as { statistic: number; pvalue: number };
    const { statistic, pValue } = await kolmogorovSmirnov(first, second);
    expectClose(statistic, expected.statistic, 1e-13, 0, 'statistic');
    // SciPy takes the distribution for a finite sample of rounded size.
    expect(Math.abs(Math.log(pValue / expected.pvalue))).toBeLessThan(expected.pvalue > 1e-3 ? 0.03 : 0.2);
  });
});
