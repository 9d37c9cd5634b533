// How much memory and time `evaluate` needs for showers of the form of the HGCal challenge, (N,47,cells), at the same number of
// hits and more and more cells: what grows with the cells shows. Needs 0.5 GB on the disk for 10,000 showers.
//
//   node benchmarks/hgcal-memory.mjs [showers a sample, default 10000] [cells a layer …, default 213 2128 22268]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHdf5 } from '../dist/formats/hdf5/writer/writing.js';
import { RandomNumbers } from './harness/random-numbers.mjs';

const layers = 47;
/** 0.3 % of 47 × 22268 cells. */
const hitsPerShower = 3140;
const [showers = 10_000, ...chosen] = process.argv.slice(2).map(Number);
const cellsPerLayer = chosen.length > 0 ? chosen : [213, 2128, 22_268];
const folder = mkdtempSync(join(tmpdir(), 'caloscope-hgcal-'));
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** The process says at its end how much memory it had at most, and how long it computed on all cores together. */
const reporter = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('\\n' + maxRSS + ' KiB ' + (userCPUTime + systemCPUTime) + ' us\\n');
})`;

/** Hits of each layer: more in the middle of the depth, at most twice the average. */
const depthProfile = Array.from({ length: layers }, (_, layer) =>
  Math.sin((Math.PI * (layer + 0.5)) / layers),
);

/** Puts a shower of some energy into `cells`, whose hits are distinct cells, denser where their numbers are small. GeV. */
function fillShower(cells, perLayer, energy, scale, random) {
  const sum = depthProfile.reduce((a, b) => a + b, 0);
  for (const [layer, share] of depthProfile.entries()) {
    const hits = Math.round((share / sum) * hitsPerShower * (0.9 + 0.2 * random.uniform()));
    for (let hit = 0; hit < hits; hit++) {
      let cell = Math.floor(perLayer * random.uniform() ** 2);
      while (cells[layer * perLayer + cell] !== 0) cell = (cell + 1) % perLayer;
      cells[layer * perLayer + cell] = (-Math.log(random.uniform()) * scale * energy) / hitsPerShower / 50;
    }
  }
}

async function writeShowers(path, perLayer, seed, scale) {
  const random = new RandomNumbers(seed);
  const writer = await createHdf5(path, {
    datasets: [
      { path: 'gen_info', type: 'f4', rowShape: [3] },
      { path: 'showers', type: 'f4', rowShape: [layers, perLayer] },
    ],
  });
  const blockRows = Math.max(1, Math.floor(2 ** 22 / (layers * perLayer)));
  for (let first = 0; first < showers; first += blockRows) {
    const rows = Math.min(blockRows, showers - first);
    const info = new Float32Array(rows * 3);
    const voxels = new Float32Array(rows * layers * perLayer);
    for (let row = 0; row < rows; row++) {
      const energy = 50 + 250 * random.uniform();
      info.set([energy, 2 + 0.1 * random.uniform(), random.uniform()], row * 3);
      const length = layers * perLayer;
      fillShower(voxels.subarray(row * length, (row + 1) * length), perLayer, energy, scale, random);
    }
    await writer.append({ gen_info: info, showers: voxels }, rows);
  }
  await writer.close();
}

function evaluate(reference, generated, out) {
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(reporter)}`],
      ...[program, 'evaluate', reference, generated, '--out', out, '--seed', '1'],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`evaluate ended with ${status}: ${stderr}`);
  const [, kibibytes, microseconds] = /(\d+) KiB (\d+) us\n$/.exec(stderr);
  return {
    seconds: (performance.now() - start) / 1000,
    processor: Number(microseconds) / 1e6,
    memory: 1024 * Number(kibibytes),
  };
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
try {
  const [{ model }] = cpus();
  const machine = `${cpus().length} cores, ${model}, Node ${process.versions.node}`;
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}; 2 × ${showers} showers`);
  console.log(
    '| cells a shower | hits a shower | file | time | processor time | largest memory |\n|---|---|---|---|---|---|',
  );
  for (const perLayer of cellsPerLayer) {
    const [reference, generated] = ['reference', 'generated'].map((name) => join(folder, `${name}.hdf5`));
    await writeShowers(reference, perLayer, 1, 1);
    await writeShowers(generated, perLayer, 2, 1.03);
    const { seconds, processor, memory } = evaluate(reference, generated, join(folder, 'result'));
    const size = gigabytes(statSync(reference).size);
    console.log(
      `| ${layers * perLayer} | ${hitsPerShower} | ${size} | ${seconds.toFixed(0)} s | ${processor.toFixed(0)} s | ${gigabytes(memory)} |`,
    );
    for (const path of [reference, generated, join(folder, 'result')]) rmSync(path, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}
