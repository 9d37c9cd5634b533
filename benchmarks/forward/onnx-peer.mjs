import { readFileSync, writeFileSync } from 'node:fs';
import { writeOnnx } from './networks.mjs';

/** Rows a call that are tried; all rows at once beside. */
const batches = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

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
    const sizes = [...batches.filter((size) => size < rows.length / columns), rows.length / columns];
    peer.settings = await peer.#process.request('search', { threads, batches: sizes });
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
