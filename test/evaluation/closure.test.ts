import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, type Evaluation, evaluate } from '#caloscope/evaluation/evaluate';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';
import { goldenJson, openGolden } from '../support/golden-arrays.js';
import { ratioCloseness } from '../support/ratio-closeness.js';
import { hasSharedData } from '../support/shared-data.js';

const threads = 2;
/** Smaller and quicker than the defaults, large enough for these densities. */
const quick: EvaluateOptions = {
  folds: 3,
  members: 1,
  threads,
  classifier: { hidden: [64, 64], epochs: 12, learningRate: 2e-3, dropout: 0, batchSize: 256 },
};

/** No classifier is better than the exact ratio but by chance, and a good one is not much worse. */
function expectArea({ result }: Evaluation, exact: number): void {
  const { value, standardError } = result.auc;
  expect(value).toBeGreaterThan(exact - 0.01 - 3 * standardError);
  expect(value).toBeLessThan(exact + 3 * standardError);
}

describe('closure on Gaussians of our own', () => {
  const shift = [0.6, 0, -0.4, 0, 0];
  const distance = Math.hypot(...shift);
  const [reference, generated] = [gaussianSample(8000, shift, 11), gaussianSample(6000, [0, 0, 0, 0, 0], 12)];
  /** Of a shift d: ln p1/p0 = x·d − d²/2. */
  const exact = ({ values, columns }: MatrixSample) =>
    Float64Array.from({ length: values.length / columns.length }, (_, row) =>
      shift.reduce(
        (sum, d, column) => sum + d * (values[row * columns.length + column] as number),
        -(distance ** 2) / 2,
      ),
    );

  it('finds the area and the ratio of a shift, with samples of unequal size', async () => {
    const evaluation = await evaluate(reference, generated, quick);
    using _ = evaluation.ensemble;
    // Φ(d/√2) at d = √0.52
    expectArea(evaluation, 0.69496);
    for (const role of ['reference', 'generated'] as const) {
      const sample = role === 'reference' ? reference : generated;
      const { slope, bias, spread } = ratioCloseness(evaluation[role].logWeights, exact(sample));
      expect(Math.abs(slope - 1)).toBeLessThan(0.12);
      expect(Math.abs(bias)).toBeLessThan(0.06);
      expect(spread).toBeLessThan(0.2);
      const { mean, meanError } = evaluation.result.weights[role];
      expect(Math.abs(mean - 1)).toBeLessThan(0.05 + 3 * meanError);
    }
    // Reweighting brings the shifted column back.
    const [shifted] = evaluation.result.observables;
    expect(shifted?.separation.generated).toBeGreaterThan(0.03);
    expect(shifted?.separation.reweighted).toBeLessThan(0.25 * (shifted?.separation.generated ?? 0));
    expect(evaluation.result.verdict.level).toBe('distinguishable');
  });

  it('sees nothing where there is nothing', async () => {
    const evaluation = await evaluate(
      gaussianSample(5000, [0, 0, 0], 13),
      gaussianSample(5000, [0, 0, 0], 14),
      quick,
    );
    using _ = evaluation.ensemble;
    const { value, nullStandardDeviation } = evaluation.result.auc;
    expect(Math.abs(value - 0.5)).toBeLessThan(3.5 * nullStandardDeviation);
    expect(evaluation.result.verdict.level).toBe('indistinguishable');
  });
});

