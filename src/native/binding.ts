import { NativeError } from '../errors.js';
import { enumerations } from './contract/names.js';
import { abiVersion, type NativeBinding } from './contract/native-binding.js';
import { openCore, remedies } from './core-file.js';

function load(): NativeBinding {
  const binding = openCore();
  if (binding.abiVersion !== abiVersion) {
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `the native core is of another version (${binding.abiVersion} in place of ${abiVersion}): ${remedies()}`,
    );
  }
  const names = binding.names();
  for (const [enumeration, list] of Object.entries(enumerations)) {
    const known = names[enumeration as keyof typeof enumerations];
    if (known.join() === list.join()) continue;
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `the native core is of another version (${enumeration}: ${known.join(', ')} in place of ${list.join(', ')}): ${remedies()}`,
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
