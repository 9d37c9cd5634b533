import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeError } from '../errors.js';
import { type MessagePassing, messagePassingVersion } from './contract/message-passing.js';

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const remedy = `build it where it is to run, with the MPI of the launcher: node ${join(packageRoot, 'native/mpi/build.mjs')}`;

/**
 * The addon for several ranks, which is built from source where MPI is.
 *
 * @param path of the addon; null: where the build puts it.
 * @throws NativeError ERR_RANKS with what to do.
 */
export function loadMessagePassing(path: string | null): MessagePassing {
  const file = path ?? join(packageRoot, 'build/mpi/caloscope_mpi.node');
  if (!existsSync(file)) {
    throw new NativeError('ERR_RANKS', `${file}, the addon for several ranks, is not there: ${remedy}`);
  }
  const loaded = { exports: {} as MessagePassing };
  try {
    // Parts of Open MPI look for the symbols of the whole.
    process.dlopen(loaded, file, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
  } catch (cause) {
    const message = `the addon for several ranks cannot be loaded (${(cause as Error).message}); load the MPI that it was built with (module load), or ${remedy}`;
    throw new NativeError('ERR_RANKS', message, { cause });
  }
  const { abiVersion } = loaded.exports;
  if (abiVersion === messagePassingVersion) return loaded.exports;
  throw new NativeError(
    'ERR_RANKS',
    `the addon for several ranks is of another version (${abiVersion} in place of ${messagePassingVersion}): ${remedy}`,
  );
}
