/** What the output of a model speaks of: one number alone is that of class 1, whatever column of a softmax it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { OnnxWriter } from '#caloscope/formats/onnx/onnx-writer';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two columns z0, z1 behind a softmax, and the columns of it that are given out. */
function softmaxModel(name: string, columns: readonly number[]): string {
  const graph = new OnnxWriter('x', 2);
  const identity = graph.constant([2, 2], Float32Array.of(1, 0, 0, 1));
  const scores = graph.node({ operator: 'Gemm', inputs: ['x', identity] });
  const both = graph.node({ operator: 'Softmax', inputs: [scores], attributes: { axis: { int: 1 } } });
  const chosen = graph.constant([columns.length], BigInt64Array.from(columns, BigInt));
  const output = graph.node({ operator: 'Gather', inputs: [both, chosen], attributes: { axis: { int: 1 } } });
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, graph.finish(output, { producer: ['test', '1'], sets: { '': 18 }, metadata: {} }));
  return path;
}

it.each([
  ['both', [0, 1], -2],
  ['both-turned', [1, 0], 2],
  ['first', [0], 2],
  ['second', [1], -2],
])('%s', async (name, columns, expected) => {
  const path = softmaxModel(name, columns);
  const row = Float64Array.of(3.5, 1.5); // z1 − z0 = −2
  for (const [referenceClass, sign] of [
    [1, 1],
    [0, -1],
  ] as const) {
    const model = await OnnxClassifier.load(path, { referenceClass });
    expect(model.head).toBe('softmax');
    expect([...(await model.logits(row))]).toEqual([sign * expected]);
  }
});
