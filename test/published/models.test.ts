import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { steps } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Model {
  readonly model: string;
  readonly logits: readonly number[];
}
type Models = Readonly<Record<string, Model>>;

const { models, heads } = publishedNumbers<{ readonly models: Models; readonly heads: Models }>('models');
const rows = Float64Array.from(steps(51, 48), (u) => Math.floor(u * 256) / 64 - 2);
const folder = mkdtempSync(join(tmpdir(), 'caloscope-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function expectLogits(name: string, { model, logits }: Model): Promise<void> {
  const path = join(folder, `${name.replaceAll(' ', '-')}.onnx`);
  writeFileSync(path, Buffer.from(model, 'base64'));
  expectAllClose(await (await OnnxClassifier.load(path)).logits(rows), logits, 1e-5, 1e-5, name);
}

describe('ONNX models, scored by onnxruntime', () => {
  it.each(Object.entries(models))('%s', expectLogits);
});

describe('probabilities of onnxruntime, back to logits', () => {
  it.each(Object.entries(heads))('%s', expectLogits);
});
