/** Ctrl-C and SIGTERM in the middle of the work: the program ends at once, says so, and leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope, contentOf, errorLine, program, startCaloscope } from './run-caloscope.js';
import { makeToyFiles, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
beforeAll(async () => {
  toys = await makeToyFiles(4000);
});
afterAll(() => toys.remove());

/** Interrupts a call that would take very long once it has said something, and gives the seconds until it ended. */
async function interrupt(words: readonly string[], after: string, signal: NodeJS.Signals) {
  const before = contentOf(toys.folder);
  const running = startCaloscope(words, toys.folder);
  await running.said(after);
  const sent = performance.now();
  running.process.kill(signal);
  const outcome = await running.ended;
  const seconds = (performance.now() - sent) / 1000;
  expect(contentOf(toys.folder)).toEqual(before);
  return { ...outcome, seconds };
}

const forEver = ['--epochs', '100000', '--patience', '100000'];

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, exitCode) => {
  const calls: readonly [what: string, after: string, words: () => string[]][] = [
    [
      'evaluate, training',
      'training:',
      () => ['evaluate', toys.reference, toys.generated, '--out', 'out', ...forEver],
    ],
    ['train', 'training:', () => ['train', toys.reference, toys.generated, '--out', 'out', ...forEver]],
    ['simulate', 'simulating:', () => ['simulate', 'big.hdf5', '--showers', '10000000']],
  ];
  it.each(calls)(`%s: ends within a second with ${exitCode}`, async (_, after, words) => {
    const outcome = await interrupt(words(), after, signal);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout).toBe('');
    const lines = outcome.stderr.split(/(?<=\n)/);
    expect(lines.at(-1)).toMatch(errorLine);
    expect(lines.at(-1)).toContain('ERR_CANCELLED');
    expect(lines.filter((line) => line.startsWith('caloscope: '))).toHaveLength(1);
    expect(outcome.seconds).toBeLessThan(1);
  });
});

// As terminals that are gone and batch systems send them before a limit.
it.each([
  ['SIGHUP', 129],
  ['SIGUSR1', 138],
  ['SIGUSR2', 140],
  ['SIGXCPU', 152],
] as const)('%s ends the work as tidily, and opens no debugger', async (signal, exitCode) => {
  const words = [
    'train',
    toys.reference,
    toys.generated,
    '--out',
    'out',
    '--learners',
    'network',
    ...forEver,
  ];
  const outcome = await interrupt(words, 'training:', signal);
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.stderr).toContain(`caloscope: ERR_CANCELLED: interrupted by ${signal}`);
  expect(outcome.stderr).not.toContain('Debugger');
});

it('a second signal ends it at once', async () => {
  const words = ['train', toys.reference, toys.generated, '--out', 'out', ...forEver];
  const running = startCaloscope(words, toys.folder);
  await running.said('training:');
  running.process.kill('SIGUSR1');
  running.process.kill('SIGUSR1');
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(138);
  expect(stderr).not.toContain('Debugger');
});

describe.skipIf(process.platform !== 'linux')('a full disk under', () => {
  const into = (stream: 'stdout' | 'stderr', words: string) => {
    const other = stream === 'stdout' ? '' : '>/dev/null';
    const script = `"${process.execPath}" "${program}" ${words} ${other} ${stream === 'stdout' ? '1' : '2'}>/dev/full`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: toys.folder });
  };

  it('stderr: what is said on the way is dropped, and the work goes on', () => {
    const path = join(toys.newFolder(), 'toys.hdf5');
    expect(into('stderr', `simulate ${path} --showers 3000`).status).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  it('stdout: a document that is not whole is an error', () => {
    const { status, stderr } = into('stdout', `inspect ${toys.reference} --json`);
    expect(status).toBe(1);
    expect(stderr).toMatch(errorLine);
    expect(stderr).toMatch(/ERR_OUTPUT: stdout: .*no space is left/);
  });
});

it('a demo that is interrupted takes its folder away', async () => {
  const outcome = await interrupt(['demo', '--out', join(toys.folder, 'demo')], 'simulating', 'SIGINT');
  expect(outcome.exitCode).toBe(130);
});

it('a reader that goes away is no crash', async () => {
  const script = `"${process.execPath}" "${program}" inspect "${toys.reference}" | true; echo "\${PIPESTATUS[0]}"`;
  const { stderr, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(['0', '141']).toContain(stdout.trim());
  expect((await caloscope(['--version'])).exitCode).toBe(0);
});
