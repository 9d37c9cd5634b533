// How much memory `weights` needs on a large file: dataset-3 shape, 8 % occupancy, nothing packed. Needs
// python3 with h5py and the room on the disk.
//
//   node benchmarks/streaming-memory.mjs [showers, default 100000: 16 GB]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveGeometry, showersFromArrays, trainClassifier } from 'caloscope';
import { python } from './harness/context.mjs';
import { RandomNumbers } from './harness/random-numbers.mjs';

const showers = Number(process.argv[2] ?? 100_000);
const voxels = 40_500;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-streaming-'));
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** The process says at its end how much memory it had at most. */
const reporter = `process.on('exit', () => process.stderr.write(process.resourceUsage().maxRSS + ' KiB\\n'))`;

function run(command, words) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, stdout, stderr };
}

/** A classifier of little training: what it says does not matter here. */
async function saveClassifier(path) {
  const geometry = await resolveGeometry('ds3');
  const random = new RandomNumbers(1);
  const sample = () => {
    const lit = () => (random.uniform() < 0.08 ? 20 * random.uniform() : 0);
    const energies = Float32Array.from({ length: 60 * voxels }, lit);
    const incidentEnergies = Float64Array.from({ length: 60 }, () => 1000 + 1e6 * random.uniform());
    return showersFromArrays({ incidentEnergies, voxels: energies }, geometry, 'noise');
  };
  const classifier = { hidden: [128, 128], epochs: 1 };
  const { ensemble } = await trainClassifier(sample(), sample(), {
    folds: 3,
    learners: ['network'],
    features: 'low',
    classifier,
  });
  await ensemble.save(path);
}

try {
  const file = join(folder, 'showers.hdf5');
  run(python, [fileURLToPath(new URL('peers/large_file.py', import.meta.url)), file, `${showers}`]);
  const classifier = join(folder, 'classifier');
  await saveClassifier(classifier);
  const out = join(folder, 'weights.hdf5');
  const words = [program, 'weights', classifier, file, '--out', out, '--json'];
  const { seconds, stdout, stderr } = run(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(reporter)}`,
    ...words,
  ]);
  const { rows } = JSON.parse(stdout);
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
  console.log(`file                ${gigabytes(statSync(file).size)}, ${rows} showers`);
  console.log(`largest memory      ${gigabytes(1024 * Number.parseInt(stderr, 10))}`);
  console.log(`file to weights     ${seconds.toFixed(1)} s`);
} finally {
  rmSync(folder, { recursive: true });
}
