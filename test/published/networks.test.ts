import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '#caloscope/formats/safetensors/safetensors';
import { scoresOfTensors } from '../support/network-of-tensors.js';
import { steps } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

const activations = ['relu', 'leaky-relu', 'tanh'] as const;
const published = publishedNumbers<{
  readonly file: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly logits: { readonly [activation in (typeof activations)[number]]: readonly number[] };
}>('networks');

describe('safetensors, written by Python', () => {
  const content = decodeSafetensors(Buffer.from(published.file, 'base64'), 'network.safetensors');
  const rows = Float32Array.from(steps(41, 30), (u) => Math.floor(u * 64) / 16 - 2);

  it('has its tensors and texts', () => {
    const shapes = Object.fromEntries([...content.tensors].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual(published.shapes);
    expect(content.metadata).toEqual({ framework: 'numpy' });
  });

  it.each(activations)('the logits of NumPy, %s', async (activation) => {
    const layers = [0, 2, 4].map((i) => [`net.${i}.weight`, `net.${i}.bias`] as const);
    const { logits, logRatios } = await scoresOfTensors(content, layers, activation, rows);
    expectAllClose(logits, published.logits[activation], 1e-5, 1e-4, activation);
    expect(logRatios).toEqual(Float64Array.from(logits));
  });
});
