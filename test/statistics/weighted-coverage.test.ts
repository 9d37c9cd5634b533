import { expect, it } from 'vitest';
import { areaUnderCurve } from '#caloscope/statistics/rank-statistics';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';
import { gaussianSample } from '../support/gaussian-samples.js';
import { weightedSample } from '../support/weighted-samples.js';

const [rows, trials] = [200, 400];
/** P(x > y) of normal numbers whose means differ by 0.6: Φ(0.6/√2), scipy 1.17.1 norm.cdf. */
const exactArea = 0.6643132226541563;

it.each([false, true])(
  'errors of weighted rows cover as one standard error does, weights of both signs: %s',
  async (signs) => {
    const covered = { area: 0, mean: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const { values } = gaussianSample(rows, [0.6, 0, 0, 0], 2 * trial + 1);
      const generated = weightedSample(rows, 2 * trial + 2, signs);
      const weights = generated.weights as Float64Array;
      const first = (all: Float32Array) =>
        Float64Array.from({ length: rows }, (_, row) => all[4 * row] as number);
      const x = first(generated.values);
      const area = await areaUnderCurve(first(values), x, { generatedWeights: weights, threads: 1 });
      covered.area += Number(Math.abs(area.value - exactArea) < area.standardError);
      // ln w of N(0.6,1) against N(0,1), which is what the weighted rows are.
      const logits = x.map((at) => 0.6 * at - 0.18);
      const { health } = await densityRatioWeights(logits, { rowWeights: weights, threads: 1 });
      covered.mean += Number(Math.abs(health.mean - 1) < health.meanError);
    }
    // 68.3 % within three binomial errors.
    for (const count of Object.values(covered)) expect(Math.abs(count / trials - 0.683)).toBeLessThan(0.07);
  },
);
