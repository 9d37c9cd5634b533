/**
 * Ends worker threads at any moment of the work in them: while the core is loaded, while jobs run, while files are read and
 * written. The process must live, and every end must come.
 *
 *     node test/scripts/worker-cycles.mjs [ROUNDS]
 *
 * To be run with every version of Node that is supported; prints the resident memory at one tenth of the rounds and at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const root = resolve(import.meta.dirname, '../..');
const secondsToEnd = 20;

const table = (shift) => ({
  columns: ['x', 'y'],
  values: Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i * (i + shift)) + shift),
});

const works = {
  loading: () => undefined,
  evaluate: ({ evaluate }) => evaluate(table(0), table(0.2), { folds: 3, members: 1 }),
  train: ({ trainClassifier }) => trainClassifier(table(0), table(0.2), { folds: 3, members: 2 }),
  simulate: ({ simulateShowers }, folder, round) =>
    simulateShowers(join(folder, `${round}.hdf5`), { geometry: 'calogan', showers: 50_000, seed: 1 }),
  read: async ({ openShowers }, folder) => (await openShowers(join(folder, 'toys.hdf5'))).dispose(),
};

async function cycle(round, folder) {
  const names = Object.keys(works);
  const work = names[round % names.length];
  const worker = new Worker(new URL(import.meta.url), { workerData: { work, folder, round } });
  worker.on('error', () => undefined);
  // A worker that is already at its end sends nothing.
  await new Promise((go) => worker.once('message', go).once('exit', go));
  // Spread over the first 300 ms, most of them early.
  await new Promise((go) => setTimeout(go, 300 * ((round * 0.618) % 1) ** 2));
  let late;
  const limit = new Promise((_, refuse) => {
    late = setTimeout(() => refuse(new Error(`round ${round}, ${work}: no end`)), secondsToEnd * 1000);
  });
  await Promise.race([worker.terminate(), limit]);
  clearTimeout(late);
}

async function main(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-workers-'));
  try {
    const { simulateShowers } = await import(`${root}/dist/index.js`);
    await simulateShowers(join(folder, 'toys.hdf5'), { geometry: 'calogan', showers: 3000, seed: 1 });
    for (let round = 0; round < rounds; round++) {
      await cycle(round, folder);
      const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
      if (round === Math.floor(rounds / 10)) console.log(`${megabytes} MB after ${round + 1} rounds`);
      if (round === rounds - 1) console.log(`${megabytes} MB after ${rounds} rounds: alive`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMainThread) {
  await main(Number(process.argv[2] ?? 1000)).catch((error) => {
    console.log(error.message);
    process.exit(1);
  });
} else {
  const { work, folder, round } = workerData;
  const loading = import(`${root}/dist/index.js`);
  if (work === 'loading') {
    const { createRequire } = await import('node:module');
    parentPort.postMessage('begins');
    createRequire(import.meta.url)(join(root, 'build/Release/caloscope.node'));
    setInterval(() => undefined, 1000);
  } else {
    const library = await loading;
    parentPort.postMessage('begins');
    await works[work](library, folder, round);
  }
}
