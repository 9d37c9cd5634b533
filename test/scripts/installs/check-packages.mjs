/**
 * Packs what is published and installs it with npm as a user would who has no compiler: it must compute, and be quick about it. Without
 * the package of this platform, and with one of another version, it must say what to do; what it says of building must work.
 * Run `npm run build:native` and `npm run build` first. Needs the npm registry for the dependencies.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { thisPlatform } from '../../../dist/native/platforms.js';

const secondsToReport = 20;
/** Where more wait for a processor than there are, a time says little. */
const busy = loadavg()[0] > availableParallelism() + 1;
const root = join(import.meta.dirname, '../../..');

execFileSync('npm', ['run', '--silent', 'packages'], { cwd: root, stdio: 'inherit' });
const { mainTarball, startScopeRegistry } = await import('./scope-registry.mjs');
const { newUser, requireReport } = await import('./user.mjs');

const registry = await startScopeRegistry();
const user = newUser(process.execPath, registry.url, homedir());
const npm = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim();
const program = 'node_modules/caloscope/dist/cli/main.js';
const caloscope = (...words) => user.run(['node', program, ...words]);
const platform = join(user.folder, 'node_modules/@caloscope', thisPlatform());

/** The one line of `caloscope inspect`, which must not succeed. */
async function refusal() {
  const line = await caloscope('inspect').then(
    () => '(it succeeded)',
    ({ message }) => message,
  );
  console.log(line);
  if (!/^caloscope: ERR_NATIVE_MISSING: .*$/.test(line))
    throw new Error('not the one line of ERR_NATIVE_MISSING');
  return line;
}

function mustSay(message, what) {
  if (!what.test(message)) throw new Error(`the message does not say ${what}`);
}

try {
  const { seconds: installing } = await user.run([
    'node',
    npm,
    'install',
    '--no-audit',
    '--no-fund',
    mainTarball,
  ]);
  const { seconds: working } = await caloscope('demo', '--quiet');
  requireReport(user.folder);
  const total = installing + working;
  console.log(`installed in ${installing.toFixed(1)} s, first report after ${total.toFixed(1)} s`);
  if (busy) console.log(`others work on this machine: ${secondsToReport} s are not held against it`);
  else if (total > secondsToReport)
    throw new Error(`more than ${secondsToReport} s from the tarball to the first report`);

  const manifest = join(platform, 'package.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace(/"version": "[^"]*"/, '"version": "0.0.1"'));
  mustSay(await refusal(), /is version 0\.0\.1 and caloscope .*npm install @caloscope\//);

  renameSync(platform, `${platform}-aside`);
  const message = await refusal();
  mustSay(message, /npm install @caloscope\//);
  const [, remedy] = /"(npx cmake-js@8 compile [^"]*)"/.exec(message) ?? [];
  mustSay(message, /"npx cmake-js@8 compile [^"]*"/);

  // With a compiler; with the warnings of a checkout as errors, so that a cache of the compiler knows the command.
  const { PATH } = process.env;
  const { seconds: compiling } = await user.run(
    ['sh', '-c', `${remedy.replace('npx', 'npx --yes')} --CDCALOSCOPE_WARNINGS_ARE_ERRORS=ON`],
    { ...process.env, PATH, CALOSCOPE_CUDA: 'OFF' },
  );
  await caloscope('inspect', '--json');
  console.log(`built from source in ${compiling.toFixed(0)} s`);
  console.log('the packages are sound');
} finally {
  registry.close();
  user.leave();
}
