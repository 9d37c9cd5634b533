import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { type ErrorCode, FileError } from '#caloscope/errors';
import { expectClose } from '../../support/closeness.js';
import { readNpy } from '../../support/npy.js';
import { hasSharedData, sharedPath } from '../../support/shared-data.js';

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly group: 'good' | 'bad' | 'real';
  readonly case: string;
  readonly special: string;
  readonly classes?: readonly string[];
  readonly inputs?: string;
  readonly logits?: string;
  readonly tolerance?: { readonly abs: number; readonly rel: number };
}

const corpus = (...parts: string[]) => sharedPath('corpus', ...parts);
const manifest: { entries: Entry[] } = hasSharedData
  ? JSON.parse(readFileSync(corpus('manifest.json'), 'utf8'))
  : { entries: [] };
const entries = manifest.entries.filter(({ kind }) => kind === 'onnx');
const good = entries.filter(({ group }) => group !== 'bad');
const bad = entries.filter(({ group }) => group === 'bad');

/** What the error classes of the corpus are called here. */
const codesOf: Readonly<Record<string, ErrorCode>> = {
  corrupt: 'ERR_FILE_CORRUPT',
  'empty-file': 'ERR_FILE_TRUNCATED',
  'external-data': 'ERR_EXTERNAL_DATA',
  'dynamic-weights': 'ERR_MODEL',
  'missing-weight': 'ERR_FILE_CORRUPT',
  'multi-input': 'ERR_MODEL',
  'non-finite': 'ERR_NON_FINITE',
  'not-onnx': 'ERR_FILE_CORRUPT',
  opset: 'ERR_OPERATOR_SET',
  'shape-mismatch': 'ERR_SHAPE',
  'too-large': 'ERR_TOO_LARGE',
  'unsupported-graph': 'ERR_MODEL',
  'unsupported-op': 'ERR_OPERATOR',
};

describe.skipIf(!hasSharedData)('corpus of ONNX models', () => {
  it('is there', () => {
    expect([good.length, bad.length]).toEqual([69, 34]);
  });

  it.each(good)('reads $case: $special', async (entry) => {
    const model = await OnnxClassifier.load(corpus(entry.file));
    const logits = await model.logits(readNpy(corpus(entry.inputs as string)).values);
    const expected = readNpy(corpus(entry.logits as string)).values;
    expect(logits.length).toBe(expected.length);
    const { abs, rel } = entry.tolerance as { abs: number; rel: number };
    for (const [row, logit] of logits.entries()) {
      expectClose(logit, expected[row] as number, rel, abs, `${entry.case}, row ${row}`);
    }
  });

  it.each(bad)('refuses $case: $special', async (entry) => {
    const before = process.memoryUsage().rss;
    const error: unknown = await OnnxClassifier.load(corpus(entry.file)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    expect(error).toBeInstanceOf(FileError);
    const { code, message } = error as FileError;
    expect((entry.classes ?? []).map((name) => codesOf[name])).toContain(code);
    expect(message).not.toMatch(/\n/);
    if (code === 'ERR_OPERATOR') expect(message).toMatch(/the node of "\w+" \(.*(Conv|FancyGate|Relu)\)/);
  });
});
