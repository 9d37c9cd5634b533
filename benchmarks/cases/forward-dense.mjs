// One network on dense rows that lie ready on both sides: the kernels and nothing else.
import { predictionFor } from '#caloscope/classifier/ensemble';
import { makeFeatures, sampleOf } from '#caloscope/samples/kinds';
import { ensembleOf, operationsPerRow, randomNetwork } from '../forward/networks.mjs';
import { OnnxPeer } from '../forward/onnx-peer.mjs';
import { agreementOf, largestDifferenceInWidths } from '../harness/agreement.mjs';
import { median } from '../harness/measure.mjs';
import { fmaRate } from '../harness/native-program.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';

const widths = [508, 512, 512, 512, 1];

async function prepare(context) {
  const rows = context.size(100_000, 10_000);
  const random = new RandomNumbers(1);
  const values = Float32Array.from({ length: rows * widths[0] }, () => random.normal());
  const network = randomNetwork(widths, 2);
  const input = { kind: 'matrix', columns: Array.from({ length: widths[0] }, (_, i) => `x${i}`) };
  const ensemble = ensembleOf([network], input);
  const table = await makeFeatures(sampleOf({ values, columns: input.columns }), input);
  const how = predictionFor({});
  const peer = await OnnxPeer.start(context, [network], () => values, widths[0]);
  const { logits } = await ensemble.scoresOf(table, how, {});
  const difference = largestDifferenceInWidths(logits, await peer.logits());
  /** Of the rate that the multipliers reach right after, one a run. */
  const shares = [];
  const operations = rows * operationsPerRow(network);
  return {
    agreement: agreementOf({ 'largest difference of logits, in their rms': [difference, 1e-4] }),
    settings: { rows, peer: peer.settings },
    async ours() {
      const start = performance.now();
      await ensemble.scoresOf(table, how, {});
      const seconds = (performance.now() - start) / 1000;
      shares.push(operations / seconds / 1e9 / fmaRate({ threads: context.cores }));
      return seconds;
    },
    theirs: () => peer.seconds(),
    figures: ({ ours }) => [
      { name: 'achieved', value: operations / ours / 1e9, unit: 'GFLOP/s' },
      { name: 'share of the measured FMA rate', value: median(shares.slice(1)), target: 0.9 },
    ],
    close() {
      table.dispose();
      ensemble.dispose();
    },
  };
}

export default {
  name: 'MLP 508→512→512→512→1, 100k dense random rows, float32',
  peer: 'onnxruntime',
  unit: 's',
  target: 1,
  prepare,
};
