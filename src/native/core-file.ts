/** Where the native core is: a build of one's own goes before what came with the package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeError } from '../errors.js';
import { packageVersion } from '../versions.js';
import type { NativeBinding } from './contract/native-binding.js';
import { hasPackage, thisPlatform } from './platforms.js';

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** What cmake-js builds here. */
const builtHere = join(packageRoot, 'build/Release/caloscope.node');

const quoted = /^[\w./-]*$/.test(packageRoot) ? packageRoot : `'${packageRoot}'`;

const build =
  `"npx cmake-js@8 compile --parallel 4 --directory ${quoted}", which needs CMake 3.22 or later, make or ninja, ` +
  'and a C++20 compiler (Debian: apt-get install cmake make g++)';

/** Both ways to get a core that fits, as the end of a sentence. */
export function remedies(): string {
  const platform = thisPlatform();
  if (!hasPackage(platform))
    return `there is no package with it for ${platform}; build it from source: ${build}`;
  return `install its package, "npm install @caloscope/${platform}@${packageVersion}", or build it from source: ${build}`;
}

/** A bundle holds neither the core nor the files of worker threads. */
const inBundle =
  'caloscope was put into a bundle, which cannot hold its native core: leave it out (esbuild --external:caloscope) and install it beside';

/** The core in the package for this platform; undefined where that is not installed. */
function packagedCore(): string | undefined {
  const name = `@caloscope/${thisPlatform()}`;
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
  const { version } = require(manifest) as { version: string };
  if (version !== packageVersion) {
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `${name} is version ${version} and caloscope ${packageVersion}: run "npm install ${name}@${packageVersion}"`,
    );
  }
  return join(dirname(manifest), 'caloscope.node');
}

/** The file that a person names, or in this order: what was built here, what the package for this platform holds. */
function* coreFiles(): Generator<string> {
  const chosen = process.env['CALOSCOPE_CORE'];
  if (chosen !== undefined && chosen !== '') return yield resolve(chosen);
  if (existsSync(builtHere)) yield builtHere;
  const packaged = packagedCore();
  if (packaged !== undefined) yield packaged;
}

/** The core, not yet compared with what this version of the package needs. Throws NativeError ERR_NATIVE_MISSING. */
export function openCore(): NativeBinding {
  if (!existsSync(join(packageRoot, 'native/addon'))) throw new NativeError('ERR_NATIVE_MISSING', inBundle);
  let failure: { path: string; cause: unknown } | undefined;
  for (const path of coreFiles()) {
    try {
      return require(path) as NativeBinding;
    } catch (cause) {
      failure ??= { path, cause };
    }
  }
  if (failure === undefined) {
    throw new NativeError(
      'ERR_NATIVE_MISSING',
      `there is no native core for ${thisPlatform()}: ${remedies()}`,
    );
  }
  const { path, cause } = failure;
  const [why] = String((cause as Error).message).split('\n');
  const message = `the native core ${path} does not load (${why?.replace(`${path}: `, '')}): ${remedies()}`;
  throw new NativeError('ERR_NATIVE_MISSING', message, { cause });
}
