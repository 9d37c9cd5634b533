// Every command that writes, on a file system that fills up at some point of its work: with each of STEPS amounts of free space up to
// what it needs. Afterwards there must be the whole output, or the reason in one line, exit code 1 and nothing of it; the next run, with
// space, must work and leave nothing else behind.
//
//   node test/scripts/faults/full-disk.mjs [--steps 24] [--markdown]
//
// Linux, with a file system in memory that only this script sees (unshare, mount).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const options = { steps: { type: 'string', default: '24' }, markdown: { type: 'boolean', default: false } };
const { values: chosen } = parseArgs({
  options: { ...options, inside: { type: 'boolean', default: false } },
});
if (!chosen.inside) {
  const words = [process.execPath, ...process.argv.slice(1), '--inside'];
  const ended = spawnSync('unshare', ['--mount', '--map-root-user', ...words], { stdio: 'inherit' });
  if (ended.error) throw ended.error;
  process.exit(ended.status ?? 1);
}

const program = resolve(import.meta.dirname, '../../../dist/cli/main.js');
const work = mkdtempSync(join(tmpdir(), 'caloscope-full-'));
process.on('exit', () => {
  process.chdir('/');
  spawnSync('umount', [join(work, 'small')]);
  rmSync(work, { recursive: true, force: true });
});
const small = join(work, 'small');
mkdirSync(small);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small], { encoding: 'utf8' });
if (mounted.status !== 0) throw new Error(`no file system in memory: ${mounted.stderr}`);

const caloscope = (words) =>
  spawnSync(process.execPath, [program, ...words], { cwd: work, encoding: 'utf8' });
function made(words) {
  const { status, stderr } = caloscope(words);
  if (status !== 0) throw new Error(stderr);
}

const toys = ['--showers', '2000', '--quiet'];
const quick = [
  '--learners',
  'network,logistic',
  '--folds',
  '3',
  '--epochs',
  '2',
  '--features',
  'high',
  '--quiet',
];
made(['simulate', 'a.hdf5', ...toys, '--seed', '1']);
made(['simulate', 'b.hdf5', ...toys, '--seed', '2', '--distortion', 'width']);
made(['train', 'a.hdf5', 'b.hdf5', '--out', 'classifier', ...quick]);
made(['evaluate', 'a.hdf5', 'b.hdf5', '--out', 'result', ...quick]);

const commands = {
  simulate: ['simulate', 'small/new.hdf5', ...toys, '--seed', '3'],
  train: ['train', 'a.hdf5', 'b.hdf5', '--out', 'small/new', ...quick],
  'train --resume': ['train', 'a.hdf5', 'b.hdf5', '--out', 'small/new', ...quick, '--resume'],
  evaluate: ['evaluate', 'a.hdf5', 'b.hdf5', '--out', 'small/new', ...quick],
  weights: ['weights', 'classifier', 'b.hdf5', '--out', 'small/new.hdf5', '--quiet'],
  report: ['report', 'result', '--out', 'small/new.html', '--quiet'],
  'report --figures': [
    'report',
    'result',
    '--out',
    'again.html',
    '--force',
    '--figures',
    'small/new',
    '--quiet',
  ],
};

const block = 4096;
const bytesFree = () => Number(statfsSync(small).bavail) * block;
const names = () => readdirSync(small, { recursive: true }).sort();
const cleared = () => {
  for (const name of readdirSync(small)) rmSync(join(small, name), { recursive: true });
};

/** What is wrong after a run that had so many bytes; null: nothing. */
function faultOf(words, free, whole) {
  cleared();
  const ballast = join(small, 'ballast');
  writeFileSync(ballast, Buffer.alloc(bytesFree() - free));
  const { status, signal, stderr } = caloscope(words);
  rmSync(ballast);
  const left = names().join();
  if (signal !== null) return { fault: `ended by ${signal}`, refused: false };
  if (status === 0) {
    return { fault: left === whole ? null : `exit code 0, but there is ${left}`, refused: false };
  }
  const said = stderr.trim();
  const line = /^caloscope: ERR_\w+: .*(space|full)/;
  if (status !== 1 || !line.test(said) || said.includes('\n'))
    return { fault: `exit code ${status}: ${said.slice(0, 400)}`, refused: true };
  const kept = left.split(',').filter((name) => whole.split(',').includes(name));
  if (kept.length > 0) return { fault: `half an output: ${kept.join()}`, refused: true };
  const next = caloscope(words);
  if (next.status !== 0) return { fault: `the next run fails: ${next.stderr}`, refused: true };
  const end = names().join();
  return { fault: end === whole ? null : `left behind after the next run: ${end}`, refused: true };
}

const steps = Number(chosen.steps);
const rows = [];
for (const [name, words] of Object.entries(commands)) {
  cleared();
  const all = bytesFree();
  made(words);
  const needed = all - bytesFree();
  const whole = names().join();
  const outcomes = { 'came to its end': 0, 'refused in one line': 0, wrong: 0 };
  for (let step = 0; step < steps; step++) {
    // The last steps have more than is left in the end: what is written meanwhile and taken away counts, too.
    const free = Math.floor((3 * needed * step) / (steps - 1) / block) * block;
    const { fault, refused } = faultOf(words, free, whole);
    if (fault !== null) {
      outcomes.wrong++;
      console.error(`${name} with ${free} bytes: ${fault}`);
    } else outcomes[refused ? 'refused in one line' : 'came to its end']++;
  }
  rows.push([name, `${Math.round(needed / 1024)} kB`, ...Object.values(outcomes).map(String)]);
  if (!chosen.markdown) console.log(rows.at(-1).join('  '));
}
if (chosen.markdown) {
  const head = ['command', 'needs', 'came to its end', 'refused in one line', 'wrong'];
  console.log([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
}
process.exitCode = rows.some((row) => row.at(-1) !== '0') ? 1 : 0;
