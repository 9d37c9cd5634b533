/** How each package manager is told to install a tarball, and how what it installed is run. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from './programs.mjs';

const main = 'node_modules/caloscope/dist/cli/main.js';
const byNode = { run: () => ['node', main] };

const npm = (range) => {
  const { version, path } = programOf('npm', range, 'bin/npm-cli.js');
  const install = (tarball) => ['node', path, 'install', '--no-audit', '--no-fund', tarball];
  return {
    name: `npm ${version}`,
    install,
    again: (tarball) => [...install(tarball), '--offline'],
    ...byNode,
  };
};

const pnpm = (range) => {
  const { version, path } = programOf('pnpm', range);
  return { name: `pnpm ${version}`, install: (tarball) => ['node', path, 'add', tarball], ...byNode };
};

const yarnClassic = () => {
  const { version, path } = programOf('yarn', 1, 'bin/yarn.js');
  return {
    name: `yarn ${version}`,
    install: (tarball) => ['node', path, 'add', `file:${tarball}`],
    ...byNode,
  };
};

const yarn = (linker) => {
  const { version, path } = programOf('@yarnpkg/cli-dist', 4);
  return {
    name: `yarn ${version}, ${linker}`,
    prepare: (folder) => appendFileSync(join(folder, '.yarnrc.yml'), `nodeLinker: ${linker}\n`),
    install: (tarball) => ['node', path, 'add', `caloscope@file:${tarball}`],
    run: () => ['node', path, 'caloscope'],
  };
};

const bun = () => {
  const { version, path } = programOf('@oven/bun-linux-x64', 1, 'bin/bun');
  return {
    name: `bun ${version}, run by it`,
    install: (tarball) => [path, 'add', tarball],
    run: () => [path, main],
  };
};

const deno = () => {
  const { version, path } = programOf('@deno/linux-x64-glibc', 2, 'deno');
  return {
    name: `deno ${version}, run by it`,
    prepare: (folder, tarball) =>
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ dependencies: { caloscope: `file:${tarball}` } }),
      ),
    install: () => [path, 'install'],
    run: () => [path, 'run', '-A', main],
  };
};

export { bun, deno, npm, pnpm, yarn, yarnClassic };
