/** Trainings that are killed, and resumed: what they end in is what they would have ended in, byte by byte. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { native } from '#caloscope/native/binding';
import {
  caloscope,
  errorLine,
  type Outcome,
  type RunningCaloscope,
  startCaloscope,
} from './run-caloscope.js';
import { makeToyFiles, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
beforeAll(async () => {
  toys = await makeToyFiles(1000);
});
afterAll(() => toys.remove());

/** Long enough to be killed in the middle; the networks of three pairs of folds stand at different epochs. */
const training = ['--hidden', '24,16', '--epochs', '40', '--patience', '40', '--folds', '3'];

const forEver = ['--epochs', '100000', '--patience', '100000'];

function trainWords(out: string, ...more: string[]): string[] {
  return ['train', toys.reference, toys.generated, '--out', out, ...training, ...more];
}

function checkpointsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.checkpoint'));
}

/** Bytes of all files by name. */
function bytesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'hex')]));
}

/** Kills when the newest checkpoint is not what it was at first any more. */
async function killInTheMiddle(running: RunningCaloscope, folder: string): Promise<Outcome> {
  const content = () => checkpointsIn(folder).map((name) => readFileSync(join(folder, name), 'hex'));
  let first: string[] = [];
  for (;;) {
    const now = content();
    if (first.length === 0) first = now;
    if (first.length > 0 && JSON.stringify(now) !== JSON.stringify(first)) break;
    if (running.process.exitCode !== null) throw new Error('it ended before it could be killed');
    await setTimeout(3);
  }
  running.process.kill('SIGKILL');
  return running.ended;
}

/** A training that was killed: its folder of checkpoints. */
async function killedTraining(folder: string): Promise<string> {
  const checkpoints = join(folder, 'kept');
  const running = startCaloscope(trainWords(join(folder, 'out'), '--checkpoint', checkpoints), folder);
  await killInTheMiddle(running, checkpoints);
  return checkpoints;
}

function expectError({ exitCode, stderr }: Outcome, code: string, says: RegExp, status = 1): void {
  const last = stderr.split(/(?<=\n)/).at(-1) ?? '';
  expect(last).toMatch(errorLine);
  expect(last).toContain(code);
  expect(last).toMatch(says);
  expect(exitCode).toBe(status);
}

