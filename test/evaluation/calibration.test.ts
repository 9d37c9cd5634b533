import { describe, expect, it } from 'vitest';
import { crossCalibrate } from '#caloscope/calibration/calibration';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { countRatio } from '#caloscope/statistics/poisson-ratio';
import { gaussianSample } from '../support/gaussian-samples.js';
import { present } from '../support/present.js';

const reference = gaussianSample(240, [0, 0], 1);
const generated = gaussianSample(180, [0.8, 0], 2);
const options = { folds: 3, learners: ['logistic'], seed: 1, threads: 1 } as const;

async function evaluated(calibration: 'venn-abers' | null) {
  const { ensemble, ...evaluation } = await evaluate(reference, generated, { ...options, calibration });
  ensemble.dispose();
  return evaluation;
}

const plain = await evaluated(null);
const calibrated = await evaluated('venn-abers');

describe('calibration of an evaluation', () => {
  it('is not applied unasked, and says so', () => {
    expect(plain.result.settings.calibration).toBeNull();
    expect(present(plain.result.calibration).applied).toBeNull();
    expect(calibrated.result.settings.calibration).toBe('venn-abers');
    expect(present(calibrated.result.calibration).applied).toBe('venn-abers');
  });

  it('changes ln w of every row by a map of the other folds, and what is made of it', async () => {
    const direct = await crossCalibrate('venn-abers', {
      reference: plain.reference.logWeights,
      generated: plain.generated.logWeights,
      referenceFold: plain.reference.fold,
      generatedFold: plain.generated.fold,
    });
    expect(calibrated.reference.logWeights).toEqual(direct.reference.logOdds);
    expect(calibrated.generated.logWeights).toEqual(direct.generated.logOdds);
    const mean = direct.generated.logOdds.reduce((sum, l) => sum + Math.exp(l), 0) / 180;
    expect(calibrated.result.weights.generated.mean).toBeCloseTo(mean, 12);
    const [x0] = calibrated.result.observables;
    expect(x0?.separation.reweighted).not.toBe(plain.result.observables[0]?.separation.reweighted);
  });

  it('leaves ranks, tests and the comparison of methods as they are', () => {
    expect(calibrated.result.auc).toEqual(plain.result.auc);
    expect(calibrated.result.roc).toEqual(plain.result.roc);
    const { applied: _, ...after } = present(calibrated.result.calibration);
    const { applied: __, ...before } = present(plain.result.calibration);
    expect(after).toEqual(before);
  });

  it('counts every row in bins of w or off the axis', () => {
    const { uncalibrated, calibrated: methods } = present(plain.result.calibration);
    for (const { weights, reliability } of [uncalibrated, ...methods]) {
      for (const [role, rows] of [
        ['reference', 240],
        ['generated', 180],
      ] as const) {
        const inside = weights[role].reduce((sum, n) => sum + n, 0);
        expect(inside + weights.below[role] + weights.above[role]).toBe(rows);
        expect(reliability.reduce((sum, bin) => sum + bin[role], 0)).toBe(rows);
      }
      for (const [bin, n] of weights.reference.entries()) {
        const ratio = countRatio(n, weights.generated[bin] as number);
        const scaled = ratio?.low === undefined ? null : (ratio.low * 180) / 240;
        if (scaled === null) expect(weights.ratioLow[bin]).toBeNull();
        else expect(weights.ratioLow[bin]).toBeCloseTo(scaled, 12);
      }
    }
  });
});
