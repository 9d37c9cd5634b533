import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areaUnderCurve, rocCurve } from '#caloscope/statistics/rank-statistics';
import { type GoldenFile, goldenJson, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

type NumberArray = Float32Array | Float64Array;

interface Expected {
  readonly auc_unweighted_exact: number;
  readonly delong_variance?: number;
  readonly null_standard_deviation_tie_corrected?: number;
  readonly mann_whitney_p_two_sided_no_continuity?: number;
  readonly auc_weighted_exact?: number;
}

const cases = hasSharedData ? goldenJson<Record<string, Expected>>('roc', 'values.json') : {};
const single = Object.entries(cases).filter(([name]) => name !== 'paired');

function expectClose(value: number, expected: number, relative: number, absolute = 0): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute);
}

describe.skipIf(!hasSharedData)('ROC golden cases', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('roc', 'roc.h5');
  });
  afterAll(() => golden.close());

  function split(name: string, dataset: string): [NumberArray, NumberArray] {
    const label = golden.numbers(`${name}/label`);
    const stored = golden.numbers(`${name}/${dataset}`);
    const all: NumberArray = stored instanceof Float32Array ? stored : Float64Array.from(stored);
    return [all.filter((_, row) => label[row] === 1), all.filter((_, row) => label[row] === 0)];
  }

  function weights(name: string) {
    const [referenceWeights, generatedWeights] = split(name, 'weight');
    return { referenceWeights, generatedWeights };
  }

  it.each(single)('%s: AUC, DeLong and null', async (name, expected) => {
    const [reference, generated] = split(name, 'score');
    const area = await areaUnderCurve(reference, generated);
    expectClose(area.value, expected.auc_unweighted_exact, 1e-12);
    if (expected.delong_variance !== undefined) {
      expectClose(area.standardError ** 2, expected.delong_variance, 1e-10, 1e-18);
    }
    if (expected.null_standard_deviation_tie_corrected !== undefined) {
      expectClose(area.nullStandardDeviation, expected.null_standard_deviation_tie_corrected, 1e-12);
    }
    const twoSided = expected.mann_whitney_p_two_sided_no_continuity ?? Number.NaN;
    if (!Number.isNaN(twoSided)) {
      const oneSided = area.value > 0.5 ? twoSided / 2 : 1 - twoSided / 2;
      expectClose(area.pValue, oneSided, 1e-9);
    }
    if (expected.auc_weighted_exact !== undefined) {
      const weighted = await areaUnderCurve(reference, generated, weights(name));
      expectClose(weighted.value, expected.auc_weighted_exact, 1e-12);
    }
  });

  it.each(single.filter(([name]) => name !== 'n20000_float32_some_ties'))('%s: curve', async (name) => {
    const [reference, generated] = split(name, 'score');
    // scikit-learn has no curve for weights of both signs; what is stored there is the one without weights.
    const weighted = golden.has(`${name}/weight`) && name !== 'mixed_sign_weights';
    const options = weighted ? weights(name) : {};
    const curve = await rocCurve(reference, generated, { ...options, maxPoints: Number.POSITIVE_INFINITY });
    const fpr = golden.numbers(`${name}/curve/fpr`);
    const tpr = golden.numbers(`${name}/curve/tpr`);
    expect(curve.falsePositiveRate.length).toBe(fpr.length);
    for (let point = 0; point < fpr.length; point++) {
      expectClose(curve.falsePositiveRate[point] as number, fpr[point] as number, 1e-12, 1e-15);
      expectClose(curve.truePositiveRate[point] as number, tpr[point] as number, 1e-12, 1e-15);
    }
  });

  it('both scores of the paired case', async () => {
    const { auc } = goldenJson<{ paired: { auc: number[] } }>('roc', 'values.json').paired;
    const covariance = golden.numbers('paired/covariance');
    for (const [index, score] of ['score_1', 'score_2'].entries()) {
      const area = await areaUnderCurve(...split('paired', score));
      expectClose(area.value, auc[index] as number, 1e-12);
      expectClose(area.standardError ** 2, covariance[3 * index] as number, 1e-10, 1e-18);
    }
  });
});
