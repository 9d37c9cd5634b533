import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeError } from '../errors.js';
import { enumerations } from './contract/names.js';
import { abiVersion, type NativeBinding } from './contract/native-binding.js';

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The script itself: where package managers block install scripts, a rebuild says that it is done and builds nothing. */
const remedy =
  `run "node ${join(packageRoot, 'packaging/install.mjs')}"; ` +
  'it needs CMake and a C++20 compiler, or a package that holds a prebuilt binary for this platform';

/** A bundle holds neither the core nor the files of worker threads. */
const inBundle =
  'caloscope was put into a bundle, which cannot hold its native core: leave it out (esbuild --external:caloscope) and install it beside';

function load(): NativeBinding {
  const require = createRequire(import.meta.url);
  let binding: NativeBinding;
  try {
    const find = require('node-gyp-build') as (folder: string) => NativeBinding;
    binding = find(packageRoot);
  } catch (cause) {
    const bundled = !existsSync(join(packageRoot, 'packaging/install.mjs'));
    const missing = `the native core for ${process.platform}-${process.arch} could not be loaded: ${remedy}`;
    throw new NativeError('ERR_NATIVE_MISSING', bundled ? inBundle : missing, { cause });
  }
  if (binding.abiVersion !== abiVersion) {
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `the native core is of another version (${binding.abiVersion} in place of ${abiVersion}): ${remedy}`,
    );
  }
  const names = binding.names();
  for (const [enumeration, list] of Object.entries(enumerations)) {
    const known = names[enumeration as keyof typeof enumerations];
    if (known.join() === list.join()) continue;
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `the native core is of another version (${enumeration}: ${known.join(', ')} in place of ${list.join(', ')}): ${remedy}`,
    );
  }
  return binding;
}

let loaded: NativeBinding | undefined;

/** The native core, loaded at the first use. Throws NativeError ERR_NATIVE_MISSING with what to do. */
export function native(): NativeBinding {
  loaded ??= load();
  return loaded;
}
