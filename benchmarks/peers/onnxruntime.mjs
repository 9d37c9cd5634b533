// onnxruntime-node on rows that lie ready in memory: best number of threads and rows a call are searched first.
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { say, serve } from './protocol.mjs';

let ort;
try {
  ort = createRequire(import.meta.url)('onnxruntime-node');
} catch {
  say({ missing: 'onnxruntime-node is not installed (benchmarks/install-peers.sh)' });
  process.exit(0);
}

/** Settings that are tried on all rows, after all have been tried on some. */
const finalists = 3;

/** `values`: the rows of each session, or one array for all. */
const state = { rows: 0, columns: 0, values: [], models: [], sessions: [], batch: 0 };

/** Float32 numbers of a file; larger than what Node reads at once. */
function readFloats(path) {
  const file = openSync(path);
  const bytes = new Uint8Array(fstatSync(file).size);
  for (let place = 0; place < bytes.length; ) {
    place += readSync(file, bytes, place, Math.min(bytes.length - place, 2 ** 30), null);
  }
  closeSync(file);
  return new Float32Array(bytes.buffer);
}

async function openSessions(threads) {
  for (const session of state.sessions) await session.release();
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: { set_denormal_as_zero: '1' } },
  };
  state.sessions = [];
  for (const model of state.models) state.sessions.push(await ort.InferenceSession.create(model, options));
}

/** All sessions over the first `rows` rows, `batch` at a time: a batch stays in cache for all of them. */
async function predict(rows, batch, logits) {
  const { columns, values, sessions } = state;
  for (let first = 0; first < rows; first += batch) {
    const end = Math.min(rows, first + batch);
    const inputs = values.map((rows) => {
      const part = rows.subarray(first * columns, end * columns);
      return { rows: new ort.Tensor('float32', part, [end - first, columns]) };
    });
    for (const [member, session] of sessions.entries()) {
      const output = await session.run(inputs[member] ?? inputs[0]);
      logits.set(output.logits.data, member * state.rows + first);
    }
  }
}

async function secondsOf(rows, batch, logits) {
  const start = performance.now();
  await predict(rows, batch, logits);
  return (performance.now() - start) / 1000;
}

/** The better of two: something else may have had the processor. */
async function bestSecondsOf(rows, batch, logits) {
  return Math.min(await secondsOf(rows, batch, logits), await secondsOf(rows, batch, logits));
}

const newLogits = () => new Float32Array(state.rows * state.models.length);

/** Tries all pairs of threads and rows a call on some rows, the best of them on all, and keeps the best. */
async function search({ threads, batches, rowsOfTrial }) {
  const logits = newLogits();
  const trials = [];
  const rows = Math.min(state.rows, rowsOfTrial);
  for (const count of threads) {
    await openSessions(count);
    for (const batch of batches) {
      const some = Math.max(rows, Math.min(batch, state.rows));
      await predict(Math.min(some, batch), batch, logits);
      trials.push({
        threads: count,
        batch,
        rowsPerSecond: some / (await bestSecondsOf(some, batch, logits)),
      });
    }
  }
  trials.sort((a, b) => b.rowsPerSecond - a.rowsPerSecond);
  let best = null;
  for (const trial of trials.slice(0, finalists)) {
    await openSessions(trial.threads);
    await predict(Math.min(rows, trial.batch), trial.batch, logits);
    const seconds = await bestSecondsOf(state.rows, trial.batch, logits);
    if (!best || seconds < best.seconds) best = { ...trial, seconds };
  }
  await openSessions(best.threads);
  state.batch = best.batch;
  return { threads: best.threads, batch: best.batch };
}

await serve(
  {
    load({ models, rowsFiles, columns }) {
      state.models = models;
      state.values = rowsFiles.map(readFloats);
      state.columns = columns;
      state.rows = state.values[0].length / columns;
    },
    search,
    async run() {
      return secondsOf(state.rows, state.batch, newLogits());
    },
    /** Writes models × rows logits. */
    async logits({ file }) {
      const logits = newLogits();
      await predict(state.rows, state.batch, logits);
      writeFileSync(file, logits);
    },
  },
  { 'onnxruntime-node': ort.env.versions.node },
);
