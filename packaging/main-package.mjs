// The package `caloscope` as it is published: what package.json lists under `files`, without scripts, which npm 12 and pnpm block,
// and with the packages of the platforms as optional dependencies. They are written here and not into package.json, since a clone
// would ask the registry for them (`npm ci` fails where a locked package is missing) and compiles its own core anyway.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `platforms`: names of packages under `@caloscope/`. */
export function writeMainPackage(root, folder, platforms) {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  // npm 12 answers an object in place of a list.
  const [{ files }] = Object.values(JSON.parse(listing));
  for (const { path } of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { private: _private, scripts: _scripts, devDependencies: _tools, ...published } = manifest;
  published.optionalDependencies = Object.fromEntries(
    platforms.map((name) => [`@caloscope/${name}`, manifest.version]),
  );
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}
