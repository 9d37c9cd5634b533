// Install script of the package: takes the native core that is there if it loads and is of this version, and compiles it
// otherwise. Nothing is downloaded.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, '..');

/** Whether a built or prebuilt core loads here and belongs to these sources. */
function coreIsThere() {
  const source = readFileSync(join(root, 'native/addon/module.cc'), 'utf8');
  const abiVersion = Number(/abi_version = (\d+)/.exec(source)?.[1]);
  // In a process of its own: a library that is loaded could not be replaced by the compiler on some systems.
  const script = `process.exit(require('node-gyp-build')(process.argv[1]).abiVersion === ${abiVersion} ? 0 : 1)`;
  return spawnSync(process.execPath, ['-e', script, root], { cwd: root, stdio: 'ignore' }).status === 0;
}

function compile() {
  const manifest = require.resolve('cmake-js/package.json');
  const program = join(dirname(manifest), require(manifest).bin['cmake-js']);
  const parallel = String(availableParallelism());
  const run = spawnSync(process.execPath, [program, 'compile', '--parallel', parallel], {
    cwd: root,
    stdio: 'inherit',
  });
  return run.status === 0;
}

if (!coreIsThere() && !compile()) {
  console.error(
    `caloscope: there is no prebuilt native core for ${process.platform}-${process.arch}, and it could not be compiled (see above). ` +
      'Install CMake 3.22 or later, make and a C++20 compiler (Debian: apt-get install cmake make g++), then run ' +
      `"node ${join(root, 'packaging/install.mjs')}".`,
  );
  process.exitCode = 1;
}
