// Every call on a file that a command makes fails once: opening, reading, writing, syncing, renaming; and every larger allocation
// of the core. Afterwards there must be
// the old state or the new one, the reason in one line, exit code 1, and the next run must work and leave nothing behind.
//
//   node test/scripts/faults/try-faults.mjs [--every N] [--first N] [--command NAME] [--fault KIND] [--markdown]
//
// All calls, with five kinds of fault, take some hours; `--every N` tries each N-th, from the `--first` one on. Needs a C
// compiler. Prints a table of what came of them; exits with 1 when something was lost, wrong, hung or crashed.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { classifierDigest, resultDigest, weightsDigest } from '../../digests/digest.mjs';

const { values: chosen } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    first: { type: 'string', default: '1' },
    command: { type: 'string' },
    fault: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});

const root = resolve(import.meta.dirname, '../../..');
const program = join(root, 'dist/cli/main.js');
const work = mkdtempSync(join(tmpdir(), 'caloscope-faults-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const library = join(work, 'failing-calls.so');
execFileSync('cc', [
  ...['-shared', '-fPIC', '-O1', '-fexceptions', '-o', library],
  join(import.meta.dirname, 'failing-calls.c'),
  '-ldl',
]);

const { EIO, ENOSPC, EINTR, ENOMEM } = constants.errno;
/** What fails: calls on files, or allocations of the core from some kB on, with this errno. */
const faults = {
  EIO: { error: EIO },
  ENOSPC: { error: ENOSPC },
  EINTR: { error: EINTR },
  'short count': { error: -1 },
  'no memory': { error: ENOMEM, counting: { FAULT_ALLOCATIONS: '4096' } },
};
const mostSeconds = 120;

const quick = ['--learners', 'logistic', '--folds', '3', '--features', 'high', '--quiet'];
/** What is run in a folder with the samples; `output`: what it makes, and the digest of that. */
const commands = {
  simulate: {
    words: ['simulate', 'new.hdf5', '--geometry', 'calogan', '--showers', '100', '--seed', '3', '--quiet'],
    output: 'new.hdf5',
    digest: async (path) => execFileSync('node', [program, 'inspect', path, '--json']).length,
  },
  train: {
    words: ['train', 'a.hdf5', 'b.hdf5', '--out', 'new', ...quick],
    output: 'new',
    digest: classifierDigest,
  },
  evaluate: {
    words: ['evaluate', 'a.hdf5', 'b.hdf5', '--out', 'new', ...quick],
    output: 'new',
    digest: async (path) => [
      await resultDigest(join(path, 'result.json')),
      await weightsDigest(join(path, 'weights.hdf5')),
    ],
  },
  weights: {
    words: ['weights', 'classifier', 'b.hdf5', '--out', 'new.hdf5', '--quiet'],
    output: 'new.hdf5',
    digest: weightsDigest,
  },
  report: {
    words: ['report', 'result', '--out', 'new.html', '--quiet'],
    output: 'new.html',
    digest: async (path) => readFileSync(path).length,
  },
};

const caloscope = (words, options) =>
  execFileSync(process.execPath, [program, ...words], { stdio: 'pipe', ...options });

/** Samples, a classifier and a result, which no run may change. */
function makeInputs(folder) {
  mkdirSync(folder);
  const toys = ['--geometry', 'calogan', '--showers', '150', '--quiet'];
  caloscope(['simulate', 'a.hdf5', ...toys, '--seed', '1'], { cwd: folder });
  caloscope(['simulate', 'b.hdf5', ...toys, '--seed', '2', '--distortion', 'width'], { cwd: folder });
  caloscope(['train', 'a.hdf5', 'b.hdf5', '--out', 'classifier', ...quick], { cwd: folder });
  caloscope(['evaluate', 'a.hdf5', 'b.hdf5', '--out', 'result', ...quick], { cwd: folder });
}

/** Runs a command with a fault; `{ code, signal, said }`. */
function runWith(folder, words, environment) {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { ...process.env, LD_PRELOAD: library, FAULT_FOLDER: folder, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: mostSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  return new Promise((end) => child.on('close', (code, signal) => end({ code, signal, said: said.trim() })));
}

const listing = (folder) => readdirSync(folder, { recursive: true }).sort().join('\n');

/** What is wrong after a run with a fault, in words; null: nothing. */
async function faultOf(folder, { words, output, digest }, { ended, before, whole, right }) {
  const { code, signal, said } = ended;
  if (signal === 'SIGKILL') return 'hung';
  if (signal !== null) return `ended by ${signal}`;
  const path = join(folder, output);
  const same = async () => JSON.stringify(await digest(path)) === right;
  if (code === 0) {
    if (listing(folder) !== whole) return `exit code 0, but there is\n${listing(folder)}`;
    return (await same()) ? null : 'exit code 0 and another result';
  }
  if (code !== 1) return `exit code ${code}`;
  if (!/^caloscope: ERR_\w+: \S/.test(said) || said.includes('\n'))
    return `not one line: ${said.slice(0, 400)}`;
  if (said.includes('defect')) return `called a defect: ${said.slice(0, 400)}`;
  const left = listing(folder);
  if (readdirSync(folder).includes(output) && !(left === whole && (await same()))) return 'half an output';
  try {
    if (!readdirSync(folder).includes(output)) caloscope(words, { cwd: folder });
  } catch (error) {
    return `the next run fails: ${error.stderr}`;
  }
  if (listing(folder) !== whole) return `left behind after the next run: ${listing(folder)}`;
  if (!(await same())) return 'the next run has another result';
  return before.every(([name, bytes]) => bytes.equals(readFileSync(join(folder, name))))
    ? null
    : 'an input changed';
}

const inputs = join(work, 'inputs');
makeInputs(inputs);
const before = ['a.hdf5', 'b.hdf5'].map((name) => [name, readFileSync(join(inputs, name))]);
const rows = [];
let wrong = 0;
for (const [name, command] of Object.entries(commands)) {
  if (chosen.command !== undefined && chosen.command !== name) continue;
  const fresh = () => {
    const folder = join(work, 'run');
    process.chdir(work);
    rmSync(folder, { recursive: true, force: true });
    cpSync(inputs, folder, { recursive: true });
    process.chdir(folder); // results name their files relative to it
    return folder;
  };
  for (const [kind, { error, counting = {} }] of Object.entries(faults)) {
    if (chosen.fault !== undefined && chosen.fault !== kind) continue;
    const first = fresh();
    const log = join(work, 'calls');
    const sound = await runWith(first, command.words, { FAULT_LOG: log, ...counting });
    if (sound.code !== 0) throw new Error(`${name} fails without a fault: ${sound.said}`);
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    rmSync(log);
    const whole = listing(first);
    const right = JSON.stringify(await command.digest(join(first, command.output)));
    const outcomes = { 'went on': 0, refused: 0, wrong: 0 };
    for (let call = Number(chosen.first); call <= calls.length; call += Number(chosen.every)) {
      const folder = fresh();
      const ended = await runWith(folder, command.words, {
        FAULT_CALL: `${call}`,
        FAULT_ERROR: `${error}`,
        ...counting,
      });
      const fault = await faultOf(folder, command, { ended, before, whole, right });
      if (fault !== null) {
        outcomes.wrong++;
        console.error(`${name}, ${kind}, call ${calls[call - 1]}: ${fault}`);
      } else if (ended.code === 0) outcomes['went on']++;
      else outcomes.refused++;
    }
    wrong += outcomes.wrong;
    rows.push([name, `${calls.length}`, kind, ...Object.values(outcomes).map(String)]);
    if (!chosen.markdown) console.log(rows.at(-1).join('  '));
  }
}
if (chosen.markdown) {
  const head = ['command', 'calls', 'fault', 'went on, same result', 'refused in one line', 'wrong'];
  console.log([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
}
process.exitCode = wrong === 0 ? 0 : 1;
