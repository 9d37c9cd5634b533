import { describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample, normalNumbers } from '../../support/gaussian-samples.js';

/** A small network, trained so long that it sees what is plain. */
const thorough = { hidden: [16], epochs: 60, learningRate: 0.02, dropout: 0, patience: 60 } as const;
const settings = { folds: 5, members: 1, threads: 1, classifier: thorough } as const;

/** A table of these columns, each a function of the row. */
function table(rows: number, columns: readonly ((row: number) => number)[]): MatrixSample {
  const { length } = columns;
  return {
    columns: columns.map((_, column) => `x${column}`),
    values: Float32Array.from({ length: rows * length }, (_, i) =>
      (columns[i % length] as (row: number) => number)(Math.floor(i / length)),
    ),
  };
}

async function aucOf(first: MatrixSample, second: MatrixSample) {
  const { result, ensemble } = await evaluate(first, second, settings);
  ensemble.dispose();
  return { ...result.auc, codes: result.warnings.map(({ code }) => code), result };
}

describe('a table with odd numbers', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is refused with sample, row and column',
    async (odd) => {
      const sound = gaussianSample(50, [0, 0, 0], 1);
      const bent = gaussianSample(50, [0, 0, 0], 2);
      bent.values[3 * 7 + 1] = odd;
      const refusal = (name: string) => ({
        code: 'ERR_NON_FINITE',
        message: `${name}: row 7, column x1 is ${odd}; tables hold finite numbers only: fill the gap, remove the row or leave it out (--drop-rows)`,
      });
      await expect(evaluate(sound, bent, settings)).rejects.toMatchObject(refusal('generated matrix'));
      await expect(trainClassifier(bent, sound)).rejects.toMatchObject(refusal('reference matrix'));
      const named = { ...bent, name: 'jets.npy' };
      await expect(evaluate(sound, named, settings)).rejects.toMatchObject(refusal('jets.npy'));
      const { ensemble } = await trainClassifier(sound, gaussianSample(50, [1, 0, 0], 3), { members: 1 });
      await expect(ensemble.score(bent)).rejects.toMatchObject(refusal('the matrix'));
      ensemble.dispose();
    },
  );
});

describe('a table of an odd shape', () => {
  const shifted = (shift: number, seed: number) => {
    const normal = normalNumbers(seed);
    return () => normal() + shift;
  };

  it('with constant columns gives what the others give', async () => {
    const alone = await aucOf(table(300, [shifted(0, 1)]), table(300, [shifted(2, 2)]));
    const beside = await aucOf(
      table(300, [() => 5, shifted(0, 1), () => 0]),
      table(300, [() => 5, shifted(2, 2), () => 0]),
    );
    // Φ(2/√2) = 0.921.
    for (const { value, standardError } of [alone, beside]) {
      expect(Math.abs(value - 0.921)).toBeLessThan(4 * standardError);
    }
  });

  it('of constant columns alone tells nothing, and all where they differ', async () => {
    const constant = (value: number) => table(60, [() => value, () => 1]);
    expect(await aucOf(constant(3), constant(3))).toMatchObject({ value: 0.5 });
    expect((await aucOf(constant(3), constant(4))).value).toBe(1);
  });

  it('of twenty rows is compared, and is said to be small, in its own words', async () => {
    const { value, result } = await aucOf(table(20, [shifted(0, 1)]), table(20, [shifted(0, 2)]));
    expect(value).toBeGreaterThan(0.1);
    expect(value).toBeLessThan(0.9);
    const small = result.warnings.find(({ code }) => code === 'small-sample');
    expect(small?.message).toMatch(/^the smaller sample has 20 rows, 4 a fold: /);
  });

  it('with more columns than rows is compared', async () => {
    const wide = (shift: number, seed: number) => gaussianSample(40, new Array(100).fill(shift), seed);
    const different = await aucOf(wide(0, 1), wide(1, 2));
    expect(different.value).toBeGreaterThan(0.95);
    const equal = await aucOf(wide(0, 1), wide(0, 2));
    expect(Math.abs(equal.value - 0.5)).toBeLessThan(5 * equal.nullStandardDeviation);
    for (const { result } of [different, equal]) {
      for (const { message } of result.warnings) expect(message).not.toContain('shower');
    }
  });

  it('of fewer rows than folds need is refused', async () => {
    await expect(
      evaluate(gaussianSample(3, [0], 1), gaussianSample(20, [0], 2), settings),
    ).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_ROWS',
    });
  });
});

describe('columns of a table', () => {
  const x = gaussianSample(60, [0, 0, 0], 1);
  const y = gaussianSample(60, [1, 0, 2], 2);
  const quick = { folds: 3, learners: ['logistic'], threads: 1 } as const;
  /** The same rows with their columns in the order 2, 0, 1. */
  const turned: MatrixSample = {
    columns: [2, 0, 1].map((i) => y.columns[i] as string),
    values: y.values.map((_, i) => y.values[i - (i % 3) + ([2, 0, 1][i % 3] as number)] as number),
  };

  it('are matched by their names, whatever their order', async () => {
    const inOrder = await evaluate(x, y, quick);
    const other = await evaluate(x, turned, quick);
    expect([...other.generated.logWeights]).toEqual([...inOrder.generated.logWeights]);
    expect(other.result.auc).toEqual(inOrder.result.auc);
    expect(other.result.histograms).toEqual(inOrder.result.histograms);
    const scores = await inOrder.ensemble.score(y);
    expect(await inOrder.ensemble.score(turned)).toEqual(scores);
    inOrder.ensemble.dispose();
    other.ensemble.dispose();
  });

  it('are copies of each other in any order', async () => {
    const both = evaluate(y, turned, { ...quick, repeated: 'refuse' });
    await expect(both).rejects.toMatchObject({ code: 'ERR_REPEATED_ROWS' });
  });

  it('of other names are refused with what is missing', async () => {
    await expect(evaluate(x, { ...y, columns: ['x0', 'x1', 'z'] }, quick)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message:
        'the matrix has 3 columns (x0, x1, z), 3 are expected (x0, x1, x2): x2 missing, z beside them; columns are matched by their names',
    });
  });

  it('of one name are refused', async () => {
    const twice = { ...y, columns: ['x0', 'x1', 'x0'] };
    const refusal = { code: 'ERR_ARGUMENT', message: 'two columns are called x0; rename one' };
    await expect(evaluate(twice, twice, quick)).rejects.toMatchObject(refusal);
    await expect(trainClassifier(x, twice, quick)).rejects.toMatchObject(refusal);
  });
});

it('a selection that leaves one row is named', async () => {
  const conditions = [{ name: 'x0', label: 'x0', unit: '' }];
  const [first, second] = [1, 2].map((seed) => ({ ...gaussianSample(30, [0, 0], seed), conditions }));
  const only = (first as MatrixSample).values[0] as number;
  const select = [{ condition: 'x0', values: [only, (second as MatrixSample).values[0] as number] }];
  await expect(evaluate(first as MatrixSample, second as MatrixSample, { folds: 3, select })).rejects.toThrow(
    /^the reference sample has 1 row with x0 -?[\d.]+ or -?[\d.]+, as selected; 3 folds need at least 6$/,
  );
});
