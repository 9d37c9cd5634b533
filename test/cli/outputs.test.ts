/** Outputs that only appear whole, and replace nothing that they were not asked to. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope, contentOf, errorLine, program, startCaloscope } from './run-caloscope.js';
import { makeToyFiles, quick, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
let folder: string;
/** A result of evaluate, with its classifier. */
let result: string;
beforeAll(async () => {
  toys = await makeToyFiles(300);
  folder = toys.newFolder();
  result = join(folder, 'result');
  const { exitCode } = await caloscope([
    'evaluate',
    toys.reference,
    toys.generated,
    '--out',
    result,
    ...quick,
  ]);
  expect(exitCode).toBe(0);
});
afterAll(() => toys.remove());

const forEver = ['--epochs', '100000', '--patience', '100000', '--learners', 'network'];
const train = (out: string, ...more: string[]) => [
  'train',
  toys.reference,
  toys.generated,
  '--out',
  out,
  ...more,
];

async function expectRefused(words: readonly string[], says: RegExp, code = 'ERR_OUTPUT'): Promise<void> {
  const before = contentOf(toys.folder);
  const { stderr, exitCode } = await caloscope(words, toys.folder);
  expect(stderr).toMatch(errorLine);
  expect(stderr).toContain(code);
  expect(stderr).toMatch(says);
  expect(exitCode).toBe(1);
  expect(contentOf(toys.folder)).toEqual(before);
}

it('what came to stand there meanwhile is left alone; what was made stands beside it', async () => {
  const out = join(toys.newFolder(), 'out');
  const running = startCaloscope(train(out, ...quick, '--epochs', '40', '--patience', '40'));
  await running.said('training');
  mkdirSync(out);
  writeFileSync(join(out, 'notes.txt'), 'notes');
  const { stderr, exitCode } = await running.ended;
  expect(exitCode).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toContain(`${out}-2`);
  expect(readdirSync(out)).toEqual(['notes.txt']);
  expect(readdirSync(`${out}-2`)).toContain('ensemble.safetensors');
});

it('a second process on one output is told at once; a lock dies with its owner', async () => {
  const place = toys.newFolder();
  const out = join(place, 'out');
  const first = startCaloscope(train(out, ...forEver));
  await first.said('training');
  await expectRefused(train(out, ...quick), /another process of caloscope/);
  await expectRefused(['simulate', out, '--showers', '5'], /another process of caloscope/);
  first.process.kill('SIGKILL');
  await first.ended;
  // What a killed run can leave.
  writeFileSync(join(place, 'out.0123456789ab.partial'), '');
  mkdirSync(join(place, 'out.ba9876543210.partial'));
  expect((await caloscope(train(out, ...quick))).exitCode).toBe(0);
  expect(readdirSync(place)).toEqual(['out']);
});

it('--resume with the output there says so', async () => {
  const out = join(toys.newFolder(), 'out');
  const words = train(out, ...quick, '--resume');
  expect((await caloscope(words)).exitCode).toBe(0);
  const before = contentOf(out);
  // Of a run that was killed when the output had its name already.
  writeFileSync(`${out}.caloscope-lock`, '');
  const again = await caloscope(words);
  expect(existsSync(`${out}.caloscope-lock`)).toBe(false);
  expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  expect(again.stdout).toMatch(/is there already/);
  const document = await caloscope([
    'evaluate',
    toys.reference,
    toys.generated,
    '--out',
    result,
    '--resume',
    '--json',
  ]);
  expect(JSON.parse(document.stdout)).toEqual({ out: result, already: true });
  expect(contentOf(out)).toEqual(before);
});

