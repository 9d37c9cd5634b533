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
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from '#caloscope/formats/safetensors/safetensors';
import { gridShowers } from '../support/grid-showers.js';

const small: TrainClassifierOptions = {
  folds: 3,
  learners: ['network'],
  members: 2,
  threads: 2,
  classifier: { hidden: [9, 5], epochs: 2, activation: 'silu' },
};

let folder: string;
/** A saved classifier: a network and a regression for each of the three pairs of folds, never changed. */
let saved: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-classifier-'));
  saved = join(folder, 'saved');
  const { ensemble } = await trainClassifier(gridShowers(200, 1, 1.2), gridShowers(200, 2), {
    ...small,
    learners: ['network', 'logistic'],
    members: 1,
  });
  await ensemble.save(saved);
});
afterAll(() => rmSync(folder, { recursive: true }));

const first = 'member-000-network-without-0-1.safetensors';
const regression = 'member-001-logistic-without-0-1.safetensors';
const whole = 'ensemble.safetensors';

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

describe('a spoilt classifier is refused', () => {
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

  type Change = (content: SafetensorsContent) => SafetensorsContent;

  /** A copy in which one file has other metadata or tensors. */
  function rewritten(name: string, change: Change, file = first): string {
    const path = copy(name);
    const content = decodeSafetensors(readFileSync(join(path, file)), file);
    writeFileSync(join(path, file), encodeSafetensors(change(content)));
    return path;
  }
  const describedAs =
    (change: (description: Record<string, unknown>) => unknown): Change =>
    (content) => ({
      ...content,
      metadata: { caloscope: JSON.stringify(change(JSON.parse(content.metadata['caloscope'] ?? ''))) },
    });
  const without =
    (tensor: string): Change =>
    (content) => ({
      ...content,
      tensors: new Map([...content.tensors].filter(([key]) => key !== tensor)),
    });
  const withValues =
    (
      tensor: string,
      values: Float64Array | Uint32Array,
      shape: readonly number[] = [values.length],
    ): Change =>
    (content) => ({ ...content, tensors: new Map([...content.tensors, [tensor, { shape, values }]]) });

  it.each<[what: string, change: Change]>([
    ['no description', (content) => ({ ...content, metadata: {} })],
    ['a description that is not JSON', (content) => ({ ...content, metadata: { caloscope: '{' } })],
    ['another format version', describedAs((description) => ({ ...description, formatVersion: 1 }))],
    ['an unknown feature set', describedAs((description) => ({ ...description, input: { kind: 'matrix' } }))],
    ['other features', describedAs((description) => ({ ...description, featureNames: ['a'] }))],
    ['an unknown learner', describedAs((description) => ({ ...description, learner: 'forest' }))],
    ['another learner', describedAs((description) => ({ ...description, learner: 'logistic' }))],
    ['other folds left out', describedAs((description) => ({ ...description, leftOut: [1, 2] }))],
    ['a fold that does not exist', describedAs((description) => ({ ...description, leftOut: [0, 9] }))],
    ['a missing bias', without('layers.1.bias')],
    ['a missing layer', without('layers.0.weight')],
    ['a missing standardisation', without('standardisation.scale')],
  ])('%s', async (name, change) => {
    expect((await refusal(rewritten(name, change))).code).toBe('ERR_CLASSIFIER');
  });

  it.each<[what: string, change: Change]>([
    ['a regression without weights', without('weights')],
    ['a regression with weights of another size', withValues('weights', new Float64Array(3))],
    ['a regression with two constants', withValues('constant', new Float64Array(2))],
  ])('%s', async (name, change) => {
    expect((await refusal(rewritten(name, change, regression))).code).toBe('ERR_CLASSIFIER');
  });

  it.each<[what: string, change: Change]>([
    ['weights that are missing', without('sum.weights')],
    ['a weight too many', withValues('sum.weights', new Float64Array(3))],
    ['a covariance that is missing', without('sum.covariance')],
    ['a covariance of another size', withValues('sum.covariance', new Float64Array(4), [2, 2])],
    [
      'a covariance of float32',
      (content) => {
        const values = new Float32Array(9);
        return {
          ...content,
          tensors: new Map([...content.tensors, ['sum.covariance', { shape: [3, 3], values }]]),
        };
      },
    ],
    ['a constant that is missing', without('sum.constant')],
    [
      'another number of folds',
      describedAs((description) => ({
        ...description,
        training: { ...(description['training'] as object), folds: 4 },
      })),
    ],
    ['no training', describedAs(({ training: _, ...description }) => description)],
    ['a whitening of another size', withValues('whitening.matrix', new Float64Array(2))],
    ['a whitening without its widths', without('whitening.relative_width')],
    ['a whitening without its clip', without('whitening.clip')],
    ['no whitening where there was one', without('whitening.centre')],
    ['an ensemble of another format', describedAs((description) => ({ ...description, format: 'x' }))],
    ['an ensemble of other members', describedAs((description) => ({ ...description, members: 5 }))],
  ])('%s', async (name, change) => {
    const error = await refusal(rewritten(name, change, whole));
    expect(error.code).toBe('ERR_CLASSIFIER');
  });

  it('a scale below 0', async () => {
    const path = rewritten('scale', (content) => {
      content.tensors.get('standardisation.scale')?.values.fill(-1, 3, 4);
      return content;
    });
    const error = await refusal(path);
    expect([error.code, error.message]).toEqual(['ERR_CLASSIFIER', expect.stringMatching(/scale .* is -1/)]);
  });

  it('a weight that is not a number', async () => {
    const path = rewritten('nan', (content) => {
      content.tensors.get('layers.1.weight')?.values.fill(Number.NaN, 3, 4);
      return content;
    });
    expect((await refusal(path)).code).toBe('ERR_NON_FINITE');
  });

  it('a weight of the sum that is not a number', async () => {
    const path = rewritten(
      'nan in the sum',
      withValues('sum.weights', Float64Array.of(1, Number.NaN)),
      whole,
    );
    expect((await refusal(path)).code).toBe('ERR_NON_FINITE');
  });

  it.each<[what: string, spoil: (path: string) => void, says: RegExp]>([
    ['the ensemble missing', (path) => rmSync(join(path, whole)), /ensemble\.safetensors is missing/],
    ['a member missing', (path) => rmSync(join(path, regression)), /5 of its 6 members are there/],
    [
      'a member twice',
      (path) => copyFileSync(join(path, first), join(path, 'copy.safetensors')),
      /a member twice/,
    ],
    [
      'another number, as sound as the one before',
      (path) => {
        const bytes = readFileSync(join(path, first));
        bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 0.5, bytes.length - 4);
        writeFileSync(join(path, first), bytes);
      },
      /member-000-network-without-0-1\.safetensors is not as it was written/,
    ],
    [
      'integers in place of floats',
      (path) => {
        const text = readFileSync(join(path, first), 'latin1').replaceAll('"F32"', '"I32"');
        writeFileSync(join(path, first), text, 'latin1');
      },
      /tensor "layers\.0\.weight" holds numbers of type I32/,
    ],
    [
      'a member in the place of another',
      (path) => {
        rmSync(join(path, regression));
        copyFileSync(join(path, first), join(path, 'copy.safetensors'));
      },
      /a member twice/,
    ],
  ])('%s', async (name, spoil, says) => {
    const path = copy(name);
    spoil(path);
    const error = await refusal(path);
    expect(error.code).toBe('ERR_CLASSIFIER');
    expect(error.message).toMatch(says);
  });

  it('one member of it alone', async () => {
    const error = await refusal(join(saved, first));
    expect(error.code).toBe('ERR_CLASSIFIER');
    expect(error.message).toMatch(/name the whole folder/);
  });

  it('files of two trainings in one folder', async () => {
    const { ensemble } = await trainClassifier(gridShowers(60, 1), gridShowers(60, 2), {
      ...small,
      learners: ['network', 'logistic'],
      members: 1,
      seed: 7,
    });
    const other = join(folder, 'other');
    await ensemble.save(other);
    for (const file of [first, whole]) {
      const mixed = copy(`mixed ${file}`);
      copyFileSync(join(other, file), join(mixed, file));
      const error = await refusal(mixed);
      expect(error.code).toBe('ERR_CLASSIFIER');
      expect(error.message).toMatch(/not of one training/);
    }
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
