import { describe, expect, it } from 'vitest';
import { ArgumentError } from '#caloscope/errors';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { OwnObservable } from '#caloscope/evaluation/own-observables';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { renderReport } from '#caloscope/report/report';
import type { GivenSample } from '#caloscope/samples/kinds';
import { type ShowerBlock, showerBlocks } from '#caloscope/samples/showers/shower-block';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';

const small: EvaluateOptions = {
  folds: 3,
  learners: ['logistic'],
  threads: 2,
  threshold: 20,
  classifier: { hidden: [8], epochs: 1 },
};
const reference = gridShowers(300, 3, 1.1);
const generated = gridShowers(280, 4);

/** The sum of all voxels: what `deposited_energy` is. */
function sums({ rows, voxels, geometry }: ShowerBlock): number[] {
  return Array.from({ length: rows }, (_, row) =>
    voxels.subarray(row * geometry.voxels, (row + 1) * geometry.voxels).reduce((sum, energy) => sum + energy),
  );
}

const own = (changes: Partial<OwnObservable> = {}): OwnObservable => ({
  name: 'sum',
  label: 'sum of all voxels',
  unit: 'MeV',
  values: sums,
  ...changes,
});

async function evaluated(observables: readonly OwnObservable[], samples: readonly GivenSample[] = []) {
  const [first = reference, second = generated] = samples;
  const { ensemble, result } = await evaluate(first, second, { ...small, observables });
  ensemble.dispose();
  return result;
}

/** Says whether a training began before the error. */
async function failure(observables: unknown, sample: GivenSample = reference) {
  let trained = false;
  const options = { ...small, observables, onProgress: () => (trained = true) } as EvaluateOptions;
  const error = await evaluate(sample, sample === reference ? generated : sample, options).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as ArgumentError).code).toBe('ERR_ARGUMENT');
  expect(trained).toBe(false);
  return error as ArgumentError;
}

