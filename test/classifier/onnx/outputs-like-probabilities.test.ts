/** Models that end in a sigmoid or softmax spelled in other operators: their probabilities are taken as ln w, and a warning says so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { OnnxWriter } from '#caloscope/formats/onnx/onnx-writer';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-probabilities-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = 40;
const table = join(folder, 'rows.csv');
writeFileSync(
  table,
  `a,b\n${Array.from({ length: rows }, (_, i) => `${i / 10 - 2},${(i % 7) / 7}`).join('\n')}\n`,
);

const number = (graph: OnnxWriter, value: number) => graph.constant([1], Float32Array.of(value));

/** a + b, in `outputs` equal columns. */
const sum = (graph: OnnxWriter, outputs: number) =>
  graph.node({
    operator: 'Gemm',
    inputs: ['x', graph.constant([2, outputs], new Float32Array(2 * outputs).fill(1))],
  });
const probability = (graph: OnnxWriter, logit: string) => {
  const exponential = graph.node({
    operator: 'Exp',
    inputs: [graph.node({ operator: 'Neg', inputs: [logit] })],
  });
  const denominator = graph.node({ operator: 'Add', inputs: [exponential, number(graph, 1)] });
  return graph.node({ operator: 'Div', inputs: [number(graph, 1), denominator] });
};

const models: Record<string, (graph: OnnxWriter) => string> = {
  logit: (graph) => sum(graph, 1),
  probability: (graph) => probability(graph, sum(graph, 1)),
  /** (1 − p, p): signs on one probability, and what is added. */
  probabilities: (graph) => {
    const signed = graph.node({
      operator: 'Mul',
      inputs: [probability(graph, sum(graph, 2)), graph.constant([2], Float32Array.of(-1, 1))],
    });
    return graph.node({ operator: 'Add', inputs: [signed, graph.constant([2], Float32Array.of(1, 0))] });
  },
  /** Within 0 and 1 both, but without the sum 1. */
  scores: (graph) => probability(graph, sum(graph, 2)),
  /** The same in each row: nothing can be said. */
  constant: (graph) =>
    graph.node({
      operator: 'Add',
      inputs: [
        graph.node({ operator: 'Mul', inputs: [sum(graph, 1), number(graph, 0)] }),
        number(graph, 0.5),
      ],
    }),
};

it.each([
  ['logit', null],
  ['probability', '0.119 to 0.922'],
  ['probabilities', '0.0779 to 0.881'],
  ['scores', null],
  ['constant', null],
])('%s', async (name, range) => {
  const graph = new OnnxWriter('x', 2);
  const path = join(folder, `${name}.onnx`);
  writeFileSync(
    path,
    graph.finish((models[name] as (graph: OnnxWriter) => string)(graph), {
      producer: ['test', '1'],
      sets: { '': 18 },
      metadata: {},
    }),
  );
  const { warnings } = await scoreFile(await OnnxClassifier.load(path), table);
  expect(warnings).toEqual(
    range === null
      ? []
      : [
          {
            code: 'outputs-like-probabilities',
            message: `the outputs of the model are ${range} in all 40 rows, as probabilities are, and are taken as ln w: end the model in Sigmoid or Softmax, or export its logit`,
          },
        ],
  );
});
