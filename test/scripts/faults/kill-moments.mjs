// Kills an evaluation at random moments, each time resumed, until one is not killed: its result must have the bits of an evaluation that
// never was, and nothing may be left beside it.
//
//   node test/scripts/faults/kill-moments.mjs [KILLS, default 300]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { classifierDigest, resultDigest, weightsDigest } from '../../digests/digest.mjs';

const kills = Number(process.argv[2] ?? 300);
const program = resolve(import.meta.dirname, '../../../dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'caloscope-kills-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.chdir(folder);
const simulate = (name, ...more) =>
  execFileSync('node', [program, 'simulate', name, '--showers', '400', '--quiet', ...more]);
simulate('a.hdf5', '--seed', '1');
simulate('b.hdf5', '--seed', '2', '--distortion', 'width');

const words = (out) => {
  const training = ['--learners', 'network,logistic', '--folds', '3', '--hidden', '16', '--epochs', '6'];
  return [program, 'evaluate', 'a.hdf5', 'b.hdf5', '--out', out, '--resume', '--quiet', ...training];
};
const digest = async (out) =>
  JSON.stringify([
    await resultDigest(join(out, 'result.json')),
    await weightsDigest(join(out, 'weights.hdf5')),
    await classifierDigest(join(out, 'classifier')),
  ]);

const start = performance.now();
execFileSync('node', words('whole'));
const wholeSeconds = (performance.now() - start) / 1000;
const right = await digest('whole');

/** Whether it came to its end before it was killed. */
function runFor(out, seconds) {
  const child = spawn('node', words(out), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const killing = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  return new Promise((end, fail) =>
    child.on('close', (code, signal) => {
      clearTimeout(killing);
      if (signal === 'SIGKILL') end(false);
      else if (code === 0) end(true);
      else fail(new Error(`ended with ${signal ?? code}: ${said}`));
    }),
  );
}

let killed = 0;
for (let round = 1; killed < kills; round++) {
  const out = `result-${round}`;
  // From the first file that is opened to the last that takes its name; a few kills to each result.
  for (let left = 1 + (round % 4); left > 0 && killed < kills; left--) {
    if (await runFor(out, wholeSeconds * 1.1 * Math.random())) break;
    killed += 1;
  }
  while (!(await runFor(out, 600)));
  if ((await digest(out)) !== right) throw new Error(`round ${round}: another result than without kills`);
  const left = readdirSync('.').filter((name) => !['a.hdf5', 'b.hdf5', 'whole', out].includes(name));
  if (left.length > 0) throw new Error(`round ${round}: left behind: ${left.join(', ')}`);
  rmSync(out, { recursive: true });
}
console.log(`${killed} kills: the bits of an evaluation that was not killed, nothing left behind`);
