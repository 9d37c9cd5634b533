// Builds the addon for several ranks with the MPI that CMake finds here, into build/mpi/ or the folder of --into; further options
// go to CMake: -DMPI_C_COMPILER=mpicc.mpich chooses another MPI.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const source = import.meta.dirname;
const options = process.argv.slice(2);
const at = options.indexOf('--into');
const [, into] = at < 0 ? [] : options.splice(at, 2);
const folder = resolve(into ?? join(source, '../../build/mpi'));

function cmake(...words) {
  const { status, error } = spawnSync('cmake', words, { stdio: 'inherit' });
  if (status === 0) return;
  const why = error ? `cmake cannot be run (${error.message})` : 'see above';
  console.error(
    `caloscope: the addon for several ranks could not be built: ${why}. It needs CMake 3.22 or later, a C++20 compiler and an MPI ` +
      'with its headers (Debian: apt-get install cmake g++ libopenmpi-dev; on a cluster: module load openmpi).',
  );
  process.exit(1);
}

const includes = {
  CALOSCOPE_NODE_API_INCLUDE: require('node-api-headers').include_dir,
  CALOSCOPE_NODE_ADDON_API_INCLUDE: resolve(require('node-addon-api').include_dir),
};
const named = Object.entries(includes).map(([name, path]) => `-D${name}=${path}`);
cmake('-S', source, '-B', folder, ...named, ...options);
cmake('--build', folder, '--config', 'Release');
