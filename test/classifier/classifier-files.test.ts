import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { type TrainClassifierOptions, trainClassifier } from '#caloscope/classifier/training';
import { FileError } from '#caloscope/errors';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { decodeSafetensors, encodeSafetensors } from '#caloscope/formats/safetensors/safetensors';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';

const small: TrainClassifierOptions = {
  features: 'low',
  members: 2,
  threads: 2,
  classifier: { hidden: [9, 5], epochs: 2, activation: 'silu' },
};

let folder: string;
/** A saved classifier of two members, never changed. */
let saved: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-classifier-'));
  saved = join(folder, 'saved');
  const { ensemble } = await trainClassifier(gridShowers(200, 1, 1.2), gridShowers(200, 2), small);
  await ensemble.save(saved);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the saved classifier, to be spoilt. */
function copy(name: string): string {
  const target = join(folder, name);
  mkdirSync(target);
  for (const file of readdirSync(saved)) copyFileSync(join(saved, file), join(target, file));
  return target;
}

async function refusal(path: string): Promise<FileError> {
  const error = await ClassifierEnsemble.load(path).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).message).not.toMatch(/\n/);
  return error as FileError;
}

describe('a saved classifier', () => {
  it.each(['full', 'low', 'low-normalised', 'high'] as const)(
    'predicts the same bits when loaded: %s',
    async (features) => {
      const path = join(folder, features);
      const sample = gridShowers(150, 3);
      const { ensemble } = await trainClassifier(gridShowers(150, 1, 1.2), gridShowers(150, 2), {
        ...small,
        features,
      });
      await ensemble.save(path);
      const loaded = await ClassifierEnsemble.load(path);
      expect(await loaded.predictLogits(sample)).toEqual(await ensemble.predictLogits(sample));
      expect(loaded.members).toBe(2);
      expect(loaded.description).toEqual(ensemble.description);
      const [, second] = readdirSync(path).sort();
      const alone = await ClassifierEnsemble.load(join(path, second as string));
      expect(await alone.predictLogits(sample)).toEqual((await ensemble.predictLogits(sample)).slice(150));
    },
  );

  it('scores with bfloat16 when asked to, and only then', async () => {
    const sample = gaussianSample(400, [0.5, 0], 9);
    const { ensemble } = await trainClassifier(
      gaussianSample(400, [1, 0], 3),
      gaussianSample(400, [0, 0], 4),
      small,
    );
    const exact = await ensemble.predictLogits(sample);
    const rounded = await ensemble.predictLogits(sample, { precision: 'bfloat16' });
    expect(rounded).not.toEqual(exact);
    const change = rounded.map((logit, i) => Math.abs(logit - (exact[i] as number)));
    const size = Math.sqrt(exact.reduce((sum, logit) => sum + logit * logit, 0) / exact.length);
    expect(Math.max(...change)).toBeLessThan(0.03 * size);
    expect(await ensemble.predictLogits(sample, { precision: 'float32' })).toEqual(exact);
    await expect(ensemble.predictLogits(sample, { precision: 'float16' as 'float32' })).rejects.toMatchObject(
      {
        code: 'ERR_ARGUMENT',
      },
    );
  });

  it('of an evaluation can be loaded, with a network for each fold and member', async () => {
    const path = join(folder, 'evaluation');
    const matrix = gaussianSample(100, [0, 1], 4);
    const evaluation = await evaluate(gaussianSample(100, [1, 0], 3), matrix, {
      ...small,
      folds: 3,
      clip: { lower: 0.1, upper: 10 },
    });
    await evaluation.ensemble.save(path);
    expect(readdirSync(path).length).toBe(6);
    const loaded = await ClassifierEnsemble.load(path);
    const logits = await loaded.predictLogits(matrix);
    expect(logits).toEqual(await evaluation.ensemble.predictLogits(matrix));
    // The networks of a fold gave the held-out logits: those in the file are the same ones.
    for (let row = 0; row < 100; row++) {
      for (const member of [0, 1]) {
        const network = 2 * (evaluation.generated.fold[row] as number) + member;
        expect(evaluation.generated.logits[member * 100 + row]).toBe(logits[network * 100 + row]);
      }
    }
  });

  it('keeps weights as outputs × inputs in the file', () => {
    const [file] = readdirSync(saved);
    const { tensors, metadata } = decodeSafetensors(readFileSync(join(saved, file as string)), 'saved');
    expect(tensors.get('layers.0.weight')?.shape).toEqual([9, 25]);
    expect(tensors.get('layers.1.weight')?.shape).toEqual([5, 9]);
    expect(tensors.get('layers.2.bias')?.shape).toEqual([1]);
    expect(JSON.parse(metadata['caloscope'] ?? '')).toMatchObject({ activation: 'silu', fold: 0, member: 0 });
  });

  it('refuses a sample of another kind', async () => {
    const loaded = await ClassifierEnsemble.load(saved);
    await expect(loaded.predictLogits(gaussianSample(5, [0, 0], 1))).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
  });
});

