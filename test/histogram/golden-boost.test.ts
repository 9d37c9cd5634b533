import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HistogramAxis, logAxis, regularAxis, variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { type GoldenFile, openGolden } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

type NumberArray = Float32Array | Float64Array;

const regular: Record<string, [number, number, number]> = {
  regular_10_0_1: [10, 0, 1],
  regular_100_0_1: [100, 0, 1],
  regular_3_0_1: [3, 0, 1],
  regular_7_m1_2: [7, -1, 2],
  regular_1_0_1: [1, 0, 1],
  'regular_30_0.1_0.7': [30, 0.1, 0.7],
  'regular_5_subnormal_0_1e-310': [5, 0, 1e-310],
};
/** Bins; the ends are those of the stored edges. */
const log: Record<string, number> = {
  'log_10_1e-3_1e3': 10,
  'log_6_1e-3_1e3': 6,
  'log_40_0.015_700': 40,
  'log_8_1e-312_1e-304': 8,
};
const variable = ['variable_random', 'variable_mixed', 'variable_quarters'];

/** Boost.Histogram's overflow takes NaN, and on logarithmic axes what is below 0. */
function asBoost(column: NumberArray, axis: HistogramAxis): NumberArray {
  return column.map((x) =>
    Number.isNaN(x) || (axis.type === 'log' && x < 0) ? Number.POSITIVE_INFINITY : x,
  );
}

function largestRelative(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Array.from(values).reduce((largest, value, i) => {
    const difference = Math.abs(value - (expected[i] as number));
    return difference === 0 ? largest : Math.max(largest, difference / Math.abs(expected[i] as number));
  }, 0);
}

describe.skipIf(!hasSharedData)('Boost.Histogram, one axis', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('histograms', 'boost.h5');
  });
  afterAll(() => golden.close());

  function axisOf(name: string, folder: string): HistogramAxis {
    if (name in regular) return regularAxis(...(regular[name] as [number, number, number]));
    const edges = Array.from(golden.numbers(`${folder}/${name}/edges`));
    if (name in log) return logAxis(log[name] as number, edges[0] as number, edges.at(-1) as number);
    return variableAxis(edges);
  }

  const names = [...Object.keys(regular), ...Object.keys(log), ...variable];
  const cases = ['f64', 'f32'].flatMap((folder) => names.map((name) => [folder, name] as const));

  it.each(cases)('%s/%s: index, counts, Σw and Σw² are equal', async (folder, name) => {
    const path = `${folder}/${name}`;
    const axis = axisOf(name, folder);
    const whole = golden.numbers(`input/x_${folder === 'f64' ? 'float64' : 'float32'}`) as NumberArray;
    const sensitive = name in log ? golden.numbers(`${path}/sensitive`) : undefined;
    const kept = (_: unknown, row: number) => sensitive?.[row] !== 1;
    const x = asBoost(whole, axis).filter(kept);
    const weight = (golden.numbers('input/weight') as Float64Array).filter(kept);
    const suffix = sensitive ? '_without_sensitive' : '';

    using histogram = new WeightedHistogram([axis], { weightColumns: 2 });
    await histogram.fill([x], { weights: [null, weight] });
    expect(Array.from(histogram.values(0, { flow: true }))).toEqual(
      Array.from(golden.numbers(`${path}/count${suffix}`)),
    );
    expect(Array.from(histogram.values(1, { flow: true }))).toEqual(
      Array.from(golden.numbers(`${path}/sumw${suffix}`)),
    );
    const sumw2 = golden.numbers(`${path}/sumw2${suffix}`);
    expect(largestRelative(histogram.variances(1, { flow: true }), sumw2)).toBeLessThanOrEqual(1e-14);

    // A second axis that tells the rows apart shows where each of them went.
    using byRow = new WeightedHistogram([axis, regularAxis(x.length, 0, x.length)]);
    await byRow.fill([x, Float64Array.from(x, (_, row) => row + 0.5)]);
    const filled = byRow.values(0, { flow: true });
    const index = (golden.numbers(`${path}/index`) as Int32Array).filter(kept);
    for (const [row, bin] of index.entries()) {
      const cell = (bin + 1) * (x.length + 2) + row + 1;
      expect(filled[cell], `row ${row}, x = ${x[row]}`).toBe(1);
    }
  });

  it.each([...Object.keys(regular), ...Object.keys(log)])('edges of %s', (name) => {
    const axis = axisOf(name, 'f64');
    using histogram = new WeightedHistogram([axis]);
    const expected = golden.numbers(`f64/${name}/edges`);
    for (const [i, edge] of histogram.edges().entries()) {
      const reference = expected[i] as number;
      const subnormal = 2 * Number.MIN_VALUE;
      const [lower, upper] = [expected[0] as number, expected[expected.length - 1] as number];
      const tolerance =
        axis.type === 'log' ? 1e-14 * reference : 1e-15 * Math.max(Math.abs(lower), Math.abs(upper));
      expect(Math.abs(edge - reference)).toBeLessThanOrEqual(Math.max(tolerance, subnormal));
    }
  });
});

describe.skipIf(!hasSharedData)('Boost.Histogram, two axes', () => {
  let golden: GoldenFile;
  beforeAll(async () => {
    golden = await openGolden('histograms', 'boost.h5');
  });
  afterAll(() => golden.close());

  it('counts, Σw and Σw² are equal', async () => {
    const edges = (path: string) => variableAxis(golden.numbers(path));
    const axes: Record<string, [HistogramAxis, HistogramAxis]> = {
      log_6_x_regular_7: [logAxis(6, 1e-3, 1e3), regularAxis(7, -1, 2)],
      regular_10_x_variable_mixed: [regularAxis(10, 0, 1), edges('f64/variable_mixed/edges')],
      variable_quarters_x_log_10: [edges('f64/variable_quarters/edges'), logAxis(10, 1e-3, 1e3)],
    };
    for (const [name, pair] of Object.entries(axes)) {
      using histogram = new WeightedHistogram(pair, { weightColumns: 2 });
      const x = asBoost(golden.numbers('input/x2') as Float64Array, pair[0]);
      const y = asBoost(golden.numbers('input/y2') as Float64Array, pair[1]);
      const weight = golden.numbers('input/weight2') as Float64Array;
      await histogram.fill([x, y], { weights: [null, weight] });
      const expected = (what: string) => Array.from(golden.numbers(`two/${name}/${what}`));
      expect(Array.from(histogram.values(0, { flow: true }))).toEqual(expected('count'));
      expect(Array.from(histogram.values(1, { flow: true }))).toEqual(expected('sumw'));
      expect(largestRelative(histogram.variances(1, { flow: true }), expected('sumw2'))).toBeLessThanOrEqual(
        1e-14,
      );
    }
  });
});
