import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { type GoldenFile, goldenJson, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

type NumberArray = Float32Array | Float64Array;

/** NumPy's convention: values compared with the edges, the last bin closed on both sides. */
function numpyAxis(edges: ArrayLike<number>) {
  return variableAxis(edges, { upperEdge: 'last-bin' });
}

describe.skipIf(!hasSharedData)('NumPy', () => {
  let golden: GoldenFile;
  let inputs: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('histograms', 'numpy.h5');
    inputs = await openGolden('histograms', 'boost.h5');
  });
  afterAll(() => {
    golden.close();
    inputs.close();
  });

  it.each(['f64', 'f32'])('histogram of %s: counts, Σw, Σw² and what is outside', async (folder) => {
    const outside = goldenJson<Record<string, { below: number; above: number; nan: number }>>(
      'histograms',
      'numpy.json',
    );
    const x = inputs.numbers(`input/x_${folder === 'f64' ? 'float64' : 'float32'}`) as NumberArray;
    const weight = inputs.numbers('input/weight') as Float64Array;
    for (const name of golden.names(folder)) {
      const path = `${folder}/${name}`;
      using histogram = new WeightedHistogram([numpyAxis(golden.numbers(`${path}/edges`))], {
        weightColumns: 2,
      });
      await histogram.fill([x], { weights: [null, weight] });
      expect(Array.from(histogram.values(0)), path).toEqual(Array.from(golden.numbers(`${path}/count`)));
      expect(Array.from(histogram.values(1)), path).toEqual(Array.from(golden.numbers(`${path}/sumw_exact`)));
      const sumw2 = golden.numbers(`${path}/sumw2_exact`);
      for (const [bin, variance] of histogram.variances(1).entries()) {
        const expected = sumw2[bin] as number;
        expect(Math.abs(variance - expected)).toBeLessThanOrEqual(1e-12 * expected);
      }
      const cells = histogram.values(0, { flow: true });
      const { below, above, nan } = outside[path] as { below: number; above: number; nan: number };
      expect([cells[0], cells[cells.length - 1], histogram.nan.entries]).toEqual([below, above, nan]);
    }
  });

  it('histogram2d', async () => {
    const path = 'two/linspace_10_x_mixed';
    const axes = [numpyAxis(golden.numbers(`${path}/edges_x`)), numpyAxis(golden.numbers(`${path}/edges_y`))];
    using histogram = new WeightedHistogram(axes, { weightColumns: 2 });
    const columns = ['input/x2', 'input/y2'].map((name) => inputs.numbers(name) as Float64Array);
    await histogram.fill(columns, { weights: [null, inputs.numbers('input/weight2') as Float64Array] });
    expect(Array.from(histogram.values(0))).toEqual(Array.from(golden.numbers(`${path}/count`)));
    expect(Array.from(histogram.values(1))).toEqual(Array.from(golden.numbers(`${path}/sumw`)));
  });
});
