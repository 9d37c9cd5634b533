/** Worker threads that are ended at any moment; in a process of its own, which an abort would end. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = resolve(import.meta.dirname, '../scripts/worker-cycles.mjs');

it('a worker thread may be ended at any moment of loading, training, reading and writing', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '25']);
  expect(stdout).toMatch(/after 25 rounds: alive/);
});
