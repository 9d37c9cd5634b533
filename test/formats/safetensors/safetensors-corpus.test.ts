import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CaloscopeError, type ErrorCode } from '#caloscope/errors';
import { decodeSafetensors } from '#caloscope/formats/safetensors/safetensors';
import { expectClose } from '../../support/closeness.js';
import { scoresOfTensors } from '../../support/network-of-tensors.js';
import { readNpy } from '../../support/npy.js';
import { hasSharedData, sharedPath } from '../../support/shared-data.js';

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly group: 'good' | 'bad';
  readonly case: string;
  readonly special: string;
  readonly classes?: readonly string[];
  readonly layers?: readonly {
    readonly weight: string;
    readonly bias: string;
    readonly shape: [number, number];
  }[];
  readonly activation?: 'relu' | 'leakyrelu' | 'tanh';
  readonly inputs?: string;
  readonly logits?: string;
  readonly tolerance?: { readonly abs: number; readonly rel: number };
}

const corpus = (...parts: string[]) => sharedPath('corpus', ...parts);
const manifest: { entries: Entry[] } = hasSharedData
  ? JSON.parse(readFileSync(corpus('manifest.json'), 'utf8'))
  : { entries: [] };
const entries = manifest.entries.filter(({ kind }) => kind === 'safetensors');

/** What the error classes of the corpus are called here. */
const codesOf: Readonly<Record<string, readonly ErrorCode[]>> = {
  corrupt: ['ERR_FILE_CORRUPT'],
  truncated: ['ERR_FILE_TRUNCATED'],
  'empty-file': ['ERR_FILE_TRUNCATED'],
  'too-large': ['ERR_TOO_LARGE'],
  'wrong-type': ['ERR_DATASET_TYPE'],
  'non-finite': ['ERR_NON_FINITE'],
  'shape-mismatch': ['ERR_CLASSIFIER', 'ERR_SHAPE'],
};

describe.skipIf(!hasSharedData)('safetensors corpus', () => {
  it('is there', () => {
    expect(entries.filter(({ group }) => group === 'good').length).toBe(8);
    expect(entries.filter(({ group }) => group === 'bad').length).toBe(20);
  });

  it.each(entries.filter(({ group }) => group === 'good'))('reads $case: $special', async (entry) => {
    const content = decodeSafetensors(readFileSync(corpus(entry.file)), entry.file);
    const layers = entry.layers ?? [];
    for (const { weight, shape } of layers) expect(content.tensors.get(weight)?.shape).toEqual(shape);
    const { values } = readNpy(corpus(entry.inputs as string));
    const names = layers.map(({ weight, bias }) => [weight, bias] as const);
    const activation = entry.activation === 'leakyrelu' ? 'leaky-relu' : (entry.activation ?? 'relu');
    const { logits, logRatios } = await scoresOfTensors(
      content,
      names,
      activation,
      Float32Array.from(values),
    );
    const expected = readNpy(corpus(entry.logits as string)).values;
    expect(logits.length).toBe(expected.length);
    expect(logRatios).toEqual(Float64Array.from(logits));
    const { abs, rel } = entry.tolerance as { abs: number; rel: number };
    for (const [row, logit] of logits.entries()) {
      expectClose(logit, expected[row] as number, rel, abs, `${entry.case}, row ${row}`);
    }
  });

  it.each(entries.filter(({ group }) => group === 'bad'))('refuses $case: $special', async (entry) => {
    const bytes = readFileSync(corpus(entry.file));
    const before = process.memoryUsage().rss;
    const start = performance.now();
    // The layers of the good files: these two decode, and the network made of them is refused.
    const names = [0, 2, 4].map((i) => [`net.${i}.weight`, `net.${i}.bias`] as const);
    const error = await Promise.resolve()
      .then(() => scoresOfTensors(decodeSafetensors(bytes, entry.file), names, 'relu', new Float32Array(12)))
      .then(() => null)
      .catch((reason: unknown) => reason);
    expect(performance.now() - start).toBeLessThan(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    expect(error).toBeInstanceOf(CaloscopeError);
    const { code, message } = error as CaloscopeError;
    expect((entry.classes ?? []).flatMap((name) => codesOf[name] ?? [])).toContain(code);
    expect(message).not.toMatch(/\n/);
  });
});