describe('a training that is killed', () => {
  it('resumes with --resume, again and again, and ends in the same bytes', async () => {
    const folder = toys.newFolder();
    const whole = join(folder, 'whole');
    expect((await caloscope(trainWords(whole, '--threads', '2'))).exitCode).toBe(0);

    // The same line every time, as in the script of a batch job.
    const out = join(folder, 'out');
    const line = (threads: number) => trainWords(out, '--resume', '--threads', `${threads}`);
    for (const [i, threads] of [1, 3, 2].entries()) {
      const running = startCaloscope(line(threads), folder);
      await running.said(i === 0 ? 'training from the beginning' : 'resuming from');
      const { exitCode } = await killInTheMiddle(running, `${out}.checkpoint`);
      expect(exitCode).toBeNull();
      expect(existsSync(out)).toBe(false);
    }
    const { exitCode, stderr } = await caloscope(line(1));
    expect(stderr).toMatch(/^resuming from \d checkpoints? in .*out\.checkpoint$/m);
    expect(exitCode).toBe(0);
    expect(bytesOf(out)).toEqual(bytesOf(whole));
    // Five learners for each of three pairs of folds, and their ensemble.
    expect(Object.keys(bytesOf(out))).toHaveLength(16);
    expect(existsSync(`${out}.checkpoint`), 'the checkpoints stay when all is done').toBe(false);
  });

  it('evaluate: the same, up to the result', async () => {
    const folder = toys.newFolder();
    const words = (out: string, ...more: string[]) => {
      const settings = ['--folds', '3', '--hidden', '16', '--epochs', '40', '--patience', '40'];
      return ['evaluate', toys.reference, toys.generated, '--out', out, ...settings, ...more];
    };
    const [whole, out] = [join(folder, 'whole'), join(folder, 'out')];
    expect((await caloscope(words(whole))).exitCode).toBe(0);
    const checkpoints = join(folder, 'kept');
    const running = startCaloscope(words(out, '--checkpoint', checkpoints, '--threads', '1'), folder);
    await killInTheMiddle(running, checkpoints);
    expect((await caloscope(words(out, '--checkpoint', checkpoints, '--resume'))).exitCode).toBe(0);
    expect(existsSync(checkpoints)).toBe(false);
    const resultOf = (path: string) => {
      const { run, ...rest } = JSON.parse(readFileSync(join(path, 'result.json'), 'utf8'));
      expect(run).toBeDefined();
      return rest;
    };
    expect(resultOf(out)).toEqual(resultOf(whole));
    expect(bytesOf(join(out, 'classifier'))).toEqual(bytesOf(join(whole, 'classifier')));
  });

  it('is not resumed by mistake', async () => {
    const folder = toys.newFolder();
    const checkpoints = await killedTraining(folder);
    const before = bytesOf(checkpoints);
    const again = (...more: string[]) =>
      trainWords(join(folder, 'out'), '--checkpoint', checkpoints, ...more);
    expectError(await caloscope(again()), 'ERR_CHECKPOINT', /resume from them with --resume/);
    expectError(
      await caloscope(again('--resume', '--seed', '2')),
      'ERR_CHECKPOINT',
      /seed was 1 and is 2 now/,
    );
    const activation = again('--resume', '--activation', 'gelu');
    expectError(await caloscope(activation), 'ERR_CHECKPOINT', /activation was leaky-relu and is gelu now/);
    const features = again('--resume', '--features', 'low-normalised');
    expectError(
      await caloscope(features),
      'ERR_CHECKPOINT',
      /features was full, no threshold and is low-normalised, no threshold now/,
    );
    const swapped = again('--resume').with(1, toys.generated).with(2, toys.reference);
    expectError(await caloscope(swapped), 'ERR_CHECKPOINT', /the reference sample was 1000 rows, hash/);
    if (native().machine().kernelSet !== 'baseline') {
      const elsewhere = await startCaloscope(again('--resume'), folder, { CALOSCOPE_KERNELS: 'baseline' })
        .ended;
      expectError(elsewhere, 'ERR_CHECKPOINT', /is kernel set baseline now.*CALOSCOPE_KERNELS/);
    }
    delete before['checkpoint.lock'];
    expect(bytesOf(checkpoints), 'a refusal changed the checkpoints').toEqual(before);
    expect((await caloscope(again('--resume'))).exitCode).toBe(0);
  });

  it('names a checkpoint that is damaged, and trains that network anew once it is deleted', async () => {
    const folder = toys.newFolder();
    const whole = join(folder, 'whole');
    expect((await caloscope(trainWords(whole))).exitCode).toBe(0);
    const checkpoints = await killedTraining(folder);
    const name = checkpointsIn(checkpoints)[0] as string;
    const file = join(checkpoints, name);
    const bytes = readFileSync(file);
    const resume = trainWords(join(folder, 'out'), '--checkpoint', checkpoints, '--resume');
    const damaged: readonly [what: string, bytes: Buffer][] = [
      ['empty', Buffer.alloc(0)],
      ['cut short', bytes.subarray(0, bytes.length / 2)],
      ['a flipped bit', Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 4 : byte)))],
    ];
    for (const [what, content] of damaged) {
      writeFileSync(file, content);
      const outcome = await caloscope(resume);
      expectError(outcome, 'ERR_CHECKPOINT', /it is damaged .* delete it/);
      expect(outcome.stderr, what).toContain(file);
    }
    writeFileSync(file, 'something else');
    expectError(await caloscope(resume), 'ERR_CHECKPOINT', /not a checkpoint of caloscope/);
    rmSync(file);
    expect((await caloscope(resume)).exitCode).toBe(0);
    expect(bytesOf(join(folder, 'out'))).toEqual(bytesOf(whole));
  });
});

