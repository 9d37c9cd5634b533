import { readArray, writeArray } from '../harness/arrays.mjs';
import { operationsPerRow, writeOnnx } from './networks.mjs';

/** Rows a call that are tried; all rows at once beside. */
const batches = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

/** Operations of a trial, a quarter of a second; and of the largest call that is tried: by then larger ones are not faster. */
const trial = 5e10;
const largestCall = 4e11;

/** onnxruntime with its best settings on rows (rows × columns, float32) that lie ready in its memory. */
export class OnnxPeer {
  #process;
  #context;
  /** What the search found best. */
  settings;

  /** @param rowsOfNetwork the rows that a network reads; the same array for all, or one each. */
  static async start(context, networks, rowsOfNetwork, columns) {
    const peer = new OnnxPeer();
    peer.#context = context;
    peer.#process = await context.startPython('onnxruntime_forward.py');
    const files = [];
    let written = null;
    let all = 0;
    for (const [i] of networks.entries()) {
      const rows = rowsOfNetwork(i);
      if (rows !== written) {
        files.push(context.path(`rows-${i}.f32`));
        writeArray(files[i], rows);
        written = rows;
        all = rows.length / columns;
      }
    }
    const models = writeOnnx(networks, context);
    await peer.#process.request('load', { models, rows_files: files, columns });
    const threads = Array.from({ length: context.cores }, (_, i) => i + 1).filter(
      (count) => count === context.cores || Number.isInteger(Math.log2(count)),
    );
    const perRow = networks.reduce((sum, network) => sum + operationsPerRow(network), 0);
    peer.settings = await peer.#process.request('search', {
      threads,
      batches: [...batches.filter((size) => size < all), all].filter((size) => size * perRow <= largestCall),
      rows_of_trial: Math.ceil(trial / perRow),
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
    return readArray(file, Float32Array);
  }
}
