import { describe, expect, it } from 'vitest';
import {
  type ColumnRanges,
  columnRanges,
  columnRangesSchema,
  RangeWatch,
} from '#caloscope/samples/column-ranges';
import { featureNames, makeFeatures, sampleOf } from '#caloscope/samples/kinds';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridGeometry, gridShowers } from '../support/grid-showers.js';

function featuresOf(matrix: MatrixSample) {
  return makeFeatures(sampleOf(matrix), { kind: 'matrix', columns: matrix.columns });
}

function table(columns: readonly (readonly number[])[]): MatrixSample {
  const rows = columns[0]?.length ?? 0;
  const values = Float32Array.from(
    { length: rows * columns.length },
    (_, i) => columns[i % columns.length]?.[Math.floor(i / columns.length)] as number,
  );
  return { values, columns: columns.map((_, column) => `x${column}`) };
}

async function rangesOf(first: MatrixSample, second: MatrixSample): Promise<ColumnRanges> {
  using a = await featuresOf(first);
  using b = await featuresOf(second);
  const rows = (first.values.length + second.values.length) / first.columns.length;
  return columnRanges(a, b, rows, first.columns, { threads: 2 });
}

/** What is said of samples of a training with these ranges. */
async function saidOf(ranges: ColumnRanges, ...samples: readonly MatrixSample[]): Promise<string[]> {
  const watch = new RangeWatch(ranges);
  for (const sample of samples) {
    using features = await featuresOf(sample);
    await watch.count(features, sample.values.length / sample.columns.length, {});
  }
  return watch.warnings('jets').map(({ code, message }) => `${code}: ${message}`);
}

describe('ranges of columns', () => {
  it('are extremes and thousandths of both samples together', async () => {
    const numbers = Array.from({ length: 1500 }, (_, i) => (7 * i) % 1500); // each once, in some order
    const first = table([numbers, numbers.map(() => 3)]);
    const second = table([numbers.map((number) => number + 1500), numbers.map(() => 3)]);
    const ranges = await rangesOf(first, second);
    expect(ranges).toEqual({
      rows: 3000,
      columns: [
        { name: 'x0', lowest: 0, low: 3, high: 2996, highest: 2999 },
        { name: 'x1', lowest: 3, low: 3, high: 3, highest: 3 },
      ],
    });
    expect(columnRangesSchema.parse(JSON.parse(JSON.stringify(ranges)))).toEqual(ranges);
  });

  it('are those of the scalar columns of showers, not of voxels', async () => {
    const sample = sampleOf(gridShowers(50, 1));
    const input = {
      kind: 'showers',
      features: 'low',
      geometry: gridGeometry(),
      threshold: null,
      conditions: [],
    } as const;
    using features = await makeFeatures(sample, input);
    const { columns } = await columnRanges(features, features, 100, featureNames(input), {});
    expect(columns.map(({ name }) => name)).toEqual(['log10_E_inc']);
    expect(10 ** (columns[0]?.highest ?? 0)).toBeGreaterThan(1000);
  });
});

describe('a sample that leaves the ranges of a training', () => {
  const training = (rows: number) =>
    rangesOf(gaussianSample(rows, [0, 0, 0], 1), gaussianSample(rows, [0, 0, 0], 2));

  it('is told of, with share, range and column, the worst first', async () => {
    const ranges = await training(1000);
    const [said, ...others] = await saidOf(
      ranges,
      gaussianSample(500, [0, 9, 2], 3),
      gaussianSample(500, [0, 9, 2], 4),
    );
    expect(others).toEqual([]);
    const { low, high } = ranges.columns[1] as ColumnRanges['columns'][number];
    const range = `${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
    expect(said).toContain(
      `outside-training: jets leave what the classifier was trained on: 100 % outside ${range} of x1, `,
    );
    // The third column: N(2, 1) above the upper thousandth of N(0, 1), 3.09, is 1 − Φ(1.09) = 13.8 %.
    const share = Number(/, ([\d.]+) % outside [^,]+ of x2, where 0\.2 %/.exec(said ?? '')?.[1]);
    expect(share).toBeGreaterThan(9);
    expect(share).toBeLessThan(20);
  });

  it('names a few of many columns', async () => {
    const far = new Array(6).fill(0);
    const ranges = await rangesOf(gaussianSample(200, far, 1), gaussianSample(200, far, 2));
    const said = await saidOf(ranges, gaussianSample(100, far.fill(20), 3));
    expect(said[0]).toMatch(/x0, .* x1, .* x2, and in 3 more columns, where/);
  });

  it('is told of where the training had one value only', async () => {
    const constant = (value: number) => table([new Array(100).fill(value)]);
    const ranges = await rangesOf(constant(5), constant(5));
    expect(await saidOf(ranges, constant(5))).toEqual([]);
    expect(await saidOf(ranges, constant(5.1))).toHaveLength(1);
  });

  it('is not told of by chance: samples of the same distribution, small and large', async () => {
    const shifts = new Array(40).fill(0);
    for (const trainingRows of [10, 100, 3000]) {
      const ranges = await rangesOf(
        gaussianSample(trainingRows, shifts, 1),
        gaussianSample(trainingRows, shifts, 2),
      );
      for (const rows of [1, 20, 500, 5000]) {
        const said = await saidOf(ranges, gaussianSample(rows, shifts, 3));
        expect(said, `${trainingRows} rows of training, ${rows} rows`).toEqual([]);
      }
    }
  });
});
