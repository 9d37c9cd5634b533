// Tries inputs on everything that reads files of users in JavaScript, guided by the coverage that V8 counts. An input must end in a
// value or in a CaloscopeError with a known code on one line, in 10 s and 512 MB.
//
//   node test/scripts/fuzz/fuzz.mjs [--inputs N] [--seconds S] [--seed N] [--only TARGET] [--keep FOLDER] [--markdown]
//
// `--inputs 1000000` is for a night. What is found lies in FOLDER (default: build/fuzz-findings); exits with 1 then.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { targets } from './targets.mjs';

const { values: chosen } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '86400' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string', default: resolve(import.meta.dirname, '../../../build/fuzz-findings') },
    markdown: { type: 'boolean', default: false },
  },
});
const folder = resolve(chosen.keep);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Seconds without a word after which a process hangs. */
const patience = 60;

/** Tries on one target; what ends the process is a finding, too. */
async function run(name) {
  const words = [name, folder, chosen.seed, chosen.inputs, chosen.seconds];
  const child = fork(join(import.meta.dirname, 'tries.mjs'), words, {
    execArgv: ['--max-old-space-size=512'],
  });
  let last = { tried: 0, kept: 0, places: 0, findings: 0, done: false };
  let watch;
  const look = () => {
    clearTimeout(watch);
    watch = setTimeout(() => child.kill('SIGKILL'), patience * 1000);
  };
  look();
  child.on('message', (message) => {
    last = message;
    look();
  });
  const [code, signal] = await new Promise((ended) => child.once('exit', (...how) => ended(how)));
  clearTimeout(watch);
  if (last.done) return last;
  const input = join(folder, `${name}.tried`);
  console.error(`${name}: the process ended with ${signal ?? code}; its input: ${input}`);
  if (existsSync(input)) console.error(readFileSync(input).toString('base64').slice(0, 4000));
  return { ...last, findings: last.findings + 1 };
}

if (chosen.markdown)
  console.log(
    '| what reads | inputs | kept for new code | places in the code | findings |\n|---|---|---|---|---|',
  );
let all = 0;
for (const name of Object.keys(targets).filter((one) => one === (chosen.only ?? one))) {
  const { tried, kept, places, findings } = await run(name);
  all += findings;
  const cells = [name, tried, kept, places, findings].map((cell) => cell.toLocaleString('en'));
  console.log(
    chosen.markdown ? `| ${cells.join(' | ')} |` : `${cells[0]}: ${cells[1]} inputs, ${cells[4]} findings`,
  );
}
process.exitCode = all > 0 ? 1 : 0;
