import { describe, expect, it } from 'vitest';
import { calibrate } from '#caloscope/calibration/calibration';
import { isotonicRegression } from '#caloscope/calibration/isotonic-regression';
import { probabilityScores } from '#caloscope/calibration/probability-scores';
import { reliability } from '#caloscope/calibration/reliability';
import { expectClose } from '../support/closeness.js';
import { steps } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Isotonic {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly prediction: readonly number[];
}
interface Scaled {
  readonly platt: { readonly slope: number; readonly offset: number };
  readonly inverse_temperature: number;
  readonly scores: { readonly brier: number; readonly log_loss: number; readonly jensen_shannon: number };
}
const published = publishedNumbers<{
  readonly isotonic: Readonly<Record<string, Isotonic>>;
  readonly plain: Scaled;
  readonly weighted: Scaled;
  readonly curves: readonly {
    readonly spacing: 'uniform' | 'quantile';
    readonly bins: number;
    readonly frequency: readonly number[];
    readonly mean: readonly number[];
  }[];
  readonly calibration_error: Readonly<Record<string, number>>;
}>('calibration');

const rows = 240;
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
const logit = steps(11, rows).map((u) => Math.floor(u * 64) / 8 - 4);
const drawn = steps(12, rows);
const label = logit.map((l, row) => ((drawn[row] as number) < sigmoid(0.7 * l - 0.3) ? 1 : 0));
const weight = steps(13, rows).map((u) => Math.floor(u * 16) / 8);
const query = Float64Array.from({ length: 41 }, (_, i) => -5 + i / 4);

/** The rows of a label. */
const ofLabel = (values: Float64Array, wanted: number) => values.filter((_, row) => label[row] === wanted);
const asSampled = { balance: false };
const plain = { reference: ofLabel(logit, 1), generated: ofLabel(logit, 0) };
const weighted = { ...plain, referenceWeights: ofLabel(weight, 1), generatedWeights: ofLabel(weight, 0) };

describe('scikit-learn and SciPy', () => {
  it.each([
    ['plain', {}],
    ['weighted', { weights: weight }],
    ['held to 0.1 and 0.8', { lower: 0.1, upper: 0.8 }],
  ] as const)('isotonic regression, %s', async (name, options) => {
    const expected = published.isotonic[name] as Isotonic;
    const found = await isotonicRegression(logit, label, { ...options, query });
    expectAllClose(found.x, expected.x, 0, 0, 'thresholds');
    expectAllClose(found.y, expected.y, 1e-12, 1e-15, 'values there');
    expectAllClose(found.values, expected.prediction, 1e-12, 1e-15, 'prediction');
  });

  it.each([
    ['plain', plain, published.plain],
    ['weighted', weighted, published.weighted],
  ] as const)('Platt’s line, temperature and proper scores, %s', async (_, known, expected) => {
    const platt = await calibrate('platt', known, query, asSampled);
    expectClose(platt.parameters['slope'] as number, expected.platt.slope, 1e-10, 0, 'slope');
    expectClose(platt.parameters['offset'] as number, expected.platt.offset, 1e-10, 1e-12, 'offset');
    const { parameters } = await calibrate('temperature', known, query, asSampled);
    const inverse = parameters['inverseTemperature'] as number;
    expectClose(inverse, expected.inverse_temperature, 1e-10, 0, 'temperature');
    const scores = await probabilityScores(known, asSampled);
    expectClose(scores.brier, expected.scores.brier, 1e-12, 0, 'Brier score');
    expectClose(scores.logLoss, expected.scores.log_loss, 1e-12, 0, 'log loss');
    expectClose(scores.jensenShannon, expected.scores.jensen_shannon, 1e-11, 0, 'Jensen and Shannon');
  });

  it.each(published.curves)(
    'reliability, $spacing bins: $bins',
    async ({ spacing, bins, frequency, mean }) => {
      const options = { spacing, bins, ...asSampled, resamples: 2 };
      const found = await reliability(plain.reference.map(sigmoid), plain.generated.map(sigmoid), options);
      const column = (of: (bin: (typeof found.bins)[number]) => number) => found.bins.map(of);
      expectAllClose(
        column((bin) => bin.frequency),
        frequency,
        1e-12,
        0,
        'frequency',
      );
      expectAllClose(
        column((bin) => bin.meanProbability),
        mean,
        1e-12,
        0,
        'mean',
      );
      if (spacing === 'quantile') return;
      expectClose(found.error.value, published.calibration_error[bins] as number, 1e-12, 0, 'ECE');
    },
  );

  it('has rows of both kinds and equal logits', () => {
    expect(plain.reference.length).toBeGreaterThan(50);
    expect(plain.generated.length).toBeGreaterThan(50);
    expect(new Set(logit).size).toBeLessThan(rows / 2);
  });
});
