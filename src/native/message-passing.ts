import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeError } from '../errors.js';
import { type MessagePassing, messagePassingVersion } from './contract/message-passing.js';

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const remedy = `build it where it is to run, with the MPI of the launcher: node ${join(packageRoot, 'native/mpi/build.mjs')}`;

/**
 * What UCX and Open MPI do to know of freed memory they do by writing into the code of brk and munmap, while the threads of Node run
 * it: one start in a hundred ended with a segmentation fault. It is for messages much larger and more often sent than ours.
 */
const withoutPatches = { UCX_MEM_EVENTS: 'n', UCX_MEM_MMAP_HOOK_MODE: 'none', OMPI_MCA_memory: '^patcher' };

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
  for (const [name, value] of Object.entries(withoutPatches)) process.env[name] ??= value;
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
