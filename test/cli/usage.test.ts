/** The command line itself: help, wrong words, exit codes, how errors are said. No file is needed. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '#caloscope/cli/command-line';
import { Interruption } from '#caloscope/cli/interruption';
import { native } from '#caloscope/native/binding';
import { packageVersion } from '#caloscope/versions';
import { caloscope, contentOf, emptyFolder, errorLine } from './run-caloscope.js';

class Heard extends Writable {
  text = '';
  override _write(piece: Buffer, _: string, done: () => void): void {
    this.text += piece.toString();
    done();
  }
}

/** Runs the program in this process: quicker, for calls that end before any work. */
async function call(...words: string[]) {
  const stdout = new Heard();
  const stderr = new Heard();
  const exitCode = await runCommandLine(words, { stdout, stderr, signal: new AbortController().signal });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

const commands = ['evaluate', 'train', 'weights', 'export', 'simulate', 'inspect', 'report', 'demo'];

describe('help', () => {
  it('without arguments the usage is on stderr, and the exit code is 2', async () => {
    const { exitCode, stdout, stderr } = await caloscope([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: caloscope/);
    for (const command of commands) expect(stderr).toContain(`  ${command} `);
  });

  it('--help is on stdout, names the exit codes and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await caloscope(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const code of ['0 ', '1 ', '2 ', '130', '143'])
      expect(stdout).toMatch(new RegExp(`^  ${code} `, 'm'));
  });

  it.each(commands)('%s has its own, in "help" form too', async (command) => {
    const own = await call(command, '--help');
    expect(own.exitCode).toBe(0);
    expect(own.stdout).toContain(`Usage: caloscope ${command}`);
    for (const option of ['--json', '--quiet', '--debug']) expect(own.stdout).toContain(option);
    expect((await call('help', command)).stdout).toBe(own.stdout);
  });

  it('--version is one line', async () => {
    expect(await caloscope(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: `${packageVersion}\n`,
      stderr: '',
    });
  });
});

describe('wrong words end with 2 and one line', () => {
  const evaluate = ['evaluate', 'a.hdf5', 'b.hdf5', '--out', 'c'];
  const simulate = ['simulate', 'a.hdf5'];
  const calls: readonly [words: string[], says: RegExp][] = [
    [['evalute'], /evalute.*Did you mean evaluate/],
    [['--sede', '3'], /--sede/],
    [[...evaluate, '--sede', '3'], /--sede.*Did you mean --seed/],
    [[...evaluate, '--seed'], /--seed/],
    [[...evaluate, 'd.hdf5'], /"d.hdf5" is one word too many/],
    [['evaluate', 'a.hdf5', '--out', 'c'], /generated/],
    [['evaluate', 'a.hdf5', 'b.hdf5'], /--out/],
    ...['-1', '1.5', 'abc', '', ' 1', '0x10', '1e400', 'NaN', 'Infinity', '9007199254740993'].map(
      (seed): [string[], RegExp] => [[...evaluate, '--seed', seed], /--seed must be a whole number/],
    ),
    ...['0', '1', '2', '-3', '2.5', 'many', '101'].map((folds): [string[], RegExp] => [
      [...evaluate, '--folds', folds],
      /--folds must be a whole number from 3 to 100/,
    ]),
    ...['0', '-2', '1e9', 'x'].map((members): [string[], RegExp] => [
      [...evaluate, '--members', members],
      /--members must be/,
    ]),
    ...['unknown', '', ',', 'low,high'].map((features): [string[], RegExp] => [
      [...evaluate, '--features', features],
      /--features must be full, low, low-normalised or high/,
    ]),
    ...['0', '-4', '1.5', '1025'].map((threads): [string[], RegExp] => [
      [...evaluate, '--threads', threads],
      /--threads must be/,
    ]),
    [[...evaluate, '--threshold', '-1'], /--threshold must be/],
    [[...evaluate, '--threshold', 'x'], /--threshold must be/],
    [[...evaluate, '--hidden', '512,'], /--hidden must be/],
    [[...evaluate, '--hidden', ''], /--hidden must be/],
    [[...evaluate, '--hidden', '0'], /--hidden must be/],
    [[...evaluate, '--activation', 'sin'], /--activation must be relu/],
    [[...evaluate, '--dropout', '1'], /--dropout must be/],
    [[...evaluate, '--epochs', '-1'], /--epochs must be/],
    [[...evaluate, '--batch', '0'], /--batch must be/],
    [[...evaluate, '--learning-rate', 'NaN'], /--learning-rate must be/],
    [[...evaluate, '--learning-rate', '0'], /--learning-rate must be/],
    [[...evaluate, '--weight-decay', '-1'], /--weight-decay must be/],
    [[...evaluate, '--patience', '0'], /--patience must be/],
    [[...evaluate, '--validation-fraction', '1'], /--validation-fraction must be/],
    [[...evaluate, '--device', 'gpu'], /--device must be cpu, cuda or auto/],
    [[...evaluate, '--device', 'cuda', '--devices', '0,x'], /--devices must be numbers/],
    [[...evaluate, '--devices', '0'], /set device to cuda/],
    [[...evaluate, '--precision', 'float16'], /--precision must be float32 or bfloat16/],
    ...['forest', '', 'network,', 'Trees'].map((learners): [string[], RegExp] => [
      [...evaluate, '--learners', learners],
      /--learners must be network, logistic, quadratic, sparse or trees/,
    ]),
    [[...evaluate, '--learners', 'trees,network,trees'], /--learners must name each learner once/],
    [['train', ...evaluate.slice(1), '--folds', '2'], /--folds must be a whole number from 3/],
    [[...evaluate, '--ensemble-rule', 'mean-logit'], /unknown option '--ensemble-rule'/],
    ...['energy:1', 'energy:1000', 'energy,energy'].map((by): [string[], RegExp] => [
      [...evaluate, '--by', by],
      /--by must be NAME or NAME:BINS .*each name once, from 2 to 50 bins/,
    ]),
    [[...evaluate, '--clip', '3'], /--clip must be LOW,HIGH/],
    [[...evaluate, '--clip', '3,1'], /--clip must be LOW,HIGH/],
    [[...evaluate, '--clip', '1,2,3'], /--clip must be LOW,HIGH/],
    [[...evaluate, '--negative-voxels', 'remove'], /--negative-voxels must be/],
    [[...evaluate, '--non-finite-voxels', 'keep'], /--non-finite-voxels must be/],
    [[...evaluate, '--geometry', ''], /--geometry must not be empty/],
    [[...simulate, '--showers', '0'], /--showers must be/],
    [[...simulate, '--geometry', 'ds3'], /--geometry must be calogan or ds2/],
    [
      [...simulate, '--distortion', 'wobble'],
      /--distortion must be energy-scale, width, .* depth-shift, .* or shifted/,
    ],
    [[...simulate, '--distortion', 'tailcut'], /--from FILE --distortion NAME/],
    [[...simulate, '--strength', '1'], /strength.*name the distortion/],
    [[...simulate, '--distortion', 'width', '--strength', '-2'], /strength of "width"/],
    [
      [...simulate, '--distortion', 'width', '--sample', 'reference'],
      /density ratio of "width" is not known/,
    ],
  ];
  it.each(calls)('%j', async (words, says) => {
    const { exitCode, stdout, stderr } = await call(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(errorLine);
    expect(stderr).toMatch(/^caloscope: ERR_(USAGE|ARGUMENT): /);
    expect(stderr).toMatch(says);
  });

  it('as a process of its own, writing nothing', async () => {
    const folder = emptyFolder();
    const { exitCode, stdout, stderr } = await caloscope([...evaluate, '--seed', 'x'], folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(errorLine);
    expect(contentOf(folder)).toEqual([]);
  });
});

describe('errors', () => {
  it('have a stack with --debug, and only then', async () => {
    const missing = ['inspect', 'none.hdf5'];
    const plain = await call(...missing);
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toMatch(errorLine);
    const { stderr } = await call(...missing, '--debug');
    expect(stderr.startsWith(plain.stderr)).toBe(true);
    expect(stderr).toMatch(/\n {4}at /);
    expect(stderr).toContain('caused by');
  });

  it('cannot steer a terminal by the name of a file', async () => {
    const { stderr } = await call('inspect', 'none\n\u001b[31m.hdf5');
    expect(stderr).toMatch(errorLine);
    expect(stderr).not.toContain('\u001b');
  });

  it('of a signal are 128 + its number', () => {
    const codes = (['SIGINT', 'SIGTERM', 'SIGPIPE'] as const).map((name) => new Interruption(name).exitCode);
    expect(codes).toEqual([130, 143, 141]);
  });
});

describe('inspect without a file', () => {
  it('describes the machine', async () => {
    const { exitCode, stdout } = await call('inspect');
    expect(exitCode).toBe(0);
    for (const word of ['caloscope', 'Node', 'platform', 'cores', 'memory', 'kernel set', 'CUDA']) {
      expect(stdout).toContain(word);
    }
  });

  it('as JSON', async () => {
    const machine = JSON.parse((await call('inspect', '--json')).stdout) as Record<string, unknown>;
    expect(machine).toMatchObject({
      caloscope: packageVersion,
      node: process.versions.node,
      kernelSet: expect.stringMatching(/^(baseline|avx2|avx512|avx512bf16|neon)$/),
      kernelSetReason: expect.stringMatching(/^has \w|CALOSCOPE_KERNELS/),
      cuda: native().cudaDevices(),
    });
  });
});
