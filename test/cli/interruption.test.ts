/** Ctrl-C and SIGTERM in the middle of the work: the program ends at once, says so, and leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope, contentOf, errorLine, startCaloscope } from './run-caloscope.js';
import { makeToyFiles, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
beforeAll(async () => {
  toys = await makeToyFiles(4000);
});
afterAll(() => toys.remove());

/** Interrupts a call that would take very long once it has said something, and gives the seconds until it ended. */
async function interrupt(words: readonly string[], after: string, signal: 'SIGINT' | 'SIGTERM') {
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

it('a demo that is interrupted takes its folder away', async () => {
  const outcome = await interrupt(['demo', '--out', join(toys.folder, 'demo')], 'simulating', 'SIGINT');
  expect(outcome.exitCode).toBe(130);
});

it('a reader that goes away is no crash', async () => {
  const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
  const script = `"${process.execPath}" "${main}" inspect "${toys.reference}" | true; echo "\${PIPESTATUS[0]}"`;
  const { stderr, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(['0', '141']).toContain(stdout.trim());
  expect((await caloscope(['--version'])).exitCode).toBe(0);
});
