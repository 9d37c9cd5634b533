import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  kolmogorovSmirnov,
  RankedScores,
  rocCurve,
} from '#caloscope/statistics/rank-statistics';
import { goldenJson, openGolden } from '../support/golden-arrays.js';
import { processorClock } from '../support/processor-time.js';
import { hasSharedData } from '../support/shared-data.js';

function column(...values: number[]): Float64Array {
  return Float64Array.from(values);
}

/** The same numbers every time, spread evenly over (0,1): multiples of the golden ratio. */
function evenly(rows: number, start: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => ((i + start) * 0.6180339887498949) % 1);
}

/** P(x > z) of the standard normal distribution for large z: Laplace's continued fraction. */
function normalTail(z: number): number {
  let fraction = z;
  for (let k = 200; k >= 1; k--) fraction = z + k / fraction;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

describe('areaUnderCurve', () => {
  it('counts pairs, and half of the tied ones', async () => {
    const area = await areaUnderCurve(column(3, 1), column(2, 1));
    expect(area.value).toBe((1 + 1 + 0 + 0.5) / 4);
  });

  it('takes float32 and float64, infinities and weights', async () => {
    const infinite = Number.POSITIVE_INFINITY;
    const area = await areaUnderCurve(Float32Array.of(infinite, 0), column(-infinite, infinite));
    expect(area.value).toBe((0.5 + 1 + 0 + 1) / 4);
    const weighted = await areaUnderCurve(column(3, 1), column(2), {
      referenceWeights: column(3, -1),
      generatedWeights: Float32Array.of(0.5),
    });
    expect(weighted.value).toBe(1.5);
  });

  it('has a normal tail that stays exact far out and never turns into garbage', async () => {
    for (const n of [50, 500, 900]) {
      const area = await areaUnderCurve(
        evenly(n, 1).map((x) => x + 2),
        evenly(n, 1),
      );
      // Complete separation of n and n rows.
      const z = n * Math.sqrt(3 / (2 * n + 1));
      expect(Math.abs(area.pValue / normalTail(z) - 1)).toBeLessThan(1e-10);
    }
    const beyond = await areaUnderCurve(
      evenly(5000, 1).map((x) => x + 2),
      evenly(5000, 1),
    );
    expect(beyond.pValue).toBe(0);
    const inverted = await areaUnderCurve(
      evenly(500, 1),
      evenly(500, 1).map((x) => x + 2),
    );
    expect(inverted.pValue).toBe(1);
    const allEqual = await areaUnderCurve(column(1, 1, 1), column(1, 1));
    expect(allEqual).toEqual({ value: 0.5, standardError: 0, nullStandardDeviation: 0, pValue: 1 });
  });

  it('refuses NaN, weights that do not fit, and empty samples', async () => {
    const bad = column(1, Number.NaN);
    await expect(areaUnderCurve(bad, column(1))).rejects.toMatchObject({ code: 'ERR_NON_FINITE' });
    await expect(areaUnderCurve(bad, column(1))).rejects.toThrow(/reference sample .* row 1/);
    await expect(areaUnderCurve(column(), column(1))).rejects.toMatchObject({ code: 'ERR_TOO_FEW_ROWS' });
    const weights = { referenceWeights: column(1, 2) };
    await expect(areaUnderCurve(column(1), column(1), weights)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    const negative = { generatedWeights: column(-1) };
    await expect(areaUnderCurve(column(1), column(1), negative)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
    const list = [1, 2] as unknown as Float64Array;
    await expect(areaUnderCurve(list, column(1))).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });

  it('can be stopped', async () => {
    const many = evenly(2_000_000, 1);
    const whole = processorClock();
    await areaUnderCurve(many, many, { threads: 2 });
    const work = whole();
    const controller = new AbortController();
    const stopped = processorClock();
    const running = areaUnderCurve(many, many, { threads: 2, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(running).rejects.toThrow('enough');
    expect(stopped()).toBeLessThan(0.5 * work);
  });
});

describe('rocCurve', () => {
  it('keeps its area when thinned', async () => {
    const reference = evenly(20_000, 1).map((x) => Math.sqrt(x));
    const generated = evenly(30_000, 7);
    const { value } = await areaUnderCurve(reference, generated);
    const curve = await rocCurve(reference, generated);
    expect(curve.falsePositiveRate.length).toBeLessThanOrEqual(400);
    expect(curve.falsePositiveRate.length).toBeGreaterThan(300);
    let area = 0;
    for (let i = 1; i < curve.falsePositiveRate.length; i++) {
      const [left, right] = [curve.falsePositiveRate[i - 1] as number, curve.falsePositiveRate[i] as number];
      const height = ((curve.truePositiveRate[i - 1] as number) + (curve.truePositiveRate[i] as number)) / 2;
      area += (right - left) * height;
    }
    expect(Math.abs(area - value)).toBeLessThan(1e-4);
    expect([curve.falsePositiveRate[0], curve.truePositiveRate[0]]).toEqual([0, 0]);
    expect([curve.falsePositiveRate.at(-1), curve.truePositiveRate.at(-1)]).toEqual([1, 1]);
  });

  it('refuses a number of points that makes no curve', async () => {
    for (const maxPoints of [0, 1, 2.5, Number.NaN]) {
      await expect(rocCurve(column(1), column(2), { maxPoints })).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
      });
    }
  });
});

describe('RankedScores', () => {
  it('answers as separate calls do until it is disposed of', async () => {
    const reference = evenly(2000, 1).map((x) => Math.sqrt(x));
    const generated = evenly(3000, 7);
    const referenceWeights = evenly(2000, 3);
    for (const options of [{}, { referenceWeights }]) {
      const ranked = await RankedScores.of(reference, generated, options);
      expect(await ranked.areaUnderCurve({})).toEqual(await areaUnderCurve(reference, generated, options));
      expect(await ranked.rocCurve({})).toEqual(await rocCurve(reference, generated, options));
      ranked.dispose();
      await expect(ranked.areaUnderCurve({})).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
      await expect(ranked.rocCurve({})).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    }
  });
});

describe('kolmogorovSmirnov', () => {
  it('is 0 for equal and 1 for disjoint samples', async () => {
    expect(await kolmogorovSmirnov(column(1, 2, 3), column(3, 2, 1))).toEqual({ statistic: 0, pValue: 1 });
    const disjoint = await kolmogorovSmirnov(
      evenly(1000, 1),
      evenly(1000, 1).map((x) => x + 1),
    );
    expect(disjoint.statistic).toBe(1);
    expect(disjoint.pValue).toBeLessThan(1e-300);
    await expect(kolmogorovSmirnov(column(), column(1))).rejects.toMatchObject({ code: 'ERR_TOO_FEW_ROWS' });
    await expect(kolmogorovSmirnov(column(1), column(Number.NaN))).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
    });
  });

  it.skipIf(!hasSharedData)('agrees with SciPy', async () => {
    const { ks } = goldenJson<{ ks: { statistic: number; pvalue_asymptotic: number }[] }>(
      'wasserstein',
      'values.json',
    );
    const golden = await openGolden('wasserstein', 'w1.h5');
    for (const [index, expected] of ks.entries()) {
      const [u, v] = ['u', 'v'].map((name) =>
        (golden.numbers(name) as Float32Array).filter((_, i) => i % ks.length === index),
      ) as [Float32Array, Float32Array];
      const test = await kolmogorovSmirnov(u, v);
      expect(Math.abs(test.statistic - expected.statistic)).toBeLessThan(1e-14);
      // SciPy takes the distribution for a finite sample of rounded size; the limiting one differs in the far tail.
      const relative = Math.abs(Math.log(test.pValue / expected.pvalue_asymptotic));
      expect(relative).toBeLessThan(expected.pvalue_asymptotic > 1e-3 ? 0.02 : 0.2);
    }
    golden.close();
  });
});
