import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { LearnedWeightHealth } from '#caloscope/evaluation/result';
import { gaussianSample } from '../support/gaussian-samples.js';

const quick: EvaluateOptions = { threads: 1, folds: 3, learners: ['logistic', 'quadratic'], seed: 5 };

async function weightsOf(shift: number, options: EvaluateOptions = {}, seed = 1) {
  const { result, ensemble } = await evaluate(
    gaussianSample(300, [shift, 0], 2 * seed),
    gaussianSample(300, [0, 0], 2 * seed + 1),
    { ...quick, ...options },
  );
  ensemble.dispose();
  return result.weights;
}

const roles = ['reference', 'generated'] as const;
const scatter = ({ effectiveSampleSize, rows, mean }: LearnedWeightHealth) =>
  mean * Math.sqrt((rows / effectiveSampleSize - 1) / (rows - 1));

describe('the error of the mean weight', () => {
  it('is below the scatter of the weights, because the same rows tie the mean to 1', async () => {
    const weights = await weightsOf(0.5);
    for (const role of roles) {
      const { meanError, meanErrorHolds } = weights[role];
      expect(meanError).toBeGreaterThan(0);
      expect(meanError).toBeLessThan(0.7 * scatter(weights[role]));
      expect(meanErrorHolds).toBe(true);
    }
  });

  it('is the spread over pairs of samples', async () => {
    const means: number[] = [];
    const squares: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const { generated } = await weightsOf(0.5, { seed }, seed);
      means.push(generated.mean);
      squares.push(generated.meanError ** 2);
    }
    const average = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const center = average(means);
    const spread = Math.sqrt((average(means.map((x) => (x - center) ** 2)) * 40) / 39);
    // A spread of 40 numbers is known to 11 %.
    const ratio = spread / Math.sqrt(average(squares));
    expect(ratio).toBeGreaterThan(0.65);
    expect(ratio).toBeLessThan(1.5);
  });

  it('is only the scatter, and said not to hold, where weights were clipped or calibrated', async () => {
    for (const options of [{ clip: { lower: 0.5, upper: 2 } }, { calibration: 'platt' }] as const) {
      const weights = await weightsOf(0.5, options);
      for (const role of roles) {
        expect(weights[role].meanErrorHolds).toBe(false);
        expect(weights[role].meanError).toBeCloseTo(scatter(weights[role]), 6);
      }
    }
  });

  it('does not hold where the rows do not tell the variance of the weights', async () => {
    const weights = await weightsOf(2.5);
    expect(weights.generated.tailIndex).toBeGreaterThan(0.5);
    expect(weights.generated.meanErrorHolds).toBe(false);
    // Of a normal ln w of deviation 1.8, in 300 rows, whatever the largest weights that were drawn.
    for (const seed of [2, 3, 4]) {
      const { reference, generated } = await weightsOf(1.8, { learners: ['logistic'] }, seed);
      expect([reference.meanErrorHolds, generated.meanErrorHolds]).toEqual([false, false]);
    }
  });

  it('does not hold where all weights are next to 1, and their mean with them', async () => {
    // Equal samples, in which an information criterion finds no column as a rule.
    const { reference, generated } = await weightsOf(0, { learners: ['sparse'] });
    for (const { mean, effectiveSampleSize, meanErrorHolds } of [reference, generated]) {
      expect(effectiveSampleSize).toBeGreaterThan(299);
      expect(mean).toBeCloseTo(1, 2);
      expect(meanErrorHolds).toBe(false);
    }
  });

  it('of a split holds the rows of both parts', async () => {
    const { folds: _, ...rest } = quick;
    const { result, ensemble } = await evaluate(
      gaussianSample(600, [0.5, 0], 2),
      gaussianSample(600, [0, 0], 3),
      {
        ...rest,
        split: { train: 0.4, validation: 0.3, test: 0.3 },
      },
    );
    ensemble.dispose();
    const { generated } = result.weights;
    // Nothing ties the mean over rows to which no weight was fitted: the error is above their scatter.
    expect(generated.meanError).toBeGreaterThan(scatter(generated));
    expect(generated.meanErrorHolds).toBe(true);
  });
});
