import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { gaussianSample } from '../support/gaussian-samples.js';

const settings: EvaluateOptions = {
  folds: 3,
  learners: ['logistic'],
  threads: 1,
};

const reference = gaussianSample(300, [0, 0], 1);
const generated = gaussianSample(250, [0.5, 0], 2);

async function resultOf(options: EvaluateOptions) {
  const { result, ensemble } = await evaluate(reference, generated, { ...settings, ...options });
  ensemble.dispose();
  return result;
}

/** What the training says of the null sample when that is the generated one. */
async function asGenerated(second: ReturnType<typeof gaussianSample>) {
  const { result, ensemble } = await evaluate(reference, second, settings);
  ensemble.dispose();
  return result.auc;
}

describe('a null sample', () => {
  it('has the AUC that it has as the generated sample, beside the same result', async () => {
    const second = { ...gaussianSample(250, [0, 0], 3), name: 'second' };
    const { auc, verdict, warnings } = await resultOf({ null: second });
    const { value, standardError, z, pValue } = await asGenerated(second);
    expect(auc.null).toEqual({ source: 'second', files: [], rows: 250, value, standardError, z, pValue });
    expect(verdict.sentence).toMatch(
      /Trained alike, the null sample cannot be told from the reference \(AUC 0\.\d{3}/,
    );
    expect(warnings.map(({ code }) => code)).not.toContain('null-differs');
    const { null: none, ...alone } = (await resultOf({})).auc;
    const { null: _, ...beside } = auc;
    expect(none).toBeNull();
    expect(beside).toEqual(alone);
  });

  it('that differs is warned of, and the verdict says what that means', async () => {
    const alike = await resultOf({ null: gaussianSample(250, [0.6, 0], 4) });
    expect(alike.warnings).toContainEqual({
      code: 'null-differs',
      message: expect.stringMatching(
        /null sample differs from the reference: AUC 0\.6\d\d .* has that AUC, not 0\.5/,
      ),
    });
    expect(alike.verdict.sentence).toContain('the generated sample differs no more than that.');
    const nearer = gaussianSample(250, [0, 0.6], 5);
    const further = await evaluate(reference, gaussianSample(250, [1.5, 0], 2), {
      ...settings,
      null: nearer,
    });
    further.ensemble.dispose();
    expect(further.result.verdict.sentence).toMatch(/that much is no flaw of the generator\.$/);
  });

  it('is thinned to the size of the generated sample, evenly; a smaller one is said to be', async () => {
    const large = gaussianSample(1000, [0, 0], 6);
    const { auc } = await resultOf({ null: large });
    const kept = Array.from({ length: 250 }, (_, i) => 4 * i);
    const values = Float32Array.from(kept.flatMap((row) => [...large.values.subarray(2 * row, 2 * row + 2)]));
    const { value, z } = await asGenerated({ ...large, values });
    expect(auc.null).toMatchObject({ rows: 250, value, z });
    const { warnings } = await resultOf({ null: gaussianSample(200, [0, 0], 6) });
    expect(warnings).toContainEqual({
      code: 'null-smaller',
      message: expect.stringContaining('the null sample has 200 rows, the generated one 250'),
    });
  });

  it('is thinned after copies are removed', async () => {
    const whole = gaussianSample(300, [0, 0], 6);
    // 40 copies: 260 distinct rows are more than the 250 of the generated sample.
    const values = whole.values.map((value, i) => (i < 520 ? value : (whole.values[i - 520] as number)));
    const { auc, warnings } = await resultOf({ null: { ...whole, values }, repeated: 'remove' });
    expect(auc.null?.rows).toBe(250);
    expect(warnings.map(({ code }) => code)).not.toContain('null-smaller');
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^with the null sample .*: 40 rows .* row 260 is row 0: they were left out$/),
    );
  });

  it('is refused where it is the reference, or does not fit', async () => {
    await expect(resultOf({ null: reference })).rejects.toMatchObject({
      code: 'ERR_REPEATED_ROWS',
      message: expect.stringContaining('300 of its 300 rows are those of the reference sample'),
    });
    await expect(resultOf({ null: gaussianSample(250, [0, 0, 0], 7) })).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
    await expect(resultOf({ null: gaussianSample(4, [0, 0], 7) })).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_ROWS',
    });
    const some = gaussianSample(250, [0, 0], 8);
    some.values.set(reference.values.subarray(0, 20), 40);
    const { warnings } = await resultOf({ null: some });
    expect(warnings).toContainEqual({
      code: 'shared-rows',
      message: expect.stringMatching(
        /^with the null sample in place of the generated one: 10 generated rows/,
      ),
    });
    await expect(resultOf({ null: some, repeated: 'refuse' })).rejects.toMatchObject({
      code: 'ERR_REPEATED_ROWS',
    });
    expect((await resultOf({ null: some, repeated: 'remove' })).auc.null?.rows).toBe(240);
  });
});

describe('repeated trainings', () => {
  it('are those of their seeds, with mean and spread', async () => {
    const options = {
      learners: ['network'],
      classifier: { hidden: [8], epochs: 8, learningRate: 0.01 },
    } as const;
    const { auc } = await resultOf({ ...options, seed: 5, repeats: 3 });
    const alone: number[] = [];
    for (const seed of [5, 6, 7]) alone.push((await resultOf({ ...options, seed })).auc.value);
    expect(new Set(alone).size).toBe(3);
    const mean = alone.reduce((sum, value) => sum + value, 0) / 3;
    const variance = alone.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    expect(auc.repeats).toMatchObject({ trainings: 3, seeds: [5, 6, 7], values: alone });
    expect(auc.repeats?.mean).toBeCloseTo(mean, 12);
    expect(auc.repeats?.spread).toBeCloseTo(Math.sqrt(variance), 12);
    expect(auc.value).toBe(alone[0]);
    expect((await resultOf(options)).auc.repeats).toBeNull();
    const last = await resultOf({ ...options, seed: Number.MAX_SAFE_INTEGER, repeats: 2 });
    expect(last.auc.repeats?.seeds).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1]);
    await expect(resultOf({ repeats: 0 })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});
