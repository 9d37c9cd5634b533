/** How each package manager is told to install a tarball, and how what it installed is run. */
import { appendFileSync } from 'node:fs';
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

/** Version 10 is JavaScript. */
const pnpmClassic = () => {
  const { version, path } = programOf('pnpm', 10);
  return { name: `pnpm ${version}`, install: (tarball) => ['node', path, 'add', tarball], ...byNode };
};

/** A program of its own, in packages for platforms as ours. */
const pnpm = () => {
  const { version, path } = programOf('@pnpm/exe.linux-x64', 12, 'pnpm');
  return { name: `pnpm ${version}`, install: (tarball) => [path, 'add', tarball], ...byNode };
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

/** It takes no tarballs: what npm installed, run by it. */
const deno = () => {
  const { version, path } = programOf('@deno/linux-x64-glibc', 2, 'deno');
  const { install } = npm(11);
  return { name: `npm, run by deno ${version}`, install, run: () => [path, 'run', '-A', main] };
};

/** npm asks the system, not its Node, for the C library; told so, it takes the package for musl. */
const npmForMusl = () => {
  const { name, install } = npm(11);
  return {
    name: `${name}, --libc=musl`,
    install: (tarball) => [...install(tarball), '--libc=musl'],
    ...byNode,
  };
};

export { bun, deno, npm, npmForMusl, pnpm, pnpmClassic, yarn, yarnClassic };
