import { readFileSync, writeFileSync } from 'node:fs';
import { operationsPerRow, writeOnnx } from './networks.mjs';

/** Rows a call that are tried; all rows at once beside. */
const batches = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

/** Operations of a trial, half a second; and of the largest call that is tried: by then larger ones are not faster. */
const trial = 1e11;
const largestCall = 4e11;

/** onnxruntime-node with its best settings on rows (rows × columns, float32) that lie ready in its memory. */
export class OnnxPeer {
  #process;
  #context;
  /** What the search found best. */
  settings;

  static async start(context, networks, rows, columns) {
    const peer = new OnnxPeer();
    peer.#context = context;
    peer.#process = await context.startNode('onnxruntime.mjs');
    const rowsFile = context.path('rows.f32');
    writeFloats(rowsFile, rows);
    const models = writeOnnx(networks, context);
    await peer.#process.request('load', { models, rowsFile, columns });
    const threads = Array.from({ length: context.cores }, (_, i) => i + 1).filter(
      (count) => count === context.cores || Number.isInteger(Math.log2(count)),
    );
    const all = rows.length / columns;
    const perRow = networks.reduce((sum, network) => sum + operationsPerRow(network), 0);
    peer.settings = await peer.#process.request('search', {
      threads,
      batches: [...batches.filter((size) => size < all), all].filter((size) => size * perRow <= largestCall),
      rowsOfTrial: Math.ceil(trial / perRow),
    });
    return peer;
  }

  seconds() {
    return this.#process.request('run');
  }

  /** models × rows. */
  async logits() {
    const file = this.#context.path('logits.f32');
    await this.#process.request('logits', { file });
    const bytes = readFileSync(file);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
}

/** Raw float32 numbers, in pieces: Node writes at most 2 GiB at once. */
export function writeFloats(path, values) {
  const piece = 2 ** 27;
  writeFileSync(path, '');
  for (let first = 0; first < values.length; first += piece) {
    writeFileSync(path, values.subarray(first, first + piece), { flag: 'a' });
  }
}
