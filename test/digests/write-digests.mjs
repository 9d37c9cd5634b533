// Digests of what a fixed list of calls gives: the guard of a change that must not change a number. Run it with the build
// before and the build after, on one machine, and compare the two files:
//
//   node test/digests/write-digests.mjs before.json
//   node test/digests/write-digests.mjs after.json && diff before.json after.json
//
// A digest covers all numbers and attributes of `weights.hdf5`, and `result.json` without `run`. Files of toy showers carry
// time stamps, so their checksum differs from run to run: in its place stands whether it is that of the file.
// A second argument, a regular expression, makes only the calls whose names fit it.
// With CUDA devices, or their stand-in (CALOSCOPE_CORE), the calls of `device` are made too; otherwise left out by name.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { commandCalls } from './command-calls.mjs';
import { classifierDigest, resultDigest, weightsDigest } from './digest.mjs';
import { libraryCalls } from './library-calls.mjs';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'dist/cli/main.js');
const output = process.argv[2] && resolve(process.argv[2]);
if (!output) {
  console.error('usage: node test/digests/write-digests.mjs FILE.json [PATTERN]');
  process.exit(2);
}

const chosen = new RegExp(process.argv[3] ?? '');
const run = promisify(execFile);
const caloscope = (...words) => run(process.execPath, [program, ...words, '--quiet'], { maxBuffer: 2 ** 26 });

const folder = await mkdtemp(join(tmpdir(), 'caloscope-digests-'));
process.chdir(folder); // so that the paths in results are the same every time
try {
  const library = await import(pathToFileURL(join(root, 'dist/index.js')).href);
  const { stdout } = await run(process.execPath, [program, 'inspect', '--json']);
  const hasDevice = JSON.parse(stdout).cuda.devices.length > 0;
  const digests = {};
  const note = async (name, call) => {
    if (!chosen.test(name)) return;
    const started = performance.now();
    digests[name] = await call();
    console.log(`${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  };

  for (const [file, words] of Object.entries(commandCalls.samples))
    await caloscope('simulate', file, ...words);
  for (const [name, words] of Object.entries(commandCalls.evaluate)) {
    if (name.startsWith('device') && !hasDevice) {
      console.log(`${name}: left out, no CUDA device`);
      continue;
    }
    await note(`evaluate ${name}`, async () => {
      await caloscope('evaluate', ...words, '--out', name);
      return {
        result: await resultDigest(join(name, 'result.json')),
        weights: await weightsDigest(join(name, 'weights.hdf5')),
        classifier: await classifierDigest(join(name, 'classifier')),
      };
    });
  }
  for (const [name, { train, weigh }] of Object.entries(commandCalls.train)) {
    await note(`train and weights ${name}`, async () => {
      await caloscope('train', ...train, '--out', `${name}.classifier`);
      await caloscope('weights', `${name}.classifier`, ...weigh, '--out', `${name}.hdf5`);
      return {
        classifier: await classifierDigest(`${name}.classifier`),
        weights: await weightsDigest(`${name}.hdf5`),
      };
    });
  }
  for (const [name, call] of Object.entries(libraryCalls)) await note(name, () => call(library));
  await writeFile(output, `${JSON.stringify(digests, null, 1)}\n`);
} finally {
  process.chdir(root);
  await rm(folder, { recursive: true, force: true });
}