describe('a spoilt classifier is refused', () => {
  const first = 'fold-0-member-0.safetensors';

  it.each([
    ['a truncated file', (path: string) => truncateSync(path, 400), 'ERR_FILE_TRUNCATED'],
    [
      'a file cut in its numbers',
      (path: string) => truncateSync(path, readFileSync(path).length - 8),
      'ERR_FILE_TRUNCATED',
    ],
    ['a text', (path: string) => writeFileSync(path, 'not a classifier at all'), 'ERR_FILE_CORRUPT'],
    ['an empty file', (path: string) => writeFileSync(path, ''), 'ERR_FILE_TRUNCATED'],
  ])('%s', async (name, spoil, code) => {
    const path = copy(name);
    spoil(join(path, first));
    const error = await refusal(path);
    expect(error.code).toBe(code);
    expect(error.path).toBe(join(path, first));
  });

  /** The first file of a copy with other metadata or tensors. */
  function rewritten(
    name: string,
    change: (content: ReturnType<typeof decodeSafetensors>) => ReturnType<typeof decodeSafetensors>,
  ) {
    const path = copy(name);
    const content = decodeSafetensors(readFileSync(join(path, first)), first);
    writeFileSync(join(path, first), encodeSafetensors(change(content)));
    return path;
  }
  const describedAs =
    (change: (description: Record<string, unknown>) => unknown) =>
    (content: ReturnType<typeof decodeSafetensors>) => ({
      ...content,
      metadata: { caloscope: JSON.stringify(change(JSON.parse(content.metadata['caloscope'] ?? ''))) },
    });
  const without = (tensor: string) => (content: ReturnType<typeof decodeSafetensors>) => ({
    ...content,
    tensors: new Map([...content.tensors].filter(([key]) => key !== tensor)),
  });

  it.each([
    ['no description', (content: ReturnType<typeof decodeSafetensors>) => ({ ...content, metadata: {} })],
    [
      'a description that is not JSON',
      (content: ReturnType<typeof decodeSafetensors>) => ({ ...content, metadata: { caloscope: '{' } }),
    ],
    ['another format version', describedAs((description) => ({ ...description, formatVersion: 2 }))],
    ['an unknown feature set', describedAs((description) => ({ ...description, input: { kind: 'matrix' } }))],
    ['other features', describedAs((description) => ({ ...description, featureNames: ['a'] }))],
    ['a missing bias', without('layers.1.bias')],
    ['a missing layer', without('layers.0.weight')],
    ['a missing standardisation', without('standardisation.scale')],
  ])('%s', async (name, change) => {
    expect((await refusal(rewritten(name, change))).code).toBe('ERR_CLASSIFIER');
  });

  it('a weight that is not a number', async () => {
    const path = rewritten('nan', (content) => {
      content.tensors.get('layers.1.weight')?.values.fill(Number.NaN, 3, 4);
      return content;
    });
    expect((await refusal(path)).code).toBe('ERR_NON_FINITE');
  });

  it('networks of two trainings in one folder, or one network twice', async () => {
    const mixed = copy('mixed');
    const { ensemble } = await trainClassifier(gridShowers(60, 1), gridShowers(60, 2), { ...small, seed: 7 });
    await ensemble.save(join(folder, 'other'));
    copyFileSync(join(folder, 'other', first), join(mixed, first));
    expect((await refusal(mixed)).code).toBe('ERR_CLASSIFIER');
    const twice = copy('twice');
    copyFileSync(join(twice, first), join(twice, 'copy.safetensors'));
    expect((await refusal(twice)).code).toBe('ERR_CLASSIFIER');
  });

  it('what is no file', async () => {
    expect((await refusal(join(folder, 'nowhere'))).code).toBe('ERR_FILE_NOT_FOUND');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect((await refusal(empty)).code).toBe('ERR_CLASSIFIER');
    mkdirSync(join(empty, 'folder.safetensors'));
    expect((await refusal(empty)).code).toBe('ERR_NOT_A_FILE');
    // Opening a pipe would wait for ever.
    const pipe = join(folder, 'pipe.safetensors');
    execFileSync('mkfifo', [pipe]);
    expect((await refusal(pipe)).code).toBe('ERR_NOT_A_FILE');
  });
});
