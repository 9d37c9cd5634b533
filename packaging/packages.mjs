// Everything that is published, as folders and tarballs in packages/: caloscope itself, and the native core of a platform in a
// package of its own. Run `npm run build` first.
//
//     npm run packages                        with the core of this machine, compiled and stripped by prebuildify
//     npm run packages -- linux-x64-musl …    with those of the platforms that are named: this one's in the same way, others compiled with
//                                             zig; `all` names every one
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hasPackage, platforms, thisPlatform } from '../dist/native/platforms.js';
import { writeMainPackage } from './main-package.mjs';
import { writePlatformPackage } from './platform-package.mjs';
import { compileWithZig } from './zig.mjs';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'packages');
const published = Object.keys(platforms).filter(hasPackage);

const named = process.argv.slice(2).flatMap((name) => (name === 'all' ? published : [name]));
const unknown = named.filter((name) => !published.includes(name));
if (unknown.length > 0 || (named.length === 0 && !published.includes(thisPlatform()))) {
  console.error(`no package for ${unknown[0] ?? thisPlatform()}: there are ${published.join(', ')}`);
  process.exit(1);
}
const cores = named.length === 0 ? [thisPlatform()] : named;

function pack(folder) {
  const [{ filename }] = Object.values(
    JSON.parse(
      execFileSync('npm', ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', out], {
        cwd: root,
      }),
    ),
  );
  // Some versions of npm name the tarball of a scoped package with its slash.
  const tarball = join(out, filename.replace(/^@/, '').replace('/', '-'));
  console.log(`${tarball}: ${Math.round(statSync(tarball).size / 1024)} KiB`);
}

/** The path of the core of this machine. */
function prebuilt() {
  const program = join(root, 'node_modules/.bin/prebuildify');
  const options = ['--napi', '--strip', '--node-gyp', './packaging/prebuildify-cmake', '--out', 'build'];
  execFileSync(program, options, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const core = join(root, 'build/prebuilds', `${process.platform}-${process.arch}`, 'caloscope.node');
  cpSync(core, join(root, 'build/Release/caloscope.node')); // from where prebuildify took it away: the clone runs with it
  return core;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
writeMainPackage(root, join(out, 'caloscope'), published);
pack(join(out, 'caloscope'));
for (const name of cores) {
  const core = name === thisPlatform() ? prebuilt() : compileWithZig(root, name);
  writePlatformPackage(root, join(out, name), name, platforms[name], core);
  pack(join(out, name));
}