describe('checkpoints', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stay after %s, and the last line says how to resume', async (signal, status) => {
    const folder = toys.newFolder();
    const out = join(folder, 'out');
    const running = startCaloscope(trainWords(out, '--resume'), folder);
    while (checkpointsIn(`${out}.checkpoint`).length === 0) await setTimeout(3);
    running.process.kill(signal);
    expectError(
      await running.ended,
      'ERR_CANCELLED',
      /repeat the command with --resume: it resumes from .*out/,
      status,
    );
    expect(existsSync(out)).toBe(false);
    expect(checkpointsIn(`${out}.checkpoint`).length).toBeGreaterThan(0);
  });

  it('belong to one process at a time', async () => {
    const folder = toys.newFolder();
    const kept = join(folder, 'kept');
    const first = startCaloscope(trainWords(join(folder, 'a'), '--checkpoint', kept, ...forEver), folder);
    while (checkpointsIn(kept).length === 0) await setTimeout(3);
    const second = await caloscope(trainWords(join(folder, 'b'), '--checkpoint', kept, '--resume'));
    expectError(second, 'ERR_CHECKPOINT', /another training keeps its checkpoints there now/);
    first.process.kill('SIGKILL');
    await first.ended;
  });

  it('are refused a folder before anything is read', async () => {
    const folder = toys.newFolder();
    const out = join(folder, 'out');
    const refuse = async (code: string, says: RegExp, ...more: string[]) => {
      const outcome = await caloscope(trainWords(out, ...more));
      expectError(outcome, code, says);
      expect(outcome.stderr).not.toContain('reading');
    };
    await refuse('ERR_OUTPUT', /there is no folder/, '--checkpoint', join(folder, 'none', 'kept'));
    await refuse('ERR_OUTPUT', /the output goes there/, '--checkpoint', join(out, 'kept'));
    mkdirSync(join(folder, 'kept'));
    writeFileSync(join(folder, 'kept', 'network-0000.checkpoint'), 'x');
    await refuse('ERR_CHECKPOINT', /--resume/, '--checkpoint', join(folder, 'kept'));
    const { exitCode, stderr } = await caloscope(trainWords(out, '--checkpoint', ''));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--checkpoint must not be empty')]);
  });
});

describe('a full disk', () => {
  it('ends the training, leaves the earlier checkpoints whole, and can be resumed', async ({ skip }) => {
    const folder = toys.newFolder();
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]).status === 0;
    skip(!mounted, 'a small disk cannot be made here');
    onTestFinished(() => void spawnSync('umount', [disk]));
    const whole = join(folder, 'whole');
    expect((await caloscope(trainWords(whole))).exitCode).toBe(0);

    // A checkpoint of a training that goes on has 152 kB, and is written beside the one before it.
    const out = join(folder, 'out');
    const words = trainWords(out, '--resume', '--threads', '1', '--checkpoint', join(disk, 'kept'));
    const outcome = await caloscope(words);
    expectError(
      outcome,
      'ERR_OUTPUT',
      /network-000\d\.checkpoint.*cannot be written.*No space left.*make room/,
    );
    expect(existsSync(out)).toBe(false);
    expect(checkpointsIn(join(disk, 'kept')).length).toBeGreaterThan(0);
    expect(readdirSync(join(disk, 'kept')).filter((name) => name.endsWith('.partial'))).toEqual([]);

    spawnSync('mount', ['-o', 'remount,size=40m', disk]);
    const resumed = await caloscope(words);
    expect(resumed.stderr).toContain('resuming from');
    expect(resumed.exitCode).toBe(0);
    expect(bytesOf(out)).toEqual(bytesOf(whole));
  });

  it('a limit on the size of files is the same to it', async () => {
    const folder = toys.newFolder();
    const program = join(import.meta.dirname, '../../dist/cli/main.js');
    const words = trainWords(join(folder, 'out'), '--checkpoint', join(folder, 'kept'));
    const line = ['ulimit -f 64; exec "$0" "$@"', process.execPath, program, ...words];
    const { status, stderr } = spawnSync('bash', ['-c', ...line], { encoding: 'utf8' });
    expect(stderr).toMatch(
      /caloscope: ERR_OUTPUT: .*network-000\d\.checkpoint: it cannot be written \(File too large\)/,
    );
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'kept')), 'nothing was saved').toBe(false);
  });
});
