/**
 * What NumPy, SciPy, scikit-learn and boost-histogram answer on small inputs: numbers.json, made by make-numbers.py, names
 * their versions. It runs in every clone; the larger comparisons need files that are not in the repository.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HistogramAxis, regularAxis, variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { areaUnderCurve, kolmogorovSmirnov, rocCurve } from '#caloscope/statistics/rank-statistics';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';
import * as inputs from './inputs.js';

const numbers = JSON.parse(readFileSync(join(import.meta.dirname, 'numbers.json'), 'utf8'));

function expectClose(value: number, expected: number, relative: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe('boost-histogram', () => {
  const axes: readonly [string, HistogramAxis][] = [
    ['regular', regularAxis(7, -1, 2)],
    ['variable', variableAxis([-1, 0, 0.25, 0.5, 1.75])],
  ];
  it.each(axes)('counts, Σw and Σw² of a %s axis', async (name, axis) => {
    const expected = numbers.histograms[name];
    using histogram = new WeightedHistogram([axis], { weightColumns: 2 });
    await histogram.fill([inputs.x], { weights: [null, inputs.weight] });
    expect(Array.from(histogram.values(0, { flow: true }))).toEqual(expected.count);
    expect(Array.from(histogram.values(1, { flow: true }))).toEqual(expected.sumw);
    expect(Array.from(histogram.variances(1, { flow: true }))).toEqual(expected.sumw2);
    for (const [i, edge] of histogram.edges().entries())
      expect(Math.abs(edge - expected.edges[i])).toBeLessThan(1e-15);
  });
});

describe('NumPy', () => {
  it('counts and Σw, the last bin closed', async () => {
    const { edges, count, sumw } = numbers.histograms.numpy;
    using histogram = new WeightedHistogram([variableAxis(edges, { upperEdge: 'last-bin' })], {
      weightColumns: 2,
    });
    await histogram.fill([Float64Array.of(...inputs.x, 1.75)], {
      weights: [null, Float64Array.of(...inputs.weight, 2)],
    });
    expect(Array.from(histogram.values(0))).toEqual(count);
    expect(Array.from(histogram.values(1))).toEqual(sumw);
  });
});

describe('scikit-learn and SciPy', () => {
  const { reference, generated, referenceWeights, generatedWeights } = inputs;

  it('AUC with ties, and the p-value of Mann and Whitney', async () => {
    const area = await areaUnderCurve(reference, generated);
    expectClose(area.value, numbers.ranks.auc, 1e-13);
    expectClose(area.pValue, numbers.ranks.mann_whitney_greater, 1e-9);
  });

  it('AUC of weighted rows, and under the curve', async () => {
    const weighted = { referenceWeights, generatedWeights };
    expectClose(
      (await areaUnderCurve(reference, generated, weighted)).value,
      numbers.ranks.weighted_auc,
      1e-12,
    );
    const { falsePositiveRate: along, truePositiveRate: up } = await rocCurve(reference, generated, weighted);
    let area = 0;
    for (let i = 1; i < along.length; i++) {
      const width = (along[i] as number) - (along[i - 1] as number);
      area += (width * ((up[i] as number) + (up[i - 1] as number))) / 2;
    }
    expectClose(area, numbers.ranks.weighted_auc, 1e-12);
  });

  it('Kolmogorov and Smirnov', async () => {
    const { statistic, pValue } = await kolmogorovSmirnov(reference, generated);
    expectClose(statistic, numbers.ranks.ks_statistic, 1e-13);
    // SciPy takes the distribution for a finite sample of rounded size.
    expect(Math.abs(Math.log(pValue / numbers.ranks.ks_pvalue))).toBeLessThan(0.2);
  });

  it.each(['mean-logit', 'mean-weight', 'mean-probability'] as const)(
    'weights of an ensemble, %s',
    async (rule) => {
      const { logWeights } = await densityRatioWeights({ logits: inputs.logits, members: 3 }, { rule });
      const expected: number[] = numbers.log_weights[rule];
      for (const [row, logWeight] of logWeights.entries())
        expect(Math.abs(logWeight - (expected[row] as number))).toBeLessThan(1e-12);
    },
  );
});
