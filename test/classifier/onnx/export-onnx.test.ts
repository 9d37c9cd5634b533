import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { exportOnnx } from '#caloscope/classifier/onnx/export-onnx';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { trainClassifier } from '#caloscope/classifier/training';
import { runCommandLine } from '#caloscope/cli/command-line';
import { activations, learnerNames } from '#caloscope/native/contract/ensembles';
import { featureNames } from '#caloscope/samples/kinds';
import { featureRows } from '#caloscope/samples/showers/shower-input';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { gaussianSample } from '../../support/gaussian-samples.js';

class Heard extends Writable {
  text = '';
  override _write(piece: Buffer, _: string, done: () => void): void {
    this.text += piece.toString();
    done();
  }
}

const quick = { folds: 3, threads: 1, classifier: { epochs: 1, hidden: [6, 4] } } as const;
let folder: string;
let showers: string;
let ensemble: ClassifierEnsemble;

function expectEqual(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  const off = Array.from(expected, (value, row) => Math.abs(value - (found[row] as number)));
  expect(Math.max(...off)).toBeLessThan(1e-5);
  expect(Math.max(...Array.from(expected, Math.abs))).toBeGreaterThan(0.01);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-export-'));
  showers = join(folder, 'generated.hdf5');
  const reference = join(folder, 'reference.hdf5');
  await simulateShowers(reference, { geometry: 'calogan', showers: 150, seed: 1 });
  await simulateShowers(showers, { geometry: 'calogan', showers: 150, seed: 2, distortion: 'width' });
  using first = await openShowers(reference);
  using second = await openShowers(showers);
  ({ ensemble } = await trainClassifier(first, second, { ...quick, features: 'full' }));
});
afterAll(() => {
  ensemble.dispose();
  rmSync(folder, { recursive: true });
});

describe('a classifier as an ONNX model', () => {
  it('gives the same ln w, with whitening, voxels and every kind of member, and says what it reads', async () => {
    expect(ensemble.learners).toEqual(learnerNames);
    const path = join(folder, 'full.onnx');
    await exportOnnx(ensemble, path);
    const model = await OnnxClassifier.load(path);
    expect(model).toMatchObject({ head: 'logit', opset: 18, inputs: ensemble.inputs });
    const { input } = ensemble.description;
    expect(JSON.parse(model.metadata.get('features') as string)).toEqual(featureNames(input));
    const expected = await scoreFile(ensemble, showers);
    const found = await scoreFile(model, showers);
    expectEqual(found.logRatios, expected.logRatios);
    expect(found.input).toEqual(input);
    expect(found.warnings).toEqual(expected.warnings);
    using sample = await openShowers(showers);
    expectEqual(await model.logits(featureRows(sample, 'full').values), expected.logRatios);
    await expect(exportOnnx(ensemble, path)).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    await exportOnnx(ensemble, path, { force: true });
    await expect(scoreFile(model, showers, { input: { features: 'full' } })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
  });

  it.each(activations)('gives the same ln w of a table, without whitening: %s', async (activation) => {
    const sample = gaussianSample(400, [1.5, 0, 0, 0], 2);
    const trained = await trainClassifier(gaussianSample(400, [0, 0, 0, 0], 1), sample, {
      ...quick,
      whitening: false,
      learners: ['network'],
      classifier: { ...quick.classifier, epochs: 3, activation },
    });
    using network = trained.ensemble;
    const path = join(folder, `${activation}.onnx`);
    await exportOnnx(network, path);
    const model = await OnnxClassifier.load(path);
    expectEqual(await model.logits(sample.values), (await network.score(sample)).logRatios);
  });

  it('is written by export, and weights takes it', async () => {
    const classifier = join(folder, 'classifier');
    await ensemble.save(classifier);
    const [model, weights] = [join(folder, 'command.onnx'), join(folder, 'weights.hdf5')];
    const run = async (...words: string[]) => {
      const [stdout, stderr] = [new Heard(), new Heard()];
      const { signal } = new AbortController();
      const exitCode = await runCommandLine(words, { stdout, stderr, signal });
      return { exitCode, said: exitCode === 0 ? JSON.parse(stdout.text) : stderr.text };
    };
    const exported = await run('export', classifier, '--out', model, '--json');
    expect(exported.said).toMatchObject({ out: model, inputs: ensemble.inputs, members: ensemble.members });
    const weighed = await run('weights', model, showers, '--out', weights, '--json');
    expect(weighed.said).toMatchObject({ rows: 150, learners: ['onnx'], precision: 'float64' });
    for (const [words, what] of [
      [[model, '--features', 'full'], /ERR_ARGUMENT.*says itself/],
      [[model, '--precision', 'bfloat16'], /ERR_USAGE.*double precision/],
      [[classifier, '--features', 'full'], /ERR_USAGE.*knows what it reads/],
    ] as const) {
      const { exitCode, said } = await run('weights', ...words, showers, '--out', `${weights}2`);
      expect(exitCode).toBe(2);
      expect(said).toMatch(what);
    }
  });
});
