import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset, File, ready } from 'h5wasm/node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { FileError } from '#caloscope/errors';
import { type Evaluation, evaluate } from '#caloscope/evaluation/evaluate';
import { writeEvaluation } from '#caloscope/evaluation/outputs';
import { gaussianSample } from '../support/gaussian-samples.js';

let evaluation: Evaluation;
let folder: string;
let target: string;
beforeAll(async () => {
  await ready;
  evaluation = await evaluate(gaussianSample(120, [1, 0], 1), gaussianSample(90, [0, 0], 2), {
    folds: 3,
    members: 2,
    learners: ['network', 'logistic'],
    threads: 2,
    classifier: { hidden: [6], epochs: 2 },
  });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-outputs-'));
  target = join(folder, 'result');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (reason: unknown) => reason,
  );
}

function numbers(file: File, path: string) {
  const dataset = file.get(path);
  if (!(dataset instanceof Dataset)) throw new Error(`no dataset ${path}`);
  return { shape: dataset.shape, value: dataset.value as ArrayLike<number | bigint>, type: dataset.dtype };
}

describe('the files of an evaluation', () => {
  it('hold its numbers', async () => {
    const reported: unknown[] = [];
    const drawReport = async (result: unknown, path: string) => {
      reported.push(result);
      writeFileSync(path, '<!doctype html>');
    };
    await writeEvaluation(evaluation, target, { drawReport });
    expect(readdirSync(folder)).toEqual(['result']);
    expect(readdirSync(target).sort()).toEqual([
      'classifier',
      'histograms.json',
      'report.html',
      'result.json',
      'weights.hdf5',
    ]);
    expect(reported).toEqual([evaluation.result]);
    expect(JSON.parse(readFileSync(join(target, 'result.json'), 'utf8'))).toEqual(evaluation.result);
    expect(JSON.parse(readFileSync(join(target, 'histograms.json'), 'utf8'))).toEqual(
      evaluation.result.histograms,
    );
    const loaded = await ClassifierEnsemble.load(join(target, 'classifier'));
    // Two networks and a regression for each of three pairs of folds.
    expect(loaded.members).toBe(9);
    const file = new File(join(target, 'weights.hdf5'), 'r');
    for (const role of ['reference', 'generated'] as const) {
      const { logWeights, logWeightErrors, logits, fold } = evaluation[role];
      const rows = logWeights.length;
      expect(numbers(file, `/${role}/log_weight`)).toEqual({ shape: [rows], value: logWeights, type: '<d' });
      expect(numbers(file, `/${role}/log_weight_error`)).toEqual({
        shape: [rows],
        value: logWeightErrors,
        type: '<d',
      });
      expect(logWeightErrors.every((error) => error > 0)).toBe(true);
      expect(Array.from(numbers(file, `/${role}/fold`).value)).toEqual(Array.from(fold));
      expect(Array.from(numbers(file, `/${role}/source_row`).value, Number)).toEqual([...Array(rows).keys()]);
      const stored = numbers(file, `/${role}/logit`);
      expect([stored.shape, stored.type]).toEqual([[rows, 2], '<f']);
      for (let row = 0; row < rows; row++) {
        for (const learner of [0, 1])
          expect(stored.value[row * 2 + learner]).toBe(logits.values[learner * rows + row]);
      }
    }
    expect(file.attrs['learners']?.value).toBe('network logistic');
    expect(file.attrs['verdict']?.value).toBe(evaluation.result.verdict.sentence);
    file.close();
  });

  it('come all or not at all', async () => {
    const drawReport = async () => {
      throw new Error('no ink');
    };
    const error = await failure(writeEvaluation(evaluation, target, { drawReport }));
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: 'ERR_OUTPUT' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are there but for a table that cannot be written, which is told by its name', async () => {
    const odd = { name: 'x', label: 'x', unit: '', values: null as unknown as Float64Array };
    const spoilt = { ...evaluation, reference: { ...evaluation.reference, observables: [odd] } };
    const error = (await failure(writeEvaluation(spoilt, target, { tables: 'parquet' }))) as Error;
    expect(error).toMatchObject({ code: 'ERR_OUTPUT' });
    expect(error.message).toMatch(/result\/reference\.parquet: .*; the rest of the result is in .*result$/);
    expect(error.message).not.toContain('partial');
    expect(readdirSync(folder)).toEqual(['result']);
    expect(readdirSync(target).sort()).toEqual([
      'classifier',
      'generated.parquet',
      'histograms.json',
      'result.json',
      'weights.hdf5',
    ]);
  });

  it('are named as they stand in their place where one is refused', async () => {
    const drawReport = async (_: unknown, path: string) => {
      throw new FileError('ERR_OUTPUT', path, 'no ink');
    };
    expect(await failure(writeEvaluation(evaluation, target, { drawReport }))).toMatchObject({
      path: join(target, 'report.html'),
      message: `${join(target, 'report.html')}: no ink`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('hold columns by the names of the table, beside those of w', async () => {
    const named = (sample: ReturnType<typeof gaussianSample>) => ({
      ...sample,
      columns: ['fold', 'weight_linear'],
      conditions: [{ name: 'fold', label: 'fold', unit: '' }],
    });
    const conditional = await evaluate(
      named(gaussianSample(120, [0, 0.5], 3)),
      named(gaussianSample(120, [0, 0], 4)),
      { folds: 3, members: 1, learners: ['logistic'], threads: 1 },
    );
    await writeEvaluation(conditional, target, { tables: 'csv' });
    const { histograms, observables } = conditional.result;
    expect(observables.map(({ name }) => name)).toEqual(['weight_linear']);
    expect(Object.keys(histograms)).toEqual(
      expect.arrayContaining(['weight_linear_reference', 'sample_weight_linear_reference']),
    );
    const [heading] = readFileSync(join(target, 'reference.csv'), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    expect(heading).toBe('source_row,weight,log_weight,log_weight_error,fold,sample_fold,weight_linear');
    conditional.ensemble.dispose();
  });

  it('do not come after an abort at any moment', async () => {
    const reason = new Error('enough');
    for (const delay of [0, 1, 3, 8, 20, 40]) {
      const controller = new AbortController();
      const drawReport = () => new Promise<void>((resolve) => setTimeout(resolve, 60));
      const work = writeEvaluation(evaluation, target, { drawReport, signal: controller.signal });
      setTimeout(() => controller.abort(reason), delay);
      expect(await failure(work)).toBe(reason);
      expect(readdirSync(folder)).toEqual([]);
    }
    expect(await failure(writeEvaluation(evaluation, target, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an output folder', () => {
  it('that exists is replaced with force only, and only where it holds a result', async () => {
    await writeEvaluation(evaluation, target);
    writeFileSync(join(target, 'old'), '');
    expect(await failure(writeEvaluation(evaluation, target))).toMatchObject({ code: 'ERR_OUTPUT' });
    expect(existsSync(join(target, 'old'))).toBe(true);
    const before = readFileSync(join(target, 'result.json'), 'utf8');
    writeFileSync(join(target, 'result.json'), before.replace('{', '{ '));
    await writeEvaluation(evaluation, target, { force: true });
    expect(readFileSync(join(target, 'result.json'), 'utf8')).toBe(before);
    expect(existsSync(join(target, 'old'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['result']);
    const foreign = join(folder, 'thesis');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'chapter1'), '');
    expect(await failure(writeEvaluation(evaluation, foreign, { force: true }))).toMatchObject({
      code: 'ERR_OUTPUT',
    });
    expect(readdirSync(foreign)).toEqual(['chapter1']);
  });

  it('stays as it was when the new result fails', async () => {
    await writeEvaluation(evaluation, target);
    writeFileSync(join(target, 'old'), '');
    const drawReport = async () => {
      throw new Error('no ink');
    };
    expect(await failure(writeEvaluation(evaluation, target, { force: true, drawReport }))).toMatchObject({
      code: 'ERR_OUTPUT',
    });
    expect(existsSync(join(target, 'old'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['result']);
  });

  it('with force may be new', async () => {
    await writeEvaluation(evaluation, target, { force: true });
    expect(readdirSync(folder)).toEqual(['result']);
  });

  it('must have a parent and a name, and be no file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const path of ['', join(folder, 'no', 'where'), file, join(file, 'below')]) {
      for (const force of [false, true]) {
        expect(await failure(writeEvaluation(evaluation, path, { force }))).toMatchObject({
          code: 'ERR_OUTPUT',
        });
      }
    }
  });
});
