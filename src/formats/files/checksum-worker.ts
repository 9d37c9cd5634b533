/** The worker thread that works out the SHA-256 of an open file, as hexadecimal digits. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { descriptor } = workerData as { readonly descriptor: number };
const piece = Buffer.allocUnsafeSlow(2 ** 20);
const hash = createHash('sha256');
let position = 0;
for (;;) {
  const length = readSync(descriptor, piece, 0, piece.length, position);
  if (length === 0) break;
  hash.update(piece.subarray(0, length));
  position += length;
}
parentPort?.postMessage(hash.digest('hex'));
