import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeError } from '../errors.js';
import { enumerations } from './contract/names.js';
import { abiVersion, type NativeBinding } from './contract/native-binding.js';

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const remedy =
  `run "npm rebuild caloscope --foreground-scripts" (in a checkout: "npm run build:native"); ` +
  'it needs CMake and a C++20 compiler, or a package that holds a prebuilt binary for this platform';

function load(): NativeBinding {
  const require = createRequire(import.meta.url);
  let binding: NativeBinding;
  try {
    const find = require('node-gyp-build') as (folder: string) => NativeBinding;
    binding = find(packageRoot);
  } catch (cause) {
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `the native core for ${process.platform}-${process.arch} could not be loaded: ${remedy}`,
      { cause },
    );
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
