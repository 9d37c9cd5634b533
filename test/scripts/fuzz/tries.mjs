// In a process of its own: tries inputs on one target, those that reach new code are kept and changed further. What is tried lies in
// a file, so that it is there when the process is gone.
//
//   node tries.mjs TARGET FOLDER SEED INPUTS SECONDS
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutated, Random } from './mutations.mjs';
import { makeTarget } from './targets.mjs';

const [name, folder, seed, inputs, seconds] = process.argv.slice(2);
const { errorCodes } = await import('../../../dist/errors.js');
const { attempt, seeds } = await makeTarget(name);
const path = join(folder, `${name}.tried`);
const ours = pathToFileURL(join(import.meta.dirname, '../../../dist')).href;

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const seen = new Set();

/** Whether code of ours ran that never ran before, or far more often. */
function isNew() {
  let found = false;
  session.post('Profiler.takePreciseCoverage', (_, { result }) => {
    for (const { url, scriptId, functions } of result) {
      if (!url.startsWith(ours)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue;
          const key = `${scriptId}:${startOffset}:${endOffset}:${Math.floor(Math.log2(count) / 2)}`;
          if (seen.has(key)) continue;
          seen.add(key);
          found = true;
        }
      }
    }
  });
  return found;
}

/** What is wrong with the end of an attempt; null: a value, or an error with a known code on one line. */
function wrong(error) {
  if (error.code === 'ERR_INTERNAL' || !(error.code in errorCodes)) return `${error.stack ?? error}`;
  if (/[\n\r]/.test(error.message)) return `more than one line: ${error.message}`;
  return null;
}

const mostMegabytes = 512;
let before = process.memoryUsage.rss();
const random = new Random(Number(seed));
const kept = [...seeds];
const findings = new Set();
const end = performance.now() + Number(seconds) * 1000;
let tried = 0;
while (tried < Number(inputs) && performance.now() < end) {
  const input = tried < seeds.length ? seeds[tried] : mutated(random.of(kept), random, kept);
  writeFileSync(path, input);
  const start = performance.now();
  let finding = null;
  try {
    await attempt(path, input);
  } catch (error) {
    finding = wrong(error);
  }
  const took = (performance.now() - start) / 1000;
  if (took > 10) finding ??= `${took.toFixed(1)} s`;
  const now = process.memoryUsage.rss();
  if (now - before > mostMegabytes * 2 ** 20) finding ??= `${Math.round((now - before) / 2 ** 20)} MB`;
  before = Math.max(before, now);
  tried += 1;
  if (finding !== null) {
    // One input a place in the code.
    const place = finding.split('\n').slice(0, 3).join('\n');
    if (!findings.has(place)) {
      findings.add(place);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}-${findings.size}`), input);
      writeFileSync(join(folder, `${name}-${findings.size}.txt`), finding);
    }
  } else if (input.length > 0 && isNew() && tried > seeds.length) kept.push(input);
  if (tried % 64 === 0)
    process.send?.({ tried, kept: kept.length, places: seen.size, findings: findings.size });
}
process.send?.({ tried, kept: kept.length, places: seen.size, findings: findings.size, done: true });
process.disconnect?.();
process.exit(0);
