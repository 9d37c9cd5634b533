import { describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { densityRatioWeights, type EnsembleRule } from '#caloscope/weights/density-ratio';
import { gaussianSample } from '../support/gaussian-samples.js';
import { goldenJson, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

function column(...values: number[]): Float64Array {
  return Float64Array.from(values);
}

describe('densityRatioWeights', () => {
  it('exponentiates logits', async () => {
    const { logWeights, values, health, memberSpread } = await densityRatioWeights(Float32Array.of(-1, 0, 2));
    expect(Array.from(logWeights)).toEqual([-1, 0, 2]);
    expect(values[2]).toBeCloseTo(Math.exp(2), 14);
    expect(memberSpread).toBeNull();
    expect(health).toMatchObject({ rows: 3, nonFinite: 0, clipped: null });
    expect(health.mean).toBeCloseTo((Math.exp(-1) + 1 + Math.exp(2)) / 3, 14);
    expect(health.shareBelowOne).toBeCloseTo(1 / 3, 15);
    expect(health.shareAboveOne).toBeCloseTo(1 / 3, 15);
    expect(health.smallest.map(({ row }) => row)).toEqual([0, 1, 2]);
    expect(health.largest[0]).toEqual({ row: 2, logWeight: 2 });
  });

  it('speaks of 1/w for the reference sample', async () => {
    const { health } = await densityRatioWeights(column(-1, 0, 2), { role: 'reference' });
    expect(health.mean).toBeCloseTo((Math.exp(1) + 1 + Math.exp(-2)) / 3, 14);
  });

  it('has the Pareto index of the largest weights, of 1/w for the reference sample', async () => {
    // Quantiles of a Pareto distribution: P(w > t) = t^(−1/k).
    const pareto = (k: number) =>
      Float64Array.from({ length: 20_000 }, (_, i) => -k * Math.log((i + 0.5) / 20_000));
    for (const k of [0.2, 0.5, 0.9]) {
      const { health } = await densityRatioWeights(pareto(k));
      expect(Math.abs((health.tailIndex as number) - k)).toBeLessThan(0.05);
      const inverse = pareto(k).map((logWeight) => -logWeight);
      const { health: ofReference } = await densityRatioWeights(inverse, { role: 'reference' });
      expect(ofReference.tailIndex).toBeCloseTo(health.tailIndex as number, 12);
    }
    expect((await densityRatioWeights(column(0, 1, 2))).health.tailIndex).toBeNull();
    expect((await densityRatioWeights(new Float64Array(500))).health.tailIndex).toBeNull();
  });

  it('shifts and clips, and says what it clipped', async () => {
    const { logWeights, health } = await densityRatioWeights(column(-5, 0, 5, Number.NaN), {
      priorShift: Math.log(2),
      clip: { lower: 0.1, upper: 10 },
    });
    expect(logWeights[0]).toBeCloseTo(Math.log(0.1), 15);
    expect(logWeights[1]).toBe(Math.log(2));
    expect(logWeights[2]).toBeCloseTo(Math.log(10), 15);
    expect(logWeights[3]).toBeNaN();
    expect(health.clipped).toEqual({ lower: 0.1, upper: 10, below: 1, above: 1 });
    expect(health.nonFinite).toBe(1);
  });

  it('joins members by each rule', async () => {
    const logits = { values: Float32Array.of(0, 1, 2, 3), members: 2, rows: 2 };
    const joined = async (rule: EnsembleRule) => (await densityRatioWeights(logits, { rule })).logWeights[0];
    const sigmoid = (l: number) => 1 / (1 + Math.exp(-l));
    expect(await joined('mean-logit')).toBe(1);
    expect(await joined('mean-weight')).toBeCloseTo(Math.log((1 + Math.exp(2)) / 2), 14);
    const mean = (sigmoid(0) + sigmoid(2)) / 2;
    expect(await joined('mean-probability')).toBeCloseTo(Math.log(mean / (1 - mean)), 14);
    expect((await densityRatioWeights(logits)).memberSpread).toBeCloseTo(Math.SQRT2, 15);
  });

  it('takes what an ensemble says of rows for that', async () => {
    const samples = [gaussianSample(300, [1, 0], 3), gaussianSample(300, [0, 0], 4)] as const;
    const { ensemble } = await trainClassifier(...samples, { folds: 3, learners: ['logistic', 'trees'] });
    const rows = gaussianSample(200, [0.5, 0], 9);
    const { logits } = await ensemble.score(rows);
    const { logWeights, memberSpread } = await densityRatioWeights(logits);
    expect(logWeights).toHaveLength(200);
    for (const [row, logWeight] of logWeights.entries()) {
      expect(logWeight).toBeCloseTo(
        ((logits.values[row] as number) + (logits.values[200 + row] as number)) / 2,
        12,
      );
    }
    expect(memberSpread).toBeGreaterThan(0);
  });

  it('refuses what makes no weights', async () => {
    const refused: [unknown, object, string][] = [
      [[1, 2], {}, 'ERR_ARGUMENT'],
      [null, {}, 'ERR_ARGUMENT'],
      [column(), {}, 'ERR_TOO_FEW_ROWS'],
      [{ values: column(1, 2, 3), members: 2, rows: 2 }, {}, 'ERR_SHAPE'],
      [{ values: column(1, 2, 3), members: 0, rows: 3 }, {}, 'ERR_ARGUMENT'],
      [{ values: column(), members: 2, rows: 0 }, {}, 'ERR_TOO_FEW_ROWS'],
      [{ values: column(1, 2), members: 2 }, {}, 'ERR_ARGUMENT'],
      [column(1), { rule: 'median' }, 'ERR_ARGUMENT'],
      [column(1), { role: 'both' }, 'ERR_ARGUMENT'],
      [column(1), { priorShift: Number.NaN }, 'ERR_ARGUMENT'],
      [column(1), { clip: { lower: 1, upper: 1 } }, 'ERR_ARGUMENT'],
      [column(1), { clip: { lower: 0, upper: Number.POSITIVE_INFINITY } }, 'ERR_ARGUMENT'],
    ];
    for (const [logits, options, code] of refused) {
      await expect(densityRatioWeights(logits as Float64Array, options)).rejects.toMatchObject({ code });
    }
  });
});

describe.skipIf(!hasSharedData)('golden weights', () => {
  it.each(['float64', 'float32'])('exp of %s logits', async (type) => {
    const golden = await openGolden('weights', 'logits_to_weights.h5');
    const logits = golden.numbers(`${type}/logit`) as Float32Array | Float64Array;
    const exact = golden.numbers(`${type}/exact/exp_logit`);
    const { values, logWeights } = await densityRatioWeights(logits);
    expect(Array.from(logWeights)).toEqual(Array.from(logits, (logit) => logit + 0));
    for (const [row, logit] of logits.entries()) {
      const expected = exact[row] as number;
      if (!Number.isFinite(expected)) expect(values[row]).toBe(expected);
      else {
        const tolerance = Math.max(4e-16 * Math.max(1, Math.abs(logit)) * expected, Number.MIN_VALUE);
        expect(Math.abs((values[row] as number) - expected)).toBeLessThanOrEqual(tolerance);
      }
    }
    golden.close();
  });

  it.each(['float64', 'float32'])('ensembles of %s logits', async (type) => {
    const golden = await openGolden('weights', 'ensembles_of_5.h5');
    const byRow = golden.numbers(`${type}/logit`) as Float32Array | Float64Array;
    const rows = byRow.length / 5;
    const logits = byRow.map((_, i) => byRow[(i % rows) * 5 + Math.floor(i / rows)] as number);
    const rules: [EnsembleRule, string][] = [
      ['mean-logit', 'log_w_mean_logit'],
      ['mean-probability', 'log_w_mean_D'],
      ['mean-weight', 'log_w_mean_w'],
    ];
    for (const [rule, name] of rules) {
      const { logWeights } = await densityRatioWeights({ values: logits, members: 5, rows }, { rule });
      const expected = golden.numbers(`${type}/${name}`);
      for (const [row, logWeight] of logWeights.entries()) {
        const exact = expected[row] as number;
        if (!Number.isFinite(exact)) expect(logWeight, `${rule}, row ${row}`).toBe(exact);
        else {
          const difference = Math.abs(logWeight - exact);
          expect(difference, `${rule}, row ${row}`).toBeLessThanOrEqual(1e-12 + 1e-12 * Math.abs(exact));
        }
      }
    }
    const spreads = Array.from(golden.numbers(`${type}/std_of_log_w_ddof1`))
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const middle = (spreads.length - 1) / 2;
    const median = ((spreads[Math.floor(middle)] as number) + (spreads[Math.ceil(middle)] as number)) / 2;
    const { memberSpread } = await densityRatioWeights({ values: logits, members: 5, rows });
    expect(Math.abs((memberSpread as number) - median)).toBeLessThanOrEqual(1e-12 * (1 + median));
    golden.close();
  });

  it('effective sample size, mean and tail', async () => {
    type Expected = { n: number; ess: number; log_sum_w: number; input: string };
    const cases = goldenJson<Record<string, Expected>>('weights', 'effective_sample_size_and_tail.json');
    const golden = await openGolden('weights', 'effective_sample_size_and_tail.h5');
    let compared = 0;
    for (const [name, expected] of Object.entries(cases)) {
      const given = golden.numbers(`${name}/${expected.input}`) as Float32Array | Float64Array;
      // Weights of 0 and below have no logarithm: such cases are not likelihood ratios.
      if (expected.input === 'weight' && given.some((w) => !(w > 0))) continue;
      const logWeights = expected.input === 'weight' ? Float64Array.from(given, Math.log) : given;
      const finite = logWeights.filter(Number.isFinite).length;
      for (const role of ['generated', 'reference'] as const) {
        const signed = role === 'generated' ? logWeights : logWeights.map((l) => -l);
        const { health } = await densityRatioWeights(signed, { role });
        const near = (value: number, exact: number) => {
          if (Number.isFinite(exact)) expect(Math.abs(value / exact - 1), name).toBeLessThanOrEqual(1e-10);
          else expect(value, name).toBe(exact);
        };
        near(health.effectiveSampleSize, expected.ess);
        // log and exp of a subnormal weight cost a step of its few digits.
        if (name !== 'subnormal_weights') near(health.mean, Math.exp(expected.log_sum_w - Math.log(finite)));
        expect(health.nonFinite).toBe(expected.n - finite);
      }
      compared += 1;
    }
    expect(compared).toBeGreaterThanOrEqual(13);
    golden.close();
  });
});
