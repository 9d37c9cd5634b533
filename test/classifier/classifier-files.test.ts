import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { type TrainClassifierOptions, trainClassifier } from '#caloscope/classifier/training';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { decodeSafetensors, encodeSafetensors } from '#caloscope/formats/safetensors/safetensors';
import { learnerNames } from '#caloscope/native/contract/ensembles';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { expectClose } from '../support/closeness.js';
import { gaussianSample } from '../support/gaussian-samples.js';
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
    features: 'low',
    learners: ['network', 'logistic'],
    members: 1,
  });
  await ensemble.save(saved);
});
afterAll(() => rmSync(folder, { recursive: true }));

const first = 'member-000-network-without-0-1.safetensors';

describe('a saved classifier', () => {
  it.each(['full', 'low', 'low-normalised', 'high'] as const)(
    'scores other showers to the same bits when loaded: %s',
    async (features) => {
      const path = join(folder, features);
      const sample = gridShowers(150, 3);
      const { ensemble } = await trainClassifier(gridShowers(150, 1, 1.2), gridShowers(150, 2), {
        ...small,
        features,
      });
      await ensemble.save(path);
      const loaded = await ClassifierEnsemble.load(path);
      expect(await loaded.score(sample)).toEqual(await ensemble.score(sample));
      expect(loaded.members).toBe(6);
      expect(loaded.description).toEqual(ensemble.description);
    },
  );

  it.each([
    ['all learners, whitened', [...learnerNames], true],
    ['all learners, columns as they are', [...learnerNames], false],
    ['trees alone', ['trees'], true],
    ['regressions alone', ['quadratic', 'logistic'], true],
  ] as const)('scores other rows to the same bits when loaded: %s', async (name, learners, whitening) => {
    const path = join(folder, name);
    const sample = gaussianSample(230, [0.3, 0.1, -1], 5);
    const { ensemble } = await trainClassifier(
      gaussianSample(200, [1, 0, 0], 3),
      gaussianSample(170, [0, 0, 0], 4),
      { ...small, members: 1, learners, whitening },
    );
    expect(ensemble.learners).toEqual(learners);
    await ensemble.save(path);
    const loaded = await ClassifierEnsemble.load(path);
    const { learners: same, members, inputs, parameters } = ensemble;
    expect(loaded).toMatchObject({ learners: same, members, inputs, parameters });
    expect(loaded.description).toEqual(ensemble.description);
    const scored = await loaded.score(sample, { threads: 1 });
    expect(scored).toEqual(await ensemble.score(sample, { threads: 3 }));
    expect(scored.logits).toMatchObject({ members: learners.length, rows: 230 });
    expect(scored.logits.values).toHaveLength(learners.length * 230);
    expect(scored.logRatioErrors.every((error) => error > 0)).toBe(true);
    // What was loaded is written as the same bytes again.
    await loaded.save(`${path} again`);
    for (const file of readdirSync(path)) {
      expect(readFileSync(join(`${path} again`, file)).equals(readFileSync(join(path, file))), file).toBe(
        true,
      );
    }
  });

  it('scores with bfloat16 when asked to, and only then', async () => {
    const sample = gaussianSample(400, [0.5, 0], 9);
    const { ensemble } = await trainClassifier(
      gaussianSample(400, [1, 0], 3),
      gaussianSample(400, [0, 0], 4),
      small,
    );
    const exact = (await ensemble.score(sample)).logits.values;
    const rounded = (await ensemble.score(sample, { precision: 'bfloat16' })).logits.values;
    expect(rounded).not.toEqual(exact);
    const change = rounded.map((logit, i) => Math.abs(logit - (exact[i] as number)));
    const size = Math.sqrt(exact.reduce((sum, logit) => sum + logit * logit, 0) / exact.length);
    expect(Math.max(...change)).toBeLessThan(0.03 * size);
    expect((await ensemble.score(sample, { precision: 'float32' })).logits.values).toEqual(exact);
    await expect(ensemble.score(sample, { precision: 'float16' as 'float32' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
  });

  /** The logits of one member alone: a network in a folder without training and ensemble is scored as it is. */
  async function logitsOfNetwork(path: string, file: string, sample: MatrixSample): Promise<Float32Array> {
    const { metadata, tensors } = decodeSafetensors(readFileSync(join(path, file)), file);
    const { training: _, ...description } = JSON.parse(metadata['caloscope'] ?? '');
    const alone = join(folder, file);
    writeFileSync(
      alone,
      encodeSafetensors({ tensors, metadata: { caloscope: JSON.stringify(description) } }),
    );
    using network = await ClassifierEnsemble.load(alone);
    expect(network.description.training).toBeUndefined();
    const { logits, logRatios, logRatioErrors } = await network.score(sample);
    expect(logRatios).toEqual(Float64Array.from(logits.values));
    expect(logRatioErrors.every(Number.isNaN)).toBe(true);
    return logits.values;
  }

  it('of an evaluation holds the networks that gave the held-out logits, two for each pair of folds', async () => {
    const path = join(folder, 'evaluation');
    const matrix = gaussianSample(100, [0, 1], 4);
    const evaluation = await evaluate(gaussianSample(100, [1, 0], 3), matrix, {
      ...small,
      whitening: false,
      clip: { lower: 0.1, upper: 10 },
    });
    await evaluation.ensemble.save(path);
    const files = readdirSync(path).sort();
    expect(files).toEqual([
      'ensemble.safetensors',
      ...[0, 1].map((number) => `member-00${number}-network-without-0-1.safetensors`),
      ...[2, 3].map((number) => `member-00${number}-network-without-0-2.safetensors`),
      ...[4, 5].map((number) => `member-00${number}-network-without-1-2.safetensors`),
    ]);
    const members = await Promise.all(files.slice(1).map((file) => logitsOfNetwork(path, file, matrix)));
    const leftOut = [0, 0, 1, 1, 2, 2].map(
      (pair) =>
        [
          [0, 1],
          [0, 2],
          [1, 2],
        ][pair] as number[],
    );
    const { logits, logRatios } = await evaluation.ensemble.score(matrix);
    const { tensors } = decodeSafetensors(readFileSync(join(path, 'ensemble.safetensors')), 'ensemble');
    const [weight, constant] = ['sum.weights', 'sum.constant'].map((name) => tensors.get(name)?.values[0]);
    const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    for (let row = 0; row < 100; row++) {
      const fold = evaluation.generated.fold[row] as number;
      const blind = members.filter((_, member) => leftOut[member]?.includes(fold));
      expect(blind).toHaveLength(4);
      const heldOut = mean(blind.map((member) => member[row] as number));
      expectClose(
        evaluation.generated.logits.values[row] as number,
        heldOut,
        1e-5,
        1e-6,
        `held out, row ${row}`,
      );
      const all = mean(members.map((member) => member[row] as number));
      expectClose(logits.values[row] as number, all, 1e-5, 1e-6, `mean, row ${row}`);
      const ratio = (weight as number) * (logits.values[row] as number) + (constant as number);
      expectClose(logRatios[row] as number, ratio, 1e-12, 1e-12, `ln w, row ${row}`);
    }
  });

  it('of networks alone is their mean', async () => {
    const source = join(folder, 'evaluation');
    const path = join(folder, 'networks');
    const sample = gaussianSample(40, [0, 0], 6);
    mkdirSync(path);
    const logits: Float32Array[] = [];
    for (const file of readdirSync(source).sort().slice(1, 4)) {
      logits.push(await logitsOfNetwork(source, file, sample));
      copyFileSync(join(folder, file), join(path, file));
    }
    const loaded = await ClassifierEnsemble.load(path);
    expect(loaded).toMatchObject({ members: 3, learners: ['network'] });
    await loaded.save(`${path} again`);
    const again = await ClassifierEnsemble.load(`${path} again`);
    expect(await again.score(sample)).toEqual(await loaded.score(sample));
    const { logRatios, logRatioErrors } = await loaded.score(sample);
    expect(logRatioErrors.every(Number.isNaN)).toBe(true);
    for (const [row, ratio] of logRatios.entries()) {
      const mean = logits.reduce((sum, member) => sum + (member[row] as number), 0) / 3;
      expectClose(ratio, mean, 1e-6, 1e-6, `row ${row}`);
    }
  });

  it('keeps weights as outputs × inputs in the file', () => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(join(saved, first)), 'saved');
    expect(tensors.get('layers.0.weight')?.shape).toEqual([9, 25]);
    expect(tensors.get('layers.1.weight')?.shape).toEqual([5, 9]);
    expect(tensors.get('layers.2.bias')?.shape).toEqual([1]);
    expect(JSON.parse(metadata['caloscope'] ?? '')).toMatchObject({
      learner: 'network',
      activation: 'silu',
      number: 0,
      leftOut: [0, 1],
    });
  });

  it('refuses a sample of another kind', async () => {
    const loaded = await ClassifierEnsemble.load(saved);
    await expect(loaded.score(gaussianSample(5, [0, 0], 1))).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
  });
});
