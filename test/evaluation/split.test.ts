import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, type Group, ready } from 'h5wasm/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { trainClassifier } from '#caloscope/classifier/training';
import { linesOf } from '#caloscope/cli/evaluate';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { writeEvaluation } from '#caloscope/evaluation/outputs';
import { gaussianSample } from '../support/gaussian-samples.js';

const split = { train: 0.5, validation: 0.2, test: 0.3 };
const settings = {
  split,
  learners: ['network', 'logistic', 'trees'],
  classifier: { hidden: [16], epochs: 4 },
  threads: 1,
} as const satisfies EvaluateOptions;

/** P(a > b) + ½ P(=), pair by pair. */
function area(reference: ArrayLike<number>, generated: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    for (let j = 0; j < generated.length; j++) {
      const [a, b] = [reference[i] as number, generated[j] as number];
      sum += a > b ? 1 : a === b ? 0.5 : 0;
    }
  }
  return sum / (reference.length * generated.length);
}

describe('a split in place of folds', () => {
  const reference = gaussianSample(400, [1, 0, 0], 1);
  const generated = gaussianSample(300, [0, 0, 0], 2);

  it('scores and compares the last part only, and says which rows these are', async () => {
    const { result, ensemble, ...weights } = await evaluate(reference, generated, settings);
    expect(weights.reference.sourceRows).toHaveLength(120);
    expect(weights.generated.sourceRows).toHaveLength(90);
    expect(weights.reference.logWeights).toHaveLength(120);
    expect(weights.generated.logits).toMatchObject({ members: 3, rows: 90 });
    expect(result.settings).toMatchObject({ folds: null, split });
    expect(result.settings.training).not.toHaveProperty('validationFraction');
    expect(result.weights.generated.rows).toBe(90);
    expect(result.samples.generated).toMatchObject({ rows: 300, leftOut: 0 });
    expect(result.training.networks).toMatchObject([
      { leftOut: null, trainingRows: 200 + 150, validationRows: 80 + 60 },
    ]);
    // Of one score: the AUC of the rows that were held out, and DeLong's error alone, some σ₀ = √((n+m+1)/(12nm)).
    const { auc } = result;
    expect(auc.folds).toEqual([auc.value]);
    expect(auc.pooled).toBeCloseTo(auc.value, 12);
    expect(auc.nullStandardDeviation).toBeCloseTo(Math.sqrt(211 / (12 * 120 * 90)), 12);
    const trees = weights.reference.logits.values.subarray(2 * 120);
    const others = weights.generated.logits.values.subarray(2 * 90);
    expect(auc.learners[2]?.value).toBeCloseTo(area(trees, others), 12);
    expect(auc.value).toBeGreaterThan(0.65); // Φ(1/√2) = 0.760, σ₀ = 0.04
    // The observables of a table are its columns, of these rows.
    const values = Float64Array.from(
      weights.generated.sourceRows ?? [],
      (row) => generated.values[3 * row] ?? NaN,
    );
    const exact = Float64Array.from(
      weights.reference.sourceRows ?? [],
      (row) => reference.values[3 * row] ?? NaN,
    );
    const first = result.observables.find(({ name }) => name === 'x0');
    if (first) expect(first.auc.generated.value).toBeCloseTo(area(exact, values), 12);
    // And the ensemble says of a row that was held out what the evaluation says of it.
    const scored = await ensemble.score(generated);
    for (const [i, row] of (weights.generated.sourceRows ?? []).entries()) {
      expect(scored.logRatios[row]).toBeCloseTo(weights.generated.logWeights[i] as number, 5);
      expect(scored.logRatioErrors[row]).toBeCloseTo(weights.generated.logWeightErrors[i] as number, 5);
    }
    ensemble.dispose();
  });

  it('stands in the files, and in a classifier that is loaded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-split-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const evaluation = await evaluate(reference, generated, {
      ...settings,
      learners: ['network', 'logistic'],
    });
    const out = join(folder, 'out');
    await writeEvaluation(evaluation, out);
    await ready;
    const file = new File(join(out, 'weights.hdf5'), 'r');
    onTestFinished(() => void file.close());
    expect(file.attrs['split']?.value).toBe('a split of 50/20/30');
    const rows = (file.get('generated') as Group).get('source_row') as Dataset;
    expect(Array.from(rows.value as BigInt64Array, Number)).toEqual([
      ...(evaluation.generated.sourceRows ?? []),
    ]);
    const loaded = await ClassifierEnsemble.load(join(out, 'classifier'));
    expect(loaded.description.training).toMatchObject({ split });
    const [one, other] = [await loaded.score(generated), await evaluation.ensemble.score(generated)];
    expect(one).toEqual(other);
    evaluation.ensemble.dispose();
    loaded.dispose();
  });

  it('works with every learner, partners in one part, calibration and permuted labels', async () => {
    const pairs = (seed: number) => {
      const { values, columns } = gaussianSample(200, [0, 0], seed);
      const place = (i: number) => (i % 3 === 2 ? (i + 1) / 3 : (values[i - Math.floor(i / 3)] as number));
      return {
        values: Float32Array.from({ length: 600 }, (_, i) => place(i)),
        columns: [...columns, 'energy'],
        conditions: [{ name: 'energy', label: 'E', unit: 'GeV' }],
      };
    };
    const { ensemble, ...found } = await evaluate(pairs(1), pairs(2), {
      split: { train: 0.6, validation: 0.2, test: 0.2 },
      classifier: { hidden: [8], epochs: 2 },
      permutations: 3,
      calibration: 'platt',
      threads: 1,
    });
    expect(ensemble.learners).toEqual(['network', 'logistic', 'quadratic', 'sparse', 'trees']);
    expect(found.result.auc.permutations?.permutations).toBe(3);
    expect(found.reference.sourceRows).toHaveLength(40);
    expect(linesOf(found.result, 'out').join('\n')).toMatch(
      /reference +200 rows, 40 held out +effective \d+ /,
    );
    expect(Array.from(found.reference.logWeights).every(Number.isFinite)).toBe(true);
    ensemble.dispose();
  });

  it('takes 20 rows, says so, and names what is too few', async () => {
    const few = [gaussianSample(20, [0], 1), gaussianSample(20, [0], 2)] as const;
    const options = { split: { train: 0.6, validation: 0.2, test: 0.2 }, threads: 1 };
    const { result, ensemble } = await evaluate(...few, options);
    ensemble.dispose();
    expect(result.warnings).toContainEqual({
      code: 'small-sample',
      message: expect.stringContaining('20 rows, 4 to compare'),
    });
    const fewer = [gaussianSample(9, [0], 1), gaussianSample(20, [0], 2)] as const;
    await expect(evaluate(...fewer, options)).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_ROWS',
      message: 'the reference sample has 9 rows; the parts of a split of 60/20/20 need at least 10',
    });
    for (const wrong of [
      { train: 0.6, validation: 0.2, test: 0.3 },
      { train: 0.8, validation: 0, test: 0.2 },
      { train: 60, validation: 20, test: 20 },
      { train: 0.6, validation: 0.4 },
    ]) {
      await expect(evaluate(...few, { split: wrong as typeof split })).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
        message: expect.stringMatching(/^split.* must have three shares/),
      });
    }
    await expect(evaluate(...few, { ...options, folds: 4 })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('leave out split or folds'),
    });
  });

  it('is that of a trained classifier, too', async () => {
    const { ensemble, records } = await trainClassifier(reference, generated, { ...settings, members: 2 });
    expect(records.map((record) => record?.trainingRows)).toEqual([350, 350, undefined, undefined]);
    expect(ensemble.parameters).toEqual([3 * 16 + 16 + 16 + 1, expect.any(Number), expect.any(Number)]);
    ensemble.dispose();
  });
});
