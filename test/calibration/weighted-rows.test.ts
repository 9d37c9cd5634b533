/** Rows with weights in calibrations: whole numbers are rows that occur so often, and sums are those of slow loops. */
import { expect, it } from 'vitest';
import { calibrate } from '#caloscope/calibration/calibration';
import { logLossGain, probabilityScores } from '#caloscope/calibration/probability-scores';
import { reliability } from '#caloscope/calibration/reliability';
import { weightCalibration } from '#caloscope/evaluation/weight-calibration';
import { calibrationMethods } from '#caloscope/native/contract/calibration';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';
import { normalNumbers } from '../support/gaussian-samples.js';

const rows = 400;
const normal = normalNumbers(11);
const logits = {
  reference: Float64Array.from({ length: rows }, () => 0.4 + normal()),
  generated: Float64Array.from({ length: rows + 50 }, () => normal() - 0.3),
};
const counts = {
  referenceWeights: Float64Array.from(logits.reference, (_, row) => (row * 7) % 4),
  generatedWeights: Float64Array.from(logits.generated, (_, row) => (row * 5) % 3),
};
const repeated = (values: Float64Array, times: Float64Array) =>
  Float64Array.from([...values].flatMap((value, row) => new Array<number>(times[row] as number).fill(value)));
const often = {
  reference: repeated(logits.reference, counts.referenceWeights),
  generated: repeated(logits.generated, counts.generatedWeights),
};
const probability = (logit: number) => 1 / (1 + Math.exp(-logit));

const ofShares = calibrationMethods.filter((method) => method !== 'venn-abers');

it.each(ofShares)('%s takes rows of whole weights for repeated ones', async (method) => {
  const at = Float64Array.from({ length: 41 }, (_, i) => (i - 20) / 8);
  const weighted = await calibrate(method, { ...logits, ...counts }, at);
  const plain = await calibrate(method, often, at);
  expect(weighted.logOdds.every((value, i) => Math.abs(value - (plain.logOdds[i] as number)) < 1e-6)).toBe(
    true,
  );
});

it('venn-abers adds one row of the mean weight: its interval is that of fewer rows than the repeated ones', async () => {
  const at = Float64Array.from({ length: 41 }, (_, i) => (i - 20) / 16);
  const weighted = await calibrate('venn-abers', { ...logits, ...counts }, at);
  const plain = await calibrate('venn-abers', often, at);
  const width = ({ lower, upper }: typeof plain) =>
    Array.from(at, (_, i) => (upper?.[i] as number) - (lower?.[i] as number)).reduce(
      (sum, one) => sum + one,
      0,
    );
  expect(width(weighted)).toBeGreaterThan(width(plain));
  for (const [i, logOdds] of plain.logOdds.entries()) {
    const [low, high] = [weighted.lower?.[i] as number, weighted.upper?.[i] as number];
    expect(Math.abs(probability(logOdds) - (low + high) / 2)).toBeLessThan(0.01 + (high - low) / 2);
  }
});

it('scores and gains of rows of whole weights are those of repeated ones', async () => {
  const half = (values: Float64Array) => values.map((value) => value / 2);
  const weighted = await probabilityScores({ ...logits, ...counts });
  const plain = await probabilityScores(often);
  for (const name of ['brier', 'logLoss', 'jensenShannon'] as const)
    expect(weighted[name]).toBeCloseTo(plain[name], 12);
  const after = { reference: half(logits.reference), generated: half(logits.generated) };
  const afterOften = { reference: half(often.reference), generated: half(often.generated) };
  const gain = await logLossGain({ ...logits, ...counts }, after);
  expect(gain.value).toBeCloseTo((await logLossGain(often, afterOften)).value, 12);
});

it('a reliability curve of rows of whole weights is that of repeated ones', async () => {
  const options = { spacing: 'uniform', bins: 12 } as const;
  const weighted = await reliability(logits.reference.map(probability), logits.generated.map(probability), {
    ...options,
    ...counts,
  });
  const plain = await reliability(
    often.reference.map(probability),
    often.generated.map(probability),
    options,
  );
  expect(weighted.error.value).toBeCloseTo(plain.error.value, 12);
  expect(weighted.bins.length).toBe(plain.bins.length);
  for (const [i, bin] of weighted.bins.entries()) {
    const same = plain.bins[i] as typeof bin;
    expect(bin.frequency).toBeCloseTo(same.frequency, 12);
    expect(bin.meanProbability).toBeCloseTo(same.meanProbability, 12);
    // Repeated rows are taken for as many rows, weighted ones for fewer.
    expect(bin.frequencyHigh - bin.frequencyLow).toBeGreaterThan(same.frequencyHigh - same.frequencyLow);
  }
});

