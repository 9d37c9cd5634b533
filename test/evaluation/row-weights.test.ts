/** Rows that have weights of their own, drawn so that what they say together is known exactly. */
import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { UhiHistogram } from '#caloscope/formats/uhi/uhi';
import { reportPage } from '#caloscope/report/page';
import { gaussianSample } from '../support/gaussian-samples.js';
import { weightedSample } from '../support/weighted-samples.js';

const rows = 3000;
const options: EvaluateOptions = { folds: 3, learners: ['logistic', 'trees'], threads: 2 };
const reference = gaussianSample(rows, [0, 0, 0, 0], 1);
/** P(x > y) of normal numbers whose means differ by 0.6: Φ(0.6/√2), scipy 1.17.1 norm.cdf. */
const exactArea = 0.6643132226541563;

async function evaluated(...[first, second, more]: Parameters<typeof evaluate>) {
  const { ensemble, ...evaluation } = await evaluate(first, second, { ...options, ...more });
  ensemble.dispose();
  return evaluation;
}

const sumOf = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

describe.each([
  ['positive', false],
  ['of both signs', true],
])('rows whose weights are %s', (_, signs) => {
  const generated = weightedSample(rows, 2, signs);

  it('are not told from rows of the same law', async () => {
    const { result } = await evaluated(reference, generated);
    const { auc, verdict, largestDistance, samples, warnings, observables } = result;
    expect(Math.abs(auc.value - 0.5)).toBeLessThan(4 * auc.nullStandardDeviation);
    expect(Math.abs(auc.z)).toBeLessThan(3);
    expect(verdict.level).toBe('indistinguishable');
    expect(largestDistance.pValue).toBeGreaterThan(0.01);
    expect(observables.every(({ pValue }) => pValue > 1e-3)).toBe(true);
    expect(samples.reference.weights).toBeNull();
    const weights = generated.weights as Float64Array;
    const effective = sumOf(weights) ** 2 / sumOf(weights.map((weight) => weight ** 2));
    expect(samples.generated.weights?.effectiveRows).toBeCloseTo(effective, 6);
    expect(samples.generated.weights?.negative).toBe(weights.filter((weight) => weight < 0).length);
    expect(auc.nullStandardDeviation).toBeCloseTo(
      Math.sqrt((rows + effective + 1) / (12 * rows * effective)),
      9,
    );
    expect(warnings.map(({ code }) => code)).toContain('row-weights');
    expect([result.support, result.failures, result.windows]).toEqual([null, null, []]);
    const quantiles = result.weights.generated.quantiles;
    if (signs) {
      expect([result.calibration, quantiles]).toEqual([null, []]);
      return;
    }
    expect(quantiles.length).toBeGreaterThan(0);
    const { uncalibrated, calibrated } = result.calibration as NonNullable<typeof result.calibration>;
    for (const { error, logLoss } of [uncalibrated, ...calibrated]) {
      expect(error.debiased).toBeLessThan(4 * error.deviation);
      expect(Math.abs(logLoss - Math.log(2))).toBeLessThan(0.04);
    }
  });

  it('are told from those of another law as far as that law has it, and reweighted to it', async () => {
    const other = gaussianSample(rows, [0.6, 0, 0, 0], 5);
    const { result, generated: found } = await evaluated(other, generated);
    const { auc, verdict, weights, observables, histograms } = result;
    expect(Math.abs(auc.value - exactArea)).toBeLessThan(3 * auc.standardError + 0.01);
    expect(verdict.level).not.toBe('indistinguishable');
    expect(observables[0]?.auc.generated.value).toBeCloseTo(exactArea, 1);
    const page = reportPage(result);
    expect(page).toContain('rows count by weights of their own');
    expect(page).not.toContain('by itself is seen to be wrong');
    // ln w is 0.6 x0 − 0.18.
    const slope = slopeOf(generated.values, found.logWeights);
    expect(slope.value).toBeGreaterThan(0.5);
    expect(slope.value).toBeLessThan(0.7);
    expect(Math.abs(slope.constant + 0.18)).toBeLessThan(0.1);
    expect(Math.abs(weights.generated.mean - 1)).toBeLessThan(5 * weights.generated.meanError);
    // The reweighted histogram adds up to the products of both weights.
    const { x0_reweighted: histogram } = histograms as Record<string, UhiHistogram>;
    const products = found.logWeights.map(
      (logWeight, row) => Math.exp(logWeight) * (generated.weights?.[row] ?? Number.NaN),
    );
    expect(sumOf(histogram?.storage.values as number[])).toBeCloseTo(sumOf(products), 4);
    expect(observables[0]?.separation.reweighted).toBeLessThan(
      (observables[0]?.separation.generated ?? 0) / 4,
    );
  });
});

it('rows of weight 1 are evaluated as rows without weights are', async () => {
  const generated = gaussianSample(rows, [0.3, 0, 0, 0], 7);
  const plain = await evaluated(reference, generated);
  const ones = new Float64Array(rows).fill(1);
  const weighted = await evaluated(reference, { ...generated, weights: ones });
  expect(weighted.result.auc.value).toBeCloseTo(plain.result.auc.value, 12);
  expect(weighted.result.auc.z).toBeCloseTo(plain.result.auc.z, 9);
  expect(weighted.result.auc.standardError).toBeCloseTo(plain.result.auc.standardError, 9);
  for (const role of ['reference', 'generated'] as const) {
    expect(weighted.result.weights[role].mean).toBeCloseTo(plain.result.weights[role].mean, 9);
    expect(weighted.result.weights[role].meanError).toBeCloseTo(plain.result.weights[role].meanError, 9);
    expect(sumOf(weighted[role].logWeights)).toBeCloseTo(sumOf(plain[role].logWeights), 6);
  }
});

it('weights from 0 on are calibrated: reweighted with a calibration, the mean weight is 1', async () => {
  const generated = weightedSample(rows, 2);
  const other = gaussianSample(rows, [0.6, 0, 0, 0], 5);
  const { result } = await evaluated(other, generated, { calibration: 'platt' });
  expect(result.calibration?.applied).toBe('platt');
  expect(Math.abs(result.weights.generated.mean - 1)).toBeLessThan(0.05);
});

it('refuses weights that cannot be', async () => {
  const generated = gaussianSample(100, [0, 0], 8);
  const other = gaussianSample(100, [0, 0], 9);
  const given = (weights: Float64Array, more = {}) => evaluated(other, { ...generated, weights }, more);
  const ones = new Float64Array(100).fill(1);
  await expect(given(ones.subarray(1))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
  await expect(given(ones.map((_, row) => (row === 7 ? Number.NaN : 1)))).rejects.toMatchObject({
    code: 'ERR_NON_FINITE',
    message: expect.stringContaining('row 7'),
  });
  await expect(given(ones.map(() => -1))).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  const signs = ones.map((_, row) => (row === 3 ? -1 : 1));
  await expect(given(signs, { calibration: 'platt' })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringContaining('calibration'),
  });
});

/** Of a straight line through ln w over x0. */
function slopeOf(values: Float32Array, logWeights: Float64Array) {
  const x = Array.from(logWeights, (_, row) => values[4 * row] as number);
  const mean = sumOf(x) / x.length;
  const height = sumOf(logWeights) / x.length;
  const along = x.reduce((sum, at, row) => sum + (at - mean) * ((logWeights[row] as number) - height), 0);
  const value = along / x.reduce((sum, at) => sum + (at - mean) ** 2, 0);
  return { value, constant: height - value * mean };
}
