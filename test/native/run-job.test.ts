import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { native } from '#caloscope/native/binding';
import type { PreparedSamplesHandle } from '#caloscope/native/contract/training';
import { runJob } from '#caloscope/native/run-job';
import { oneInputNetwork } from '../support/one-input-network.js';
import { processorClock } from '../support/processor-time.js';
import { meanOfNetworks } from '../support/small-ensembles.js';

const columns = Array.from({ length: 20 }, (_, i) => `x${i}`);

function table(rows: number, shift: number) {
  const values = Float32Array.from(
    { length: rows * columns.length },
    (_, i) => Math.sin(i * 12.9898) + shift,
  );
  return { values, columns, name: `shift ${shift}` };
}

/** Long enough to be interrupted at any time. */
const long = { classifier: { epochs: 500, patience: 500, hidden: [128, 128] } } as const;

const computer = { threads: 2, cudaDevices: new Uint32Array(0) };

describe('a job', () => {
  it('rejects with the reason of the signal soon after the abort, at any stage', async () => {
    for (const wait of [0, 1, 5, 20, 100, 300]) {
      const controller = new AbortController();
      const reason = new Error(`stopped after ${wait} ms`);
      let worked = () => Number.POSITIVE_INFINITY;
      setTimeout(() => {
        worked = processorClock();
        controller.abort(reason);
      }, wait);
      const options = { ...long, threads: 2, signal: controller.signal };
      await expect(evaluate(table(3000, 0), table(3000, 0.1), options)).rejects.toBe(reason);
      expect(worked()).toBeLessThan(0.2);
    }
  });

  it('is not begun when the signal is aborted already', async () => {
    const reason = new Error('before');
    const run = runJob(
      () => {
        throw new Error('begun');
      },
      { signal: AbortSignal.abort(reason) },
    );
    await expect(run).rejects.toBe(reason);
  });

  it('rejects with what its progress callback throws', async () => {
    const onProgress = () => {
      throw new RangeError('from the callback');
    };
    await expect(evaluate(table(3000, 0), table(3000, 0.1), { ...long, onProgress })).rejects.toThrow(
      'from the callback',
    );
  });

  it('keeps what it needs when a handle is disposed of while it runs', async () => {
    const features = native().makeMatrix(table(2000, 0).values, columns.length);
    const plan = {
      folds: 3,
      members: 1,
      seed: 1,
      learners: ['network', 'logistic'],
      split: null,
      input: 'two columns',
      groups: new Uint32Array(0),
      validationFraction: 0.2,
      hidden: Uint32Array.of(64),
      activation: 'relu',
      slope: 0,
      epochs: 3,
      batchSize: 64,
      learningRate: 1e-3,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      dropout: 0,
      patience: 3,
      schedule: 'plateau',
      precision: 'float32',
    } as const;
    const preparing = runJob<PreparedSamplesHandle>((notify) =>
      native().prepareSamples(features, features, new Float64Array(0), true, computer, notify),
    );
    native().dispose(features);
    const samples = await preparing;
    const job = runJob<{ records: readonly unknown[] }>((notify) =>
      native().crossFit(samples, plan, null, computer, notify),
    );
    native().dispose(samples);
    const { records } = await job;
    expect(records.map((record) => record === null)).toEqual([false, true, false, true, false, true]);
    expect(() => native().crossFit(samples, plan, null, computer, () => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_DISPOSED' }),
    );
  });

  it('carries the stack of its caller and the code of the core', async () => {
    const features = native().makeMatrix(new Float32Array(8), 2);
    async function someCaller() {
      await runJob((notify) =>
        native().scoreRows(
          meanOfNetworks([native().createMember(oneInputNetwork())]),
          features,
          { ...computer, precision: 'float32' },
          notify,
        ),
      );
    }
    const error = await someCaller().catch((caught: Error & { code: string }) => caught);
    expect(error).toMatchObject({ code: 'ERR_SHAPE', name: 'NativeError' });
    expect(error?.stack).toContain('someCaller');
  });

  it('ends with its worker thread, however often', async () => {
    const code = `
      const { workerData } = require('node:worker_threads');
      import(workerData).then(({ evaluate }) => {
        const columns = ['x', 'y'];
        const table = (s) => ({ columns, values: Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i) + s) });
        evaluate(table(0), table(1), { classifier: { epochs: 500, patience: 500 } }).catch(() => undefined);
        setTimeout(() => require('node:worker_threads').parentPort.postMessage('running'), 50);
      });`;
    for (let i = 0; i < 5; i++) {
      const worker = new Worker(code, {
        eval: true,
        workerData: import.meta.resolve('#caloscope/evaluation/evaluate'),
      });
      await new Promise((resolve) => worker.once('message', resolve));
      const start = performance.now();
      await worker.terminate();
      expect(performance.now() - start).toBeLessThan(20_000);
    }
  });

  it('does not keep a process from exiting with process.exit', async () => {
    const code = `
      import { evaluate } from '#caloscope/evaluation/evaluate';
      const columns = ['x', 'y'];
      const table = (s) => ({ columns, values: Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i) + s) });
      evaluate(table(0), table(1), { classifier: { epochs: 500, patience: 500 } });
      setTimeout(() => process.exit(7), 200);`;
    const run = promisify(execFile)('node', ['--input-type=module', '-e', code], { timeout: 20_000 });
    await expect(run).rejects.toMatchObject({ code: 7 });
  });
});
