// Compiles the native core into build/Release/, with all processors. Nothing is downloaded.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const manifest = require.resolve('cmake-js/package.json');
const program = join(dirname(manifest), require(manifest).bin['cmake-js']);
const run = spawnSync(
  process.execPath,
  [program, 'compile', '--parallel', String(availableParallelism()), ...process.argv.slice(2)],
  { cwd: resolve(import.meta.dirname, '..'), stdio: 'inherit' },
);
if (run.status !== 0) {
  console.error(
    'caloscope: the native core could not be compiled (see above). CMake 3.22 or later, make or ninja and a C++20 compiler are ' +
      'needed (Debian: apt-get install cmake make g++); then run "npm run build:native".',
  );
  process.exitCode = 1;
}
