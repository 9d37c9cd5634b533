import { describe, expect, it } from 'vitest';
import { logAxis, regularAxis, variableAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';

const infinity = Number.POSITIVE_INFINITY;

function column(...values: number[]): Float64Array {
  return Float64Array.from(values);
}

function list(histogram: WeightedHistogram, flow = true, weightColumn = 0): number[] {
  return Array.from(histogram.values(weightColumn, { flow }));
}

/** The same numbers every time, in (−4, 4) and above 0. */
function rows(n: number): { x: Float64Array; w: Float64Array } {
  const fraction = (i: number, step: number) => (i * step) % 1;
  return {
    x: Float64Array.from({ length: n }, (_, i) => 8 * fraction(i + 1, 0.6180339887498949) - 4),
    w: Float64Array.from({ length: n }, (_, i) => Math.exp(6 * fraction(i + 1, 0.4142135623730951))),
  };
}

describe('axes', () => {
  it('put values where the documentation says', async () => {
    const x = column(-infinity, -1, -0, 0, 5e-324, 0.29, 0.999, 1, 2, infinity, Number.NaN);
    using regular = new WeightedHistogram([regularAxis(2, 0, 1)]);
    await regular.fill([x]);
    expect(list(regular)).toEqual([2, 4, 1, 3]);
    expect(regular.nan).toEqual({ entries: 1, sumsOfWeights: [1] });
    expect(regular.entries).toBe(10);

    using closed = new WeightedHistogram([regularAxis(2, 0, 1, { upperEdge: 'last-bin' })]);
    await closed.fill([x]);
    expect(list(closed)).toEqual([2, 4, 2, 2]);

    using log = new WeightedHistogram([logAxis(2, 1e-4, 1)]);
    await log.fill([x]);
    expect(list(log)).toEqual([5, 0, 2, 3]);

    using variable = new WeightedHistogram([variableAxis([-1, 0, 0.29, 2])]);
    await variable.fill([x]);
    expect(list(variable)).toEqual([1, 1, 3, 3, 2]);
  });

  it('are refused when they are not sound', () => {
    const unsound = [
      () => regularAxis(0, 0, 1),
      () => regularAxis(1.5, 0, 1),
      () => regularAxis(10, 1, 0),
      () => regularAxis(10, 0, Number.NaN),
      () => regularAxis(10, -1.7e308, 1.7e308),
      () => regularAxis(10, 0, 1, { upperEdge: 'both' as 'overflow' }),
      () => logAxis(10, 0, 1),
      () => variableAxis([1]),
      () => variableAxis([0, 1, 1]),
      () => variableAxis([0, infinity]),
      () => new WeightedHistogram([]),
      () => new WeightedHistogram(new Array(9).fill(regularAxis(1, 0, 1))),
      () => new WeightedHistogram(new Array(8).fill(regularAxis(100, 0, 1))),
      () => new WeightedHistogram([regularAxis(1, 0, 1)], { weightColumns: 0 }),
      () => new WeightedHistogram([logAxis(1000, 1, 1 + 1e-14)]),
    ];
    for (const make of unsound) {
      expect(make).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
    }
  });

  it('know their edges', () => {
    using histogram = new WeightedHistogram([
      regularAxis(4, 0, 1),
      logAxis(3, 1, 1000),
      variableAxis([0, 5]),
    ]);
    expect(Array.from(histogram.edges(0))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    const log = Array.from(histogram.edges(1));
    expect(log[0]).toBe(1);
    expect(log[1]).toBeCloseTo(10, 12);
    expect(log[3]).toBe(1000);
    expect(Array.from(histogram.edges(2))).toEqual([0, 5]);
    expect(histogram.shape).toEqual([4, 3, 1]);
    expect(() => histogram.edges(3)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });
});

describe('fill', () => {
  it('sums weights and their squares in every column', async () => {
    using histogram = new WeightedHistogram([regularAxis(2, 0, 2)], { weightColumns: 2 });
    const weights = [Float32Array.of(0.5, -2, 3, 8), null];
    await histogram.fill([Float32Array.of(0.5, 0.5, 1.5, Number.NaN)], { weights });
    await histogram.fill([column(3)]);
    expect(list(histogram)).toEqual([0, -1.5, 3, 1]);
    expect(Array.from(histogram.variances(0, { flow: true }))).toEqual([0, 4.25, 9, 1]);
    expect(list(histogram, true, 1)).toEqual([0, 2, 1, 1]);
    expect(histogram.nan).toEqual({ entries: 1, sumsOfWeights: [8, 1] });
    expect(histogram.entries).toBe(4);
  });

  it('takes no rows', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    await histogram.fill([column()], { weights: column() });
    expect(list(histogram)).toEqual([0, 0, 0]);
    expect(histogram.entries).toBe(0);
  });

  it('leaves flow cells out of many axes', async () => {
    using histogram = new WeightedHistogram([
      regularAxis(2, 0, 2),
      regularAxis(3, 0, 3),
      regularAxis(1, 0, 1),
    ]);
    await histogram.fill([column(0, 1, 1, 5), column(0, 2, 2, 0), column(0, 0, 0.5, 0)]);
    expect(list(histogram, false)).toEqual([1, 0, 0, 0, 0, 2]);
    expect(list(histogram).length).toBe(4 * 5 * 3);
  });

  it('has eight axes', async () => {
    using histogram = new WeightedHistogram(new Array(8).fill(regularAxis(2, 0, 2)));
    const x = column(0.5, 1.5, 1.5);
    await histogram.fill(new Array(8).fill(x));
    const values = list(histogram, false);
    expect(values.length).toBe(256);
    expect([values[0], values[255], values.reduce((sum, value) => sum + value, 0)]).toEqual([1, 2, 3]);
    await expect(histogram.fill([x])).rejects.toMatchObject({ code: 'ERR_SHAPE' });
  });

  it('gives the same bits for any number of threads', async () => {
    const { x, w } = rows(500_000);
    const results: Float64Array[] = [];
    for (const threads of [1, 2, 3]) {
      using histogram = new WeightedHistogram([regularAxis(60, -3, 3)]);
      await histogram.fill([x], { weights: w, threads });
      results.push(histogram.values(), histogram.variances());
    }
    expect(Buffer.from((results[2] as Float64Array).buffer)).toEqual(
      Buffer.from((results[0] as Float64Array).buffer),
    );
    expect(results[4]).toEqual(results[0]);
    expect(results[3]).toEqual(results[1]);
    expect(results[5]).toEqual(results[1]);
  });

  it('is all or nothing', async () => {
    using histogram = new WeightedHistogram([regularAxis(2, 0, 1)]);
    const x = column(0.1, 0.2);
    const attempts: [Parameters<WeightedHistogram['fill']>, string][] = [
      [[[x], { weights: column(1, infinity) }], 'ERR_NON_FINITE'],
      [[[x], { weights: column(1) }], 'ERR_SHAPE'],
      [[[x], { weights: [x, x] }], 'ERR_SHAPE'],
      [[[x, x]], 'ERR_SHAPE'],
      [[[[0.1] as unknown as Float64Array]], 'ERR_ARGUMENT'],
      [[[x], { weights: 2 as unknown as Float64Array }], 'ERR_ARGUMENT'],
      [[[x], { threads: 0 }], 'ERR_ARGUMENT'],
    ];
    for (const [parameters, code] of attempts) {
      await expect(histogram.fill(...parameters)).rejects.toMatchObject({ code });
    }
    await expect(histogram.fill([x], { weights: column(1, Number.NaN) })).rejects.toThrow(/row 1/);
    const stopped = histogram.fill([x], { signal: AbortSignal.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
    expect(list(histogram)).toEqual([0, 0, 0, 0]);
    expect(histogram.entries).toBe(0);
  });

  it('copies its input, and refuses a second fill at the same time', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    const x = new Float64Array(100_000).fill(0.5);
    const running = histogram.fill([x]);
    x.fill(7);
    structuredClone(x, { transfer: [x.buffer] });
    await expect(histogram.fill([column(0.5)])).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    expect(() => histogram.merge(histogram)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
    await running;
    expect(list(histogram)).toEqual([0, 100_000, 0]);
  });

  /** More than the pieces that are copied at once. */
  const manyRows = 1_500_007;

  it('takes long arrays over in pieces', async () => {
    const { x, w } = rows(manyRows);
    const axes = [regularAxis(8, -4, 4), variableAxis([-4, 0, 4])];
    using histogram = new WeightedHistogram(axes, { weightColumns: 2 });
    const narrow = Float32Array.from(x);
    let last = 0;
    await histogram.fill([x, narrow], {
      weights: [w.map(Math.floor), null],
      onProgress: ({ done, total }) => {
        expect(total).toBe(manyRows);
        expect(done).toBeGreaterThan(last);
        last = done;
      },
    });
    const expected = { sum: new Float64Array(16), count: new Float64Array(16) };
    for (let row = 0; row < manyRows; row++) {
      const value = x[row] as number;
      const cell = 2 * Math.floor(value + 4) + ((narrow[row] as number) >= 0 ? 1 : 0);
      expected.sum[cell] = (expected.sum[cell] as number) + Math.floor(w[row] as number);
      expected.count[cell] = (expected.count[cell] as number) + 1;
    }
    expect(histogram.values(0)).toEqual(expected.sum);
    expect(histogram.values(1)).toEqual(expected.count);
    expect(histogram.entries).toBe(manyRows);
  });

  it('names the row of a weight that is not finite in a later piece', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    const x = new Float64Array(manyRows).fill(0.5);
    const w = new Float64Array(manyRows).fill(1);
    w[1_400_000] = Number.NaN;
    const failing = histogram.fill([x], { weights: w });
    await expect(failing).rejects.toMatchObject({ code: 'ERR_NON_FINITE', message: /row 1400000 of/ });
    expect(list(histogram)).toEqual([0, 0, 0]);
  });

  it('fails when a long array is taken away, or aborted on the way, and leaves nothing', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    const x = new Float64Array(manyRows).fill(0.5);
    const reason = new Error('enough');
    const stop = new AbortController();
    const aborted = histogram.fill([x], { signal: stop.signal, onProgress: () => stop.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    const failing = histogram.fill([x]);
    structuredClone(x, { transfer: [x.buffer] });
    await expect(failing).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    expect(list(histogram)).toEqual([0, 0, 0]);
    expect(histogram.entries).toBe(0);
    await histogram.fill([column(0.5)]);
    expect(list(histogram)).toEqual([0, 1, 0]);
  });

  it('fails after dispose', async () => {
    const histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    histogram.dispose();
    await expect(histogram.fill([column(1)])).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(() => histogram.values()).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });
});

describe('merge', () => {
  it('gives what one fill would have given', async () => {
    const { x } = rows(1000);
    const w = x.map((value) => Math.round(16 * value) / 16);
    const axes = [regularAxis(7, -3, 3), variableAxis([-2, 0, 1, 3])];
    using whole = new WeightedHistogram(axes);
    using first = new WeightedHistogram(axes);
    using second = new WeightedHistogram(axes);
    const y = x.map((_, row) => x[(row * 7) % x.length] as number);
    await whole.fill([x, y], { weights: w });
    const part = (from: number, to: number) => ({
      columns: [x.subarray(from, to), y.subarray(from, to)],
      weights: w.subarray(from, to),
    });
    const [a, b] = [part(0, 400), part(400, 1000)];
    await first.fill(a.columns, { weights: a.weights });
    await second.fill(b.columns, { weights: b.weights });
    first.merge(second);
    expect(first.values(0, { flow: true })).toEqual(whole.values(0, { flow: true }));
    expect(first.variances()).toEqual(whole.variances());
    expect(first.entries).toBe(1000);
  });

  it('refuses other axes, and takes logarithmic ones for what they are', () => {
    using log = new WeightedHistogram([logAxis(5, 1, 10)]);
    using variable = new WeightedHistogram([variableAxis(log.edges())]);
    log.merge(variable);
    using other = new WeightedHistogram([logAxis(6, 1, 10)]);
    using columns = new WeightedHistogram([logAxis(5, 1, 10)], { weightColumns: 2 });
    for (const histogram of [other, columns]) {
      expect(() => log.merge(histogram)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
    }
  });
});

describe('arrays in shared memory', () => {
  const shared = <Numbers extends Float32Array | Float64Array>(values: Numbers): Numbers => {
    const Type = values.constructor as new (
      buffer: SharedArrayBuffer,
      offset: number,
      length: number,
    ) => Numbers;
    // Not at its beginning, as a part of something larger.
    const buffer = new SharedArrayBuffer(values.byteLength + 64);
    const copy = new Type(buffer, 64, values.length);
    copy.set(values);
    return copy;
  };
  const n = 1_000_003;
  const { x, w } = rows(n);
  const narrow = Float32Array.from(w);

  it('are filled from where they lie, to the same bits as copies', async () => {
    for (const threads of [1, 2]) {
      const axes = [regularAxis(40, -3, 3), variableAxis([-4, -1, 0, 0.5, 4])];
      using copied = new WeightedHistogram(axes, { weightColumns: 3 });
      await copied.fill([x, narrow], { weights: [w, null, narrow], threads });
      using inPlace = new WeightedHistogram(axes, { weightColumns: 3 });
      await inPlace.fill([shared(x), shared(narrow)], {
        weights: [shared(w), null, shared(narrow)],
        threads,
      });
      for (const weightColumn of [0, 1, 2]) {
        expect(list(inPlace, true, weightColumn)).toEqual(list(copied, true, weightColumn));
        expect(inPlace.variances(weightColumn, { flow: true })).toEqual(
          copied.variances(weightColumn, { flow: true }),
        );
      }
      expect(inPlace.entries).toBe(n);
    }
  });

  it('live until the fill has ended, whoever else has let them go', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, -4, 4)]);
    const fills: Promise<void>[] = [];
    for (let i = 0; i < 20; i++) {
      using other = new WeightedHistogram([regularAxis(1, -4, 4)]);
      fills.push(other.fill([shared(x)], { weights: shared(w) }));
    }
    await histogram.fill([shared(x)]);
    await Promise.all(fills);
    expect(list(histogram)).toEqual([0, n, 0]);
  });

  it('refuse what copies refuse: a weight that is no number, with its row; an abort changes nothing', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, -4, 4)]);
    const wrong = shared(w);
    wrong[n - 1] = Number.NaN;
    await expect(histogram.fill([shared(x)], { weights: wrong })).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringContaining(`${n - 1}`),
    });
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    await expect(histogram.fill([shared(x)], { onProgress, signal: stop.signal })).rejects.toThrow('enough');
    expect(histogram.entries).toBe(0);
  });

  it('are copied where some of the arrays are not shared', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, -4, 4)]);
    await histogram.fill([shared(x)], { weights: new Float64Array(n).fill(2) });
    expect(list(histogram)).toEqual([0, 2 * n, 0]);
  });
});
