/**
 * What it takes until the program or the library is there, beside a Node that does nothing: processes in turn, time on the clock and time of
 * the processors, which other work on the machine changes less. `node benchmarks/start-up.mjs [ROUNDS]`.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 25);
if (!(rounds >= 15)) throw new Error('15 rounds at least');
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const starts = {
  'bare Node': ['--input-type=module', '--eval', ''],
  "import 'caloscope'": ['--input-type=module', '--eval', `import ${JSON.stringify(`${dist}index.js`)};`],
  'caloscope --help': [`${dist}cli/main.js`, '--help'],
};
const measured =
  'const { userCPUTime, systemCPUTime } = process.resourceUsage(); process.stderr.write(String(userCPUTime + systemCPUTime));';
const preload = `data:text/javascript,process.on('exit', () => { ${measured} });`;

/** Both in milliseconds. */
function start(words) {
  const started = performance.now();
  const stdio = ['ignore', 'ignore', 'pipe'];
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, ...words], { stdio });
  const clock = performance.now() - started;
  if (status !== 0) throw new Error(stderr.toString());
  return { clock, processors: Number(stderr.toString()) / 1000 };
}

const times = Object.fromEntries(Object.keys(starts).map((name) => [name, []]));
for (const words of Object.values(starts)) start(words); // files into memory
for (let round = 0; round < rounds; round++) {
  for (const [name, words] of Object.entries(starts)) times[name].push(start(words));
}
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const of = (name, what) => median(times[name].map((one) => one[what]));
console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, median of ${rounds} starts, ms`);
for (const name of Object.keys(starts)) {
  const [clock, processors] = ['clock', 'processors'].map((what) => {
    const all = of(name, what);
    return `${all.toFixed(0)} (${(all - of('bare Node', what)).toFixed(0)} more)`;
  });
  console.log(`${name.padEnd(20)} clock ${clock}, processors ${processors}`);
}