describe('refused before the work', () => {
  it('files of an input, with --force too', async () => {
    const network = join(result, 'classifier', readdirSync(join(result, 'classifier'))[0] as string);
    const weigh = ['weights', join(result, 'classifier'), toys.generated, '--force', '--out'];
    await expectRefused([...weigh, network], /lies in the input/);
    await expectRefused([...weigh, toys.generated], /this is an input/);
    for (const name of ['weights.hdf5', 'histograms.json', 'result.json']) {
      await expectRefused(['report', result, '--force', '--out', join(result, name)], /input/);
    }
    const inside = join(result, 'inside.hdf5');
    writeFileSync(inside, readFileSync(toys.reference));
    const words = ['evaluate', inside, toys.generated, '--out', result, '--force', ...quick];
    await expectRefused(words, /the input .* lies there/);
  });

  it('links that lead nowhere', async () => {
    const link = join(toys.newFolder(), 'link');
    symlinkSync('scratch/gone', link);
    await expectRefused(train(link), /leads nowhere/);
    await expectRefused(['simulate', link], /leads nowhere/);
  });

  it.skipIf(process.platform !== 'linux')('addresses that do not suffice for HDF5', () => {
    const limited = (environment: string) => {
      const words = `simulate ${join(toys.newFolder(), 'toys.hdf5')} --showers 5`;
      const line = `ulimit -v 12000000; ${environment} exec "${process.execPath}" "${program}" ${words}`;
      return spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    };
    const { status, stderr } = limited('');
    expect(status).toBe(1);
    expect(stderr).toMatch(errorLine);
    expect(stderr).toMatch(/ERR_MEMORY: addresses are limited to 12\.3 GB/);
    // The way out that the line names.
    if (process.allowedNodeEnvironmentFlags.has('--disable-wasm-trap-handler')) {
      expect(limited('NODE_OPTIONS=--disable-wasm-trap-handler').status).toBe(0);
    }
  });
});

it('--force replaces a result, and keeps what else is in its folder', async () => {
  const out = join(toys.newFolder(), 'out');
  const words = ['evaluate', toys.reference, toys.generated, '--out', out, ...quick];
  mkdirSync(out);
  expect((await caloscope(words)).exitCode).toBe(0);
  writeFileSync(join(out, 'thesis.tex'), 'years');
  const report = join(out, 'report.html');
  renameSync(report, join(out, 'my-report.html'));
  expect((await caloscope([...words, '--force'])).exitCode).toBe(0);
  const names = [
    'classifier',
    'histograms.json',
    'my-report.html',
    'report.html',
    'result.json',
    'thesis.tex',
  ];
  expect(readdirSync(out).sort()).toEqual([...names, 'weights.hdf5']);
  expect((await caloscope(['report', out, '--out', report, '--force'])).exitCode).toBe(0);
});

describe('a result of which something is not as it was written', () => {
  const axis = {
    type: 'regular',
    lower: 0,
    upper: 1,
    bins: 1e9,
    underflow: true,
    overflow: true,
    circular: false,
    metadata: {},
  };
  const first = (whole: Whole) => Object.values(whole.histograms)[0] as Record<string, unknown>;
  type Whole = Record<string, unknown> & {
    histograms: Record<string, unknown>;
    observables: { histograms: object }[];
  };
  const changes: readonly [what: string, change: (whole: Whole) => void][] = [
    ['a verdict that is a list', (whole) => Object.assign(whole, { verdict: [] })],
    ['observables that are no list', (whole) => Object.assign(whole, { observables: {} })],
    ['a warning that is nothing', (whole) => Object.assign(whole, { warnings: [null] })],
    ['a curve of a text', (whole) => Object.assign(whole, { roc: { falsePositiveRate: 'abc' } })],
    [
      'a histogram that is not there',
      (whole) => Object.assign(whole.observables[0]?.histograms ?? {}, { reference: '__proto__' }),
    ],
    ['an axis of a billion bins', (whole) => Object.assign(first(whole), { axes: [axis] })],
    ['settings without end', (whole) => Object.assign(whole, { settings: 'DEEP' })],
  ];
  it.each(changes)('%s is refused as such', async (_, change) => {
    const whole = JSON.parse(readFileSync(join(result, 'result.json'), 'utf8'));
    change(whole);
    const path = join(toys.newFolder(), 'result.json');
    // JSON.stringify itself gives up at such depths.
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    writeFileSync(path, JSON.stringify(whole).replace('"DEEP"', deep));
    await expectRefused(['report', path, '--out', `${path}.html`], /./, 'ERR_RESULT');
  });
});
