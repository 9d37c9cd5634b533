import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calibrate } from '#caloscope/calibration/calibration';
import { isotonicRegression } from '#caloscope/calibration/isotonic-regression';
import { probabilityScores } from '#caloscope/calibration/probability-scores';
import { reliability } from '#caloscope/calibration/reliability';
import { type GoldenFile, goldenJson, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

/** As log_loss of scikit-learn has it. */
const clipped = (p: number) => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function expectClose(value: number, expected: number, relative: number, absolute = 0): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute);
}

function expectAllClose(values: ArrayLike<number>, expected: ArrayLike<number>, absolute: number): void {
  expect(values.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expectClose(values[i] as number, expected[i] as number, 0, absolute);
}

/** The rows of a golden case: reference label 1, generated 0. */
function split(golden: GoldenFile, group: string, dataset: string, labels = 'label') {
  const label = golden.numbers(`${group}/${labels}`);
  const stored = golden.numbers(`${group}/${dataset}`);
  const all = stored instanceof Float32Array ? stored : Float64Array.from(stored);
  return { reference: all.filter((_, i) => label[i] === 1), generated: all.filter((_, i) => label[i] === 0) };
}

function casesOf<T>(...path: string[]): [string, T][] {
  return hasSharedData ? Object.entries(goldenJson<Record<string, T>>(...path)) : [];
}

interface IsotonicCase {
  readonly settings: { readonly y_min?: number; readonly y_max?: number };
}

describe.skipIf(!hasSharedData)('isotonic regression as scikit-learn has it', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('calibration', 'isotonic.h5');
  });
  afterAll(() => golden.close());

  it.each(casesOf<IsotonicCase>('calibration', 'isotonic.json'))('%s', async (name, { settings }) => {
    const numbers = (what: string) => golden.numbers(`${name}/${what}`) as Float64Array;
    const weights = golden.has(`${name}/weight`) ? numbers('weight') : undefined;
    const limits = { lower: settings.y_min, upper: settings.y_max };
    const x = numbers('x');
    const found = await isotonicRegression(x, numbers('y'), { ...limits, weights, query: numbers('query') });
    const tolerance = x instanceof Float32Array ? 1e-6 : 1e-9;
    expectAllClose(found.x, numbers('x_thresholds'), 0);
    expectAllClose(found.y, numbers('y_thresholds'), tolerance);
    expectAllClose(found.values, numbers('prediction'), tolerance);
  });
});

interface ScaledCase {
  readonly n_positive: number;
  readonly n: number;
  readonly temperature: number;
  readonly inverse_temperature: number;
  readonly temperature_weighted: number;
  readonly platt_smoothed_targets: { readonly slope: number; readonly offset: number };
  readonly platt_smoothed_targets_weighted: { readonly slope: number; readonly offset: number };
  readonly [published: `temperature_published_code${string}`]: number;
}

describe.skipIf(!hasSharedData)('temperature and Platt scaling', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('calibration', 'temperature_platt.h5');
  });
  afterAll(() => golden.close());

  const cases = casesOf<ScaledCase>('calibration', 'temperature_platt.json');

  async function parameters(name: string, method: 'platt' | 'temperature', weighted: boolean) {
    const weight = split(golden, name, 'weight');
    const weights = weighted
      ? { referenceWeights: weight.reference, generatedWeights: weight.generated }
      : undefined;
    const rows = { ...split(golden, name, 'logit'), ...weights };
    const found = await calibrate(method, rows, Float64Array.of(0), { balance: false });
    return found.parameters;
  }

  it.each(cases)('%s: temperature', async (name, expected) => {
    const plain = await parameters(name, 'temperature', false);
    expectClose(plain['inverseTemperature'] as number, expected.inverse_temperature, 1e-8);
    const weighted = await parameters(name, 'temperature', true);
    expectClose(1 / (weighted['inverseTemperature'] as number), expected.temperature_weighted, 1e-8);
  });

  it.each(cases)('%s: Platt', async (name, expected) => {
    for (const [weighted, line] of [
      [false, expected.platt_smoothed_targets],
      [true, expected.platt_smoothed_targets_weighted],
    ] as const) {
      const found = await parameters(name, 'platt', weighted);
      expectClose(found['slope'] as number, line.slope, 1e-7);
      expectClose(found['offset'] as number, line.offset, 1e-7, 1e-9);
    }
  });

  // The published code takes 200 steps of LBFGS with learning rate 0.01 and is still under way.
  it('has a lower loss than the temperature at which published code stops', async () => {
    const [, wide] = cases.find(([name]) => name === 'wide_logits') as [string, ScaledCase];
    const [, published] = Object.entries(wide).find(([key]) => key.startsWith('temperature_published')) ?? [];
    expect(published).toBeCloseTo(3.56, 2);
    const rows = split(golden, 'wide_logits', 'logit');
    const lossAt = async (temperature: number) => {
      const scaled = (logits: Float64Array | Float32Array) =>
        Float64Array.from(logits, (l) => l / temperature);
      const scores = await probabilityScores(
        { reference: scaled(rows.reference), generated: scaled(rows.generated) },
        { balance: false },
      );
      return scores.logLoss;
    };
    const { inverseTemperature } = await parameters('wide_logits', 'temperature', false);
    const ours = 1 / (inverseTemperature as number);
    expect(ours).toBeCloseTo(9.353, 3);
    const [least, beside, theirs] = await Promise.all([ours, ours * 1.01, published as number].map(lossAt));
    expect(least).toBeLessThan(beside as number);
    expect(least).toBeLessThan((theirs as number) - 0.1);
  });
});