function equalSums() {
  return { referenceWeights: logits.reference.map(() => 2), generatedWeights: logits.generated.map(() => 2) };
}

it('equal weights are no weights', async () => {
  const [p, q] = [logits.reference.map(probability), logits.generated.map(probability)];
  const plain = await reliability(p, q, { spacing: 'uniform', resamples: 2000 });
  const weighted = await reliability(p, q, { spacing: 'uniform', resamples: 2000, ...equalSums() });
  expect(weighted.error.value).toBeCloseTo(plain.error.value, 12);
  for (const [i, bin] of weighted.bins.entries()) {
    expect(bin.frequencyLow).toBeCloseTo(plain.bins[i]?.frequencyLow as number, 12);
    expect(bin.reference).toBe(plain.bins[i]?.reference);
  }
});

it('the error that calibrated probabilities have is that of their draws, for rows with and without weights', async () => {
  // Rows of both samples with the density ratio of their logit: p is the probability of the label.
  const draw = normalNumbers(5);
  const of = (shift: number) => Float64Array.from({ length: 20_000 }, () => probability(shift + draw()));
  const [reference, generated] = [of(0.5), of(-0.5)];
  const plain = await reliability(reference, generated, { resamples: 1000 });
  const ones = { referenceWeights: reference.map(() => 1), generatedWeights: generated.map(() => 1) };
  const weighted = await reliability(reference, generated, { resamples: 1000, ...ones });
  expect(Math.abs(weighted.error.expected / plain.error.expected - 1)).toBeLessThan(0.1);
  expect(Math.abs(weighted.error.deviation / plain.error.deviation - 1)).toBeLessThan(0.15);
  // Bins of equal weight.
  expect(Math.abs((weighted.bins[3]?.lower as number) - (plain.bins[3]?.lower as number))).toBeLessThan(1e-3);
});

it('calibrated probabilities of weighted rows are not called miscalibrated too often', async () => {
  let reached = 0;
  const trials = 60;
  for (let trial = 0; trial < trials; trial++) {
    const draw = normalNumbers(100 + trial);
    // N(1,1) weighted by e^(−x + ½) is N(0,1); against N(½,1) the log of the ratio is x/2 − 1/8.
    const x = Float64Array.from({ length: 3000 }, () => 1 + draw());
    const y = Float64Array.from({ length: 3000 }, () => 0.5 + draw());
    const ratio = (at: number) => probability(at / 2 - 1 / 8);
    const { error } = await reliability(y.map(ratio), x.map(ratio), {
      bins: 10,
      referenceWeights: y.map(() => 1),
      generatedWeights: x.map((at) => Math.exp(0.5 - at)),
    });
    reached += Number(error.pValue < 0.1);
  }
  // Binomial of 60 and 0.1 is above 13 once in 700 times.
  expect(reached).toBeLessThan(14);
});

it('ratios in bins of w are those of the weighted rows, with errors from Σv²', async () => {
  const weights = { referenceWeights: counts.referenceWeights, generatedWeights: counts.generatedWeights };
  const run = { threads: 1 };
  const weighted = await weightCalibration(logits, weights, run);
  const plain = await weightCalibration(often, {}, run);
  for (const [bin, ratio] of weighted.ratio.entries()) {
    const same = plain.ratio[bin] as number | null;
    if (ratio === null || same === null) {
      expect(ratio).toBe(same);
      continue;
    }
    expect(ratio).toBeCloseTo(same, 9);
    expect(weighted.meanWeight[bin]).toBeCloseTo(plain.meanWeight[bin] as number, 9);
  }
});

it('quantiles of ln w are those of the repeated rows, and left out where a weight is negative', async () => {
  const v = counts.generatedWeights;
  const { health } = await densityRatioWeights(logits.generated, { rowWeights: v });
  const sorted = often.generated.slice().sort();
  for (const { probability: p, logWeight } of health.quantiles) {
    const rank = Math.max(1, Math.ceil(p * sorted.length - 1e-9));
    expect(logWeight).toBe(sorted[rank - 1]);
  }
  const scaled = await densityRatioWeights(logits.generated, { rowWeights: v.map((one) => one / 64) });
  expect(scaled.health.quantiles).toEqual(health.quantiles);
  const signs = v.map((one, row) => (row === 4 ? -0.5 : one));
  expect((await densityRatioWeights(logits.generated, { rowWeights: signs })).health.quantiles).toEqual([]);
});