describe('closure on other densities of our own', () => {
  const rows = 6000;
  /** −ln of a uniform number: the phase of two normal ones. */
  function exponential(seed: number): () => number {
    const normal = normalNumbers(seed);
    return () => -Math.log(Math.atan2(normal(), normal()) / (2 * Math.PI) + 0.5);
  }
  /** One column of rows. */
  const drawn = (draw: () => number): MatrixSample => ({
    values: Float32Array.from({ length: rows }, draw),
    columns: ['x'],
  });

  const normal = normalNumbers(21);
  const [decay, decayOfPart, coin] = [exponential(22), exponential(23), normalNumbers(24)];
  const scale = 1.5;
  /** Area by hand: both ratios fall with |x|, so that it is P(|x_ref| < |x_gen|). */
  const cases = [
    {
      name: 'N(0, 1) and N(0, 1.5²): area 2/π · atan 1.5',
      reference: drawn(normal),
      generated: drawn(() => scale * normal()),
      area: (2 / Math.PI) * Math.atan(scale),
      logRatio: (x: number) => Math.log(scale) - (x * x * (1 - scale ** -2)) / 2,
    },
    {
      name: 'e^−x and a half of it with a half of e^(−x/3)/3: area ½ · ½ + ½ · ¾',
      reference: drawn(decay),
      generated: drawn(() => (coin() < 0 ? 1 : 3) * decayOfPart()),
      area: 5 / 8,
      logRatio: (x: number) => -x - Math.log(Math.exp(-x) / 2 + Math.exp(-x / 3) / 6),
    },
  ];

  it.each(cases)('$name', async ({ reference, generated, area, logRatio }) => {
    const evaluation = await evaluate(reference, generated, quick);
    using _ = evaluation.ensemble;
    expectArea(evaluation, area);
    for (const [role, sample] of [
      ['reference', reference],
      ['generated', generated],
    ] as const) {
      const exact = Float64Array.from(sample.values, logRatio);
      const { slope, bias, spread } = ratioCloseness(evaluation[role].logWeights, exact);
      expect(Math.abs(slope - 1)).toBeLessThan(0.2);
      expect(Math.abs(bias)).toBeLessThan(0.06);
      expect(spread).toBeLessThan(0.2);
    }
  });
});

interface Exact {
  readonly auc_exact: number;
  readonly null_standard_deviation_of_the_auc_on_all_rows?: number;
}

describe.skipIf(!hasSharedData)('closure on known densities', () => {
  const values = hasSharedData ? goldenJson<Record<string, Exact>>('closure', 'values.json') : {};

  /** Bounds on slope − 1, bias and spread of the learned log-ratio. */
  const cases: readonly (readonly [string, readonly [number, number, number]])[] = [
    ['gauss10_shift', [0.15, 0.06, 0.2]],
    ['gauss10_shift_and_scale', [0.3, 0.06, 0.25]],
    ['exponential_vs_mixture_1d', [0.2, 0.05, 0.15]],
  ];

  async function samplesOf(name: string) {
    const golden = await openGolden('closure', 'closure.h5');
    const sample = (label: number): MatrixSample => {
      const x = golden.numbers(`${name}/x_class${label}`) as Float32Array;
      const rows = name === 'same_density_null' ? 4000 : 20_000;
      return { values: x, columns: Array.from({ length: x.length / rows }, (_, column) => `x${column}`) };
    };
    const ratio = (label: number) =>
      golden.has(`${name}/log_ratio_class${label}`)
        ? (golden.numbers(`${name}/log_ratio_class${label}`) as Float64Array)
        : null;
    const all = {
      reference: sample(1),
      generated: sample(0),
      ratios: { reference: ratio(1), generated: ratio(0) },
    };
    golden.close();
    return all;
  }

  it.each(cases)('%s', async (name, [slopeBound, biasBound, spreadBound]) => {
    const { reference, generated, ratios } = await samplesOf(name);
    const evaluation = await evaluate(reference, generated, quick);
    using _ = evaluation.ensemble;
    expectArea(evaluation, (values[name] as Exact).auc_exact);
    for (const role of ['reference', 'generated'] as const) {
      const closeness = ratioCloseness(evaluation[role].logWeights, ratios[role] as Float64Array);

      expect(Math.abs(closeness.slope - 1)).toBeLessThan(slopeBound);
      expect(Math.abs(closeness.bias)).toBeLessThan(biasBound);
      expect(closeness.spread).toBeLessThan(spreadBound);
    }
  });

  it('same_density_null, with the default settings', async () => {
    const { reference, generated } = await samplesOf('same_density_null');
    const evaluation = await evaluate(reference, generated, { threads });
    using _ = evaluation.ensemble;
    const expected = (values['same_density_null'] as Exact)
      .null_standard_deviation_of_the_auc_on_all_rows as number;
    const { value, nullStandardDeviation } = evaluation.result.auc;
    expect(nullStandardDeviation).toBeCloseTo(expected, 12);
    expect(Math.abs(value - 0.5)).toBeLessThan(3 * nullStandardDeviation);
  });
});