describe("a user's own observable", () => {
  it('stands after the built-in ones, with the histograms that a built-in one of its values has', async () => {
    const { observables, histograms } = await evaluated([own(), own({ name: 'twin', unit: '' })]);
    expect(observables.slice(-2).map(({ name }) => name)).toEqual(['sum', 'twin']);
    const sum = observables.at(-2);
    const builtIn = observables.find(({ name }) => name === 'deposited_energy');
    expect(sum).toMatchObject({ label: 'sum of all voxels', unit: 'MeV' });
    expect(sum?.separation.generated).toBeCloseTo(builtIn?.separation.generated as number, 12);
    for (const role of ['reference', 'generated', 'reweighted']) {
      const contents = (name: string) => histograms[`${name}_${role}`]?.storage.values;
      expect(contents('sum')).toEqual(contents('deposited_energy'));
    }
    const report = await renderReport(await evaluated([own()]));
    expect(report).toContain('sum of all voxels');
  });

  it('changes nothing else but what counts or looks for observables', async () => {
    const comparable = (result: EvaluationResult) => {
      const { run: _, verdict: __, warnings: ___, largestDistance: ____, histograms, ...others } = result;
      const {
        failures: _____,
        windows: ______,
        clusters: _______,
        conditions: ________,
        support: _________,
        ...rest
      } = others;
      const kept = Object.entries(histograms).filter(([name]) => !/^sum_|_window_/.test(name));
      const observables = rest.observables
        .filter(({ name }) => name !== 'sum')
        .map(({ pValue: _, ...observable }) => observable);
      return { ...rest, observables, histograms: Object.fromEntries(kept) };
    };
    const [more, fewer] = [await evaluated([own()]), await evaluated([])];
    expect(comparable(more)).toEqual(comparable(fewer));
    // The sum of all voxels is E_dep once more: a column that repeats another is tested once.
    expect(more.largestDistance.columns).toBe(fewer.largestDistance.columns);
    const distinct = await evaluated([
      own({ values: ({ incidentEnergies }) => incidentEnergies.map((energy) => energy + 1) }),
    ]);
    expect(distinct.largestDistance.columns).toBe(fewer.largestDistance.columns + 1);
  });

  it('gets every row once, in blocks of a bounded size, cut at the threshold', async () => {
    const sample = gridShowers(100_000, 5);
    const blocks = [...showerBlocks(sample, 20)];
    expect(blocks.length).toBeGreaterThan(2);
    let next = 0;
    for (const { sourceRows, rows, incidentEnergies, voxels } of blocks) {
      expect([sourceRows[0], sourceRows.at(-1)]).toEqual([next, next + rows - 1]);
      expect([incidentEnergies.length, voxels.length]).toEqual([rows, rows * 24]);
      expect(voxels.byteLength).toBeLessThanOrEqual(8 * 2 ** 20);
      expect(voxels.every((energy) => energy === 0 || energy >= 20)).toBe(true);
      next += rows;
    }
    expect(next).toBe(100_000);
    expect(blocks[1]?.voxels.slice(0, 24)).toEqual(
      sample.read(blocks[1]?.sourceRows[0] as number, 1).map((energy) => (energy < 20 ? 0 : energy)),
    );
    sample.dispose();
  });

  it('does not reach others through the arrays of its block', async () => {
    const spoil = ({ rows, voxels, incidentEnergies }: ShowerBlock) => {
      voxels.fill(7);
      incidentEnergies.fill(7);
      return Array.from({ length: rows }, (_, row) => row);
    };
    const { observables } = await evaluated([own({ name: 'spoil', values: spoil }), own()]);
    const [builtIn, sum] = ['deposited_energy', 'sum'].map((wanted) =>
      observables.find(({ name }) => name === wanted),
    );
    expect(sum?.separation.generated).toBeCloseTo(builtIn?.separation.generated as number, 12);
  });

  const inRow = (row: number, value: unknown) => (block: ShowerBlock) =>
    sums(block).map((sum, i) => (block.sourceRows[i] === row ? value : sum));
  const onlyGenerated = (act: (block: ShowerBlock) => unknown) => (block: ShowerBlock) =>
    block.rows === 280 ? act(block) : sums(block);
  it.each([
    ['NaN', inRow(17, Number.NaN), /"sum" of the reference sample, row 17: NaN/],
    ['infinite', onlyGenerated(inRow(5, Infinity)), /"sum" of the generated sample, row 5: Infinity/],
    ['text', inRow(2, 'a\nb'), /row 2: a is not a finite number/],
    ['big integers', () => new BigInt64Array(300), /row 0: 0 is not/],
    ['too few', () => [1], /reference sample, row 0 to row 299: .* returned 1 values, not one .* 300/],
    ['a number', () => 3, /row 0 to row 299: .* did not return an array/],
    ['a promise', async () => [1], /did not return an array/],
    ['nothing', () => undefined, /did not return an array/],
    [
      'an error',
      onlyGenerated(() => {
        throw new TypeError('no such layer');
      }),
      /"sum" of the generated sample, row 0 to row 279: the function threw: no such layer/,
    ],
  ])('is refused before the training with observable, sample and row: %s', async (_, values, says) => {
    const error = await failure([{ ...own(), values }]);
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('\n');
  });

  it('keeps the error of the function as cause', async () => {
    const thrown = new Error('mine');
    const values = () => {
      throw thrown;
    };
    expect((await failure([own({ values })])).cause).toBe(thrown);
  });

  it.each([
    ['an empty name', [own({ name: ' ' })], /observables\.0\.name: must not be empty/],
    ['an empty label', [own({ label: '' })], /observables\.0\.label: must not be empty/],
    ['the name of a built-in one', [own({ name: 'layer_energy_1' })], /"layer_energy_1" is taken/],
    ['the name of a histogram of weights', [own({ name: 'weight_log' })], /"weight_log" is taken/],
    ['a name twice', [own(), own()], /"sum" is taken/],
    ['no function', [{ ...own(), values: [1] }], /observables\.0\.values: must be a function/],
    ['no list', own(), /observables: /],
    ['another key', [{ ...own(), colour: 'red' }], /there is no option colour/],
  ])('is refused with %s', async (_, observables, says) => {
    expect((await failure(observables)).message).toMatch(says);
  });

  it('is refused for a matrix', async () => {
    expect((await failure([own()], gaussianSample(300, [0], 1))).message).toMatch(/matrix/);
  });

  it('ends when aborted between blocks', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const large = gridShowers(100_000, 6);
    let calls = 0;
    const values = (block: ShowerBlock) => {
      calls += 1;
      stop.abort(reason);
      return sums(block);
    };
    const options = { ...small, observables: [own({ values })], signal: stop.signal };
    await expect(evaluate(large, generated, options)).rejects.toBe(reason);
    expect(calls).toBe(1);
    large.dispose();
  });
});