interface ReliabilityCase {
  readonly ece_right_closed_10: number;
  readonly ece_right_closed_30: number;
  readonly brier: number;
  readonly log_loss: number;
  readonly brier_weighted?: number;
  readonly log_loss_weighted?: number;
}

describe.skipIf(!hasSharedData)('reliability as scikit-learn has it', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('calibration', 'reliability.h5');
  });
  afterAll(() => golden.close());

  const cases = casesOf<ReliabilityCase>('calibration', 'reliability.json');

  it.each(cases)('%s: curves and ECE', async (name, expected) => {
    const tolerance = name === 'float32' ? 1e-6 : 1e-12;
    const { reference, generated } = split(golden, name, 'probability');
    for (const spacing of ['uniform', 'quantile'] as const) {
      for (const bins of [10, 30] as const) {
        const options = { spacing, bins, balance: false, resamples: 2 };
        const found = await reliability(reference, generated, options);
        const kind = `${name}/${spacing}${bins}`;
        const column = (of: (bin: (typeof found.bins)[number]) => number) => found.bins.map(of);
        expectAllClose(
          column((bin) => bin.frequency),
          golden.numbers(`${kind}_fraction_positive`),
          tolerance,
        );
        expectAllClose(
          column((bin) => bin.meanProbability),
          golden.numbers(`${kind}_mean_probability`),
          tolerance,
        );
        if (spacing === 'uniform')
          expectClose(found.error.value, expected[`ece_right_closed_${bins}`], 0, tolerance);
      }
    }
  });

  it.each(cases)('%s: Brier score and log-loss', async (name, expected) => {
    const logOdds = (p: Float64Array | Float32Array) =>
      Float64Array.from(p, (x) => Math.log(clipped(x) / (1 - clipped(x))));
    const { reference, generated } = split(golden, name, 'probability');
    const rows = { reference: logOdds(reference), generated: logOdds(generated) };
    const tolerance = name === 'float32' ? 1e-6 : 1e-12;
    const scores = await probabilityScores(rows, { balance: false });
    expectClose(scores.brier, expected.brier, tolerance);
    expectClose(scores.logLoss, expected.log_loss, tolerance);
    if (expected.brier_weighted === undefined) return;
    const weight = split(golden, name, 'weight');
    const weights = { referenceWeights: weight.reference, generatedWeights: weight.generated };
    const weighted = await probabilityScores({ ...rows, ...weights }, { balance: false });
    expectClose(weighted.brier, expected.brier_weighted, tolerance);
    expectClose(weighted.logLoss, expected.log_loss_weighted as number, tolerance);
  });
});

interface ChallengeCase {
  readonly before: { readonly jsd: number };
  readonly after: { readonly jsd: number };
}

describe.skipIf(!hasSharedData)('isotonic calibration as the CaloChallenge has it', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('classifier_evaluation', 'evaluate_cls.h5');
  });
  afterAll(() => golden.close());

  it.each(casesOf<ChallengeCase>('classifier_evaluation', 'values.json'))('%s', async (name, expected) => {
    const known = split(golden, name, 'calibration_logit', 'calibration_label');
    const rows = split(golden, name, 'test_logit', 'test_label');
    const rescaled = split(golden, name, 'test_probability_rescaled', 'test_label');
    const calibrated = async (logits: Float64Array | Float32Array) =>
      (await calibrate('isotonic', known, logits, { balance: false })).logOdds;
    const after = {
      reference: await calibrated(rows.reference),
      generated: await calibrated(rows.generated),
    };
    expectAllClose(Array.from(after.reference, sigmoid), rescaled.reference, 1e-9);
    expectAllClose(Array.from(after.generated, sigmoid), rescaled.generated, 1e-9);
    const before = await probabilityScores(rows, { balance: false });
    expectClose(before.jensenShannon, expected.before.jsd, 1e-10);
    const scores = await probabilityScores(after, { balance: false });
    expectClose(scores.jensenShannon, expected.after.jsd, 1e-10);
  });
});
