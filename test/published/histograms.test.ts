import { describe, expect, it } from 'vitest';
import { type HistogramAxis, logAxis, regularAxis, variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { separationPower } from '#caloscope/statistics/histogram-comparison';
import * as inputs from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Filled {
  readonly edges: readonly number[][];
  readonly count: readonly number[];
  readonly sumw: readonly number[];
  readonly sumw2: readonly number[];
}

const published = publishedNumbers<{
  readonly boost: Readonly<Record<string, Filled>>;
  readonly bins: Readonly<Record<string, readonly number[]>>;
  readonly numpy: { readonly [what in 'edges' | 'count' | 'sumw' | 'two axes']: readonly number[] };
  readonly separation: {
    readonly edges: readonly number[];
    readonly counts: readonly [readonly number[], readonly number[]];
    readonly power: number;
  };
}>('histograms');

const { x, y, weight } = inputs;
const regular = regularAxis(7, -1, 2);
const variable = variableAxis([-1, 0, 0.25, 0.5, 1.75]);
const logarithmic = logAxis(6, 0.1, 10);

describe('boost-histogram', () => {
  const cases: readonly (readonly [string, readonly HistogramAxis[], (Float64Array | Float32Array)[]])[] = [
    ['regular', [regular], [x]],
    ['variable', [variable], [x]],
    ['logarithmic', [logarithmic], [y]],
    ['single precision', [regular], [Float32Array.from(x)]],
    ['two axes', [regular, variable], [x, y]],
    ['logarithmic and regular', [logarithmic, regular], [y, x]],
  ];
  it('has no other case', () => {
    expect(cases.map(([name]) => name)).toEqual(Object.keys(published.boost));
  });

  it.each(cases)('counts, Σw, Σw² and edges: %s', async (name, axes, columns) => {
    const expected = published.boost[name] as Filled;
    using histogram = new WeightedHistogram(axes, { weightColumns: 2 });
    await histogram.fill(columns, { weights: [null, weight] });
    expect(Array.from(histogram.values(0, { flow: true }))).toEqual(expected.count);
    expect(Array.from(histogram.values(1, { flow: true }))).toEqual(expected.sumw);
    expect(Array.from(histogram.variances(1, { flow: true }))).toEqual(expected.sumw2);
    for (const [axis, edges] of expected.edges.entries())
      expectAllClose(histogram.edges(axis), edges, 4e-15, 1e-15, `axis ${axis}`);
  });

  it.each([
    ['regular', regular, x],
    ['variable', variable, x],
    ['logarithmic', logarithmic, y],
  ] as const)('the bin of each row: %s', async (name, axis, column) => {
    using histogram = new WeightedHistogram([axis, regularAxis(x.length, 0, x.length)]);
    await histogram.fill([column, Float64Array.from(x, (_, row) => row + 0.5)]);
    const cells = histogram.values(0, { flow: true });
    for (const [row, bin] of (published.bins[name] as readonly number[]).entries())
      expect(cells[(bin + 1) * (x.length + 2) + row + 1], `row ${row}`).toBe(1);
  });
});

describe('NumPy', () => {
  const { edges } = published.numpy;
  const closed = variableAxis(edges, { upperEdge: 'last-bin' });

  it('counts and Σw, the last bin closed', async () => {
    using histogram = new WeightedHistogram([closed], { weightColumns: 2 });
    const weights = [null, Float64Array.of(...weight, 2)];
    await histogram.fill([Float64Array.of(...x, 1.75)], { weights });
    expect(Array.from(histogram.values(0))).toEqual(published.numpy.count);
    expect(Array.from(histogram.values(1))).toEqual(published.numpy.sumw);
  });

  it('histogram2d', async () => {
    using histogram = new WeightedHistogram([closed, closed]);
    await histogram.fill([x, y], { weights: [weight] });
    expect(Array.from(histogram.values(0))).toEqual(published.numpy['two axes']);
  });

  it('the separation of the CaloChallenge: counts with its edges, and the power', async () => {
    const { edges, counts, power } = published.separation;
    const found: Float64Array[] = [];
    for (const sample of [inputs.reference, inputs.generated]) {
      using histogram = new WeightedHistogram([variableAxis(edges, { upperEdge: 'last-bin' })]);
      await histogram.fill([sample]);
      found.push(histogram.values(0));
    }
    expect(found.map((one) => Array.from(one))).toEqual(counts);
    expect(separationPower(...counts)).toBeCloseTo(power, 14);
  });
});
