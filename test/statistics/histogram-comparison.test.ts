import { describe, expect, it } from 'vitest';
import { variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { chiSquare, separationPower } from '#caloscope/statistics/histogram-comparison';
import { goldenJson, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

interface Separations {
  readonly observables: readonly { name: string; group: string; separation_power: number }[];
}

describe('separationPower', () => {
  it('is 0 for equal shapes and 1 for disjoint ones', () => {
    expect(separationPower([1, 2, 3], [2, 4, 6])).toBe(0);
    expect(separationPower([1, 0, 2], [0, 5, 0])).toBe(1);
    expect(separationPower([1, 1], [1, 0])).toBeCloseTo((0.25 / 1.5 + 0.25 / 0.5) / 2, 15);
  });

  it('is NaN where there is nothing to compare', () => {
    expect(separationPower([0, 0], [1, 2])).toBeNaN();
    expect(separationPower([], [])).toBeNaN();
    expect(() => separationPower([1], [1, 2])).toThrow(/equal bins/);
  });

  it.skipIf(!hasSharedData)('agrees with the CaloChallenge on its edges and counts', async () => {
    let compared = 0;
    for (const stem of ['ds1_photons_2000', 'ds1_pions_features_2000', 'ds2_features_2000']) {
      const golden = await openGolden('separation', `${stem}.h5`);
      for (const observable of goldenJson<Separations>('separation', `${stem}.json`).observables) {
        const reference = golden.numbers(`${observable.group}/counts_reference`);
        const generated = golden.numbers(`${observable.group}/counts_generated`);
        const expected = observable.separation_power;
        if (Number.isNaN(expected)) {
          expect(separationPower(reference, generated)).toBeNaN();
          continue;
        }
        const separation = separationPower(reference, generated);
        expect(Math.abs(separation - expected), observable.name).toBeLessThanOrEqual(1e-12 * expected);
        compared += 1;
      }
      golden.close();
    }
    expect(compared).toBeGreaterThan(100);
  });

  it.skipIf(!hasSharedData)('counts as the CaloChallenge does, with its edges', async () => {
    const golden = await openGolden('separation', 'ds2_features_2000.h5');
    const layers = golden.numbers('alpha_layer_id').length;
    const groups = golden.names('/').filter((name) => name.startsWith('histogram_'));
    const { observables } = goldenJson<Separations>('separation', 'ds2_features_2000.json');
    const column = (sample: string, dataset: string, index: number) => {
      const all = golden.numbers(`${sample}/${dataset}`) as Float32Array | Float64Array;
      return Float64Array.from(all).filter((_, i) => i % layers === index);
    };
    const datasets: [RegExp, string][] = [
      [/^EC Eta layer/, 'EC_eta'],
      [/^EC Phi layer/, 'EC_phi'],
      [/^Width Eta layer/, 'width_eta'],
      [/^Width Phi layer/, 'width_phi'],
      [/^Sparsity layer/, 'sparsity'],
      [/^EC r layer/, 'EC_r'],
      [/^Width r layer/, 'width_r'],
      [/^E layer/, 'E_layers'],
    ];
    let compared = 0;
    for (const { name, group } of observables) {
      const dataset = datasets.find(([pattern]) => pattern.test(name))?.[1];
      if (dataset === undefined) continue;
      const index = [0, 10, 44].indexOf(Number(name.split(' ').at(-1)));
      for (const sample of ['reference', 'generated']) {
        const axis = variableAxis(golden.numbers(`${group}/edges`), { upperEdge: 'last-bin' });
        using histogram = new WeightedHistogram([axis]);
        await histogram.fill([column(sample, dataset, index)]);
        expect(Array.from(histogram.values()), name).toEqual(
          Array.from(golden.numbers(`${group}/counts_${sample}`)),
        );
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(2 * (groups.length - 4));
    golden.close();
  });
});

describe('chiSquare', () => {
  it('is the sum over bins with both errors', () => {
    const first = { values: [10, 30, 0], variances: [10, 30, 0] };
    const second = { values: [20, 20, 0], variances: [40, 10, 0] };
    const variance = [10 / 1600 + 40 / 1600, 30 / 1600 + 10 / 1600];
    const { value, bins } = chiSquare(first, second);
    expect(value).toBeCloseTo(0.0625 / (variance[0] as number) + 0.0625 / (variance[1] as number), 12);
    expect(bins).toBe(2);
  });

  it('averages to the number of bins less one for equal shapes', () => {
    let state = 1;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const sample = (rows: number, scale: number) => {
      const values = new Array<number>(10).fill(0);
      const variances = new Array<number>(10).fill(0);
      for (let row = 0; row < rows; row++) {
        const bin = Math.floor(10 * Math.sqrt(uniform()));
        const weight = scale * (0.5 + uniform());
        values[bin] = (values[bin] as number) + weight;
        variances[bin] = (variances[bin] as number) + weight ** 2;
      }
      return { values, variances };
    };
    const trials = 400;
    let sum = 0;
    for (let trial = 0; trial < trials; trial++) sum += chiSquare(sample(3000, 1), sample(1500, 7)).value;
    expect(Math.abs(sum / trials - 9)).toBeLessThan(0.9);
  });

  it('is NaN where there is nothing to compare', () => {
    const empty = { values: [0, 0], variances: [0, 0] };
    const full = { values: [1, 2], variances: [1, 2] };
    expect(chiSquare(empty, full).value).toBeNaN();
    expect(() => chiSquare(full, { values: [1], variances: [1] })).toThrow(/equal bins/);
  });
});
