import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { UhiHistogram } from '#caloscope/formats/uhi/uhi';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';

const quick = { folds: 3, learners: ['logistic' as const], threads: 2 };

function opened(histogram: UhiHistogram | undefined) {
  if (!histogram) throw new Error('no such histogram');
  return WeightedHistogram.fromUhi(histogram);
}

describe('histograms of two observables', () => {
  it('hold every row once, with its weight, where the values lie', async () => {
    const reference = gridShowers(200, 1);
    const { result, generated, ensemble } = await evaluate(reference, gridShowers(150, 2), quick);
    ensemble.dispose();
    const names = Object.keys(result.histograms).filter((name) => name.includes('_and_'));
    expect(names).toEqual(
      ['incident_energy_and_deposited_energy', 'layer_energy_0_and_layer_energy_1'].flatMap((pair) =>
        ['reference', 'generated', 'reweighted'].map((role) => `${pair}_${role}`),
      ),
    );
    for (const name of names) {
      const [pair = '', role = ''] = [name.slice(0, name.lastIndexOf('_')), name.split('_').at(-1)];
      const values = opened(result.histograms[name]).values(0, { flow: true });
      const total = Array.from(values).reduce((sum, value) => sum + value, 0);
      const weights = generated.logWeights.reduce((sum, logWeight) => sum + Math.exp(logWeight), 0);
      const expected = { reference: 200, generated: 150, reweighted: weights }[role] ?? 0;
      expect(Math.abs(total / expected - 1)).toBeLessThan(1e-12);
      if (role === 'reference') continue;
      const histogram = opened(result.histograms[name]);
      const again = new WeightedHistogram(histogram.axes);
      const [first, second] = pair
        .split('_and_')
        .map((wanted) => generated.observables.find((one) => one.name === wanted)?.values);
      const ofRows = role === 'reweighted' ? generated.logWeights.map(Math.exp) : null;
      await again.fill([first as Float64Array, second as Float64Array], { weights: [ofRows] });
      // The exponential of V8 and that of the core may differ in the last bit.
      const rounded = (contents: Float64Array) => Array.from(contents, (one) => Number(one.toPrecision(14)));
      expect(rounded(values)).toEqual(rounded(again.values(0, { flow: true })));
      expect(rounded(histogram.variances(0, { flow: true }))).toEqual(
        rounded(again.variances(0, { flow: true })),
      );
    }
  });

  it('are of showers alone', async () => {
    const { result, ensemble } = await evaluate(
      gaussianSample(60, [0], 1),
      gaussianSample(60, [1], 2),
      quick,
    );
    ensemble.dispose();
    expect(Object.keys(result.histograms).filter((name) => name.includes('_and_'))).toEqual([]);
  });
});
