/**
 * Two ranks of one core each beside one rank of one core: the same evaluation, in turn, on the clock, and the time of the processor that is
 * busiest, which other work on the machine changes less. The results must be equal.
 *
 *   node benchmarks/ranks/two-ranks.mjs [--showers 20000] [--rounds 3] [--launcher mpirun] [options of evaluate]
 *
 * Needs the addon (npm run build:mpi) and a launcher of that MPI; Open MPI binds each rank to a core.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulateShowers } from 'caloscope';

const words = process.argv.slice(2);
const option = (name, usual) => {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? usual : words.splice(at, 2)[1];
};
const showers = Number(option('showers', 20_000));
const rounds = Number(option('rounds', 3));
const launcher = option('launcher', 'mpirun');
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'caloscope-ranks-'));
const [reference, generated] = ['reference', 'generated'].map((name) => join(folder, `${name}.hdf5`));
await simulateShowers(reference, { geometry: 'calogan', showers, seed: 1 });
await simulateShowers(generated, { geometry: 'calogan', showers, seed: 2, distortion: 'width' });

/** Each process writes how long it kept its processor busy. */
const preload = (into) =>
  `data:text/javascript,${encodeURIComponent(
    `import { writeFileSync } from 'node:fs';
     process.on('exit', () => {
       const { userCPUTime, systemCPUTime } = process.resourceUsage();
       writeFileSync(${JSON.stringify(into)} + '/' + process.pid, String((userCPUTime + systemCPUTime) / 1e6));
     });`,
  )}`;

const isOpenMpi = /open mpi|openrte/i.test(spawnSync(launcher, ['--version'], { encoding: 'utf8' }).stdout);
const bound = isOpenMpi ? ['--bind-to', 'core'] : ['-bind-to', 'core'];

function evaluateOn(ranks, round) {
  const used = join(folder, `used-${ranks}-${round}`);
  mkdirSync(used);
  const out = join(folder, `result-${ranks}`);
  const call = [
    'evaluate',
    reference,
    generated,
    '--out',
    out,
    '--force',
    '--quiet',
    '--threads',
    '1',
    ...words,
  ];
  const start = performance.now();
  const { status, stderr } = spawnSync(
    launcher,
    [...bound, '-n', String(ranks), process.execPath, '--import', preload(used), program, ...call],
    {
      encoding: 'utf8',
      env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
    },
  );
  if (status !== 0) throw new Error(stderr);
  const clock = (performance.now() - start) / 1000;
  const processors = readdirSync(used).map((name) => Number(readFileSync(join(used, name), 'utf8')));
  const { run: _, ...result } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  return { clock, busiest: Math.max(...processors), all: processors, result: JSON.stringify(result) };
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
try {
  console.log(`${cpus()[0]?.model}, ${launcher}, ${showers} showers a sample, ${rounds} rounds`);
  const ratios = { clock: [], busiest: [] };
  for (let round = 0; round < rounds; round++) {
    const [one, two] = [evaluateOn(1, round), evaluateOn(2, round)];
    if (one.result !== two.result) throw new Error('two ranks end in another result');
    for (const what of ['clock', 'busiest']) ratios[what].push(one[what] / two[what]);
    const text = ({ clock, all }) =>
      `${clock.toFixed(1)} s (processors ${all.map((s) => s.toFixed(1)).join(', ')})`;
    console.log(`one rank ${text(one)}, two ranks ${text(two)}`);
  }
  console.log(
    `one rank / two ranks: clock ${median(ratios.clock).toFixed(2)}, busiest processor ${median(ratios.busiest).toFixed(2)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
