/** Launches that cannot work, ranks that fail or are killed, and what is resumed after them. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { caloscope, program } from '../cli/run-caloscope.js';
import { makeToyFiles, type ToyFiles } from '../cli/toy-files.js';
import { buildAddons, errorsIn, onRanks } from './mpirun.js';
import { wholeResult } from './whole-result.js';

const { found, remove } = buildAddons();

let toys: ToyFiles;
beforeAll(async () => {
  toys = await makeToyFiles(400);
});
afterAll(() => {
  toys.remove();
  remove();
});

const settings = ['--folds', '3', '--learners', 'network', '--hidden', '8', '--features', 'high', '--quiet'];

function words(out: string, ...more: string[]): string[] {
  return ['evaluate', toys.reference, toys.generated, '--out', out, ...settings, '--epochs', '2', ...more];
}

it.skipIf(found.length === 0)('an MPI with its launcher is here', () => {
  expect(found).not.toEqual([]);
});

describe.each(found)('ranks of $name', (mpi) => {
  it('that see different files say which', async () => {
    const folder = toys.newFolder();
    for (const rank of [0, 1]) {
      mkdirSync(join(folder, `${rank}`));
      copyFileSync(toys.reference, join(folder, `${rank}`, 'reference.hdf5'));
      const generated = join(folder, `${rank}`, 'generated.hdf5');
      await simulateShowers(generated, { geometry: 'calogan', showers: 400, seed: 5 + rank });
    }
    const files = ['evaluate', 'reference.hdf5', 'generated.hdf5', '--out', 'result', ...settings];
    const outcome = await onRanks(mpi, { ranks: 2, words: files, before: `cd ${folder}/$RANK` });
    const [line, ...others] = errorsIn(outcome);
    expect(line).toMatch(
      /^caloscope: ERR_RANKS: the SHA-256 of generated.hdf5 is not the same on all ranks: [0-9a-f]{64} on rank 0/,
    );
    expect(others).toEqual([]);
    expect(outcome.exitCode).toBe(1);
    expect(existsSync(join(folder, '0/result'))).toBe(false);
  });

  it('with different kernels say so', async () => {
    const before = '[ $RANK = 1 ] && export CALOSCOPE_KERNELS=baseline';
    const outcome = await onRanks(mpi, { ranks: 2, words: words(join(toys.newFolder(), 'result')), before });
    expect(errorsIn(outcome).join()).toMatch(/ERR_RANKS: the kernel set .* baseline on rank 1/);
    expect(outcome.exitCode).toBe(1);
  });

  it('are told of wrong words once', async () => {
    const outcome = await onRanks(mpi, { ranks: 3, words: words('nowhere', '--folds', '1') });
    expect(errorsIn(outcome)).toEqual([
      'caloscope: ERR_USAGE: --folds must be a whole number from 3 to 100; it is "1"',
    ]);
    expect(outcome.exitCode).toBe(2);
  });

  it('one of which cannot write end with its reason', async () => {
    const out = join(toys.newFolder(), 'result');
    // In the way of the checkpoint of the second network, which the second rank trains.
    mkdirSync(`${out}.checkpoint/network-0001.checkpoint.partial`, { recursive: true });
    const outcome = await onRanks(mpi, { ranks: 2, words: words(out, '--resume') });
    expect(errorsIn(outcome)).toHaveLength(1);
    expect(errorsIn(outcome)[0]).toMatch(
      /^caloscope: ERR_OUTPUT: rank 1 \(.*\): .*network-000\d\.checkpoint/,
    );
    expect(outcome.exitCode).toBe(1);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'one of which gets %s are resumed by any number',
    async (signal) => {
      const folder = toys.newFolder();
      const [out, kept] = [join(folder, 'result'), join(folder, 'result.checkpoint')];
      const long = ['--epochs', '60', '--patience', '60', '--resume'];
      const many = ['--epochs', '100000', '--patience', '100000', '--resume'];
      const endless = onRanks(mpi, {
        ranks: 2,
        words: words(out, ...many),
        before: `echo $$ > ${folder}/pid-$RANK`,
      });
      const checkpoints = () =>
        existsSync(kept) ? readdirSync(kept).filter((name) => /\d\.checkpoint$/.test(name)) : [];
      while (checkpoints().length < 2) await setTimeout(20);
      process.kill(Number(readFileSync(join(folder, 'pid-1'), 'utf8')), signal);
      const ended = await endless;
      expect(ended.exitCode).not.toBe(0);
      if (signal === 'SIGTERM')
        expect(errorsIn(ended).join()).toMatch(/interrupted by SIGTERM; repeat .* --resume/);
      const refused = await onRanks(mpi, { ranks: 3, words: words(out, ...long) });
      expect(errorsIn(refused).join()).toMatch(/ERR_CHECKPOINT: .*epochs was 100000 and is 60 now/);
    },
  );

  it('are resumed by other numbers of ranks, to the same bits', async () => {
    const folder = toys.newFolder();
    const [out, whole] = [join(folder, 'result'), join(folder, 'whole')];
    const long = ['--epochs', '2000', '--patience', '2000'];
    expect((await caloscope(words(whole, ...long))).exitCode).toBe(0);
    const kept = join(folder, 'result.checkpoint');
    for (const ranks of [2, 3]) {
      const stop = new AbortController();
      const outcome = onRanks(mpi, {
        ranks,
        words: words(out, ...long, '--resume'),
        onStart: async (launcher) => {
          const size = () => (existsSync(kept) ? readdirSync(kept).length : 0);
          while (size() < 3 && !stop.signal.aborted) await setTimeout(10);
          launcher.kill('SIGTERM');
        },
      });
      const { exitCode } = await outcome;
      // The launcher of MPICH ends with 0 now and then when it is stopped, whatever its ranks end with.
      if (mpi.name !== 'MPICH') expect(exitCode).not.toBe(0);
      stop.abort();
      expect(existsSync(out)).toBe(false);
    }
    expect((await caloscope(words(out, ...long, '--resume'))).exitCode).toBe(0);
    expect(await wholeResult(out)).toEqual(await wholeResult(whole));
    expect(existsSync(kept)).toBe(false);
  });
});

describe.skipIf(found.length < 2)('the launcher of one MPI and the addon of another', () => {
  it.each([
    [0, 1],
    [1, 0],
  ])('are refused (%d, %d)', async (launcher, addon) => {
    const mixed = { ...(found[launcher] as (typeof found)[0]), addon: found[addon]?.addon ?? '' };
    const outcome = await onRanks(mixed, { ranks: 2, words: words('nowhere') });
    expect(errorsIn(outcome)).toHaveLength(1);
    expect(errorsIn(outcome)[0]).toMatch(
      /ERR_RANKS: .* says that 2 processes .* sees 1: start with the launcher/,
    );
    expect(outcome.exitCode).not.toBe(0);
  });
});

describe('the variables of a launcher', () => {
  const run = (environment: Record<string, string>) => {
    const given = words(join(toys.newFolder(), 'result'));
    const { status, stderr } = spawnSync(process.execPath, [program, ...given], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    return { status, stderr };
  };

  it('without the addon say what to build', () => {
    const missing = { CALOSCOPE_MPI: '/nowhere/caloscope_mpi.node' };
    const { status, stderr } = run({ ...missing, OMPI_COMM_WORLD_SIZE: '2', OMPI_COMM_WORLD_RANK: '0' });
    expect(stderr).toMatch(
      /^caloscope: ERR_RANKS: .* is not there: build it where it is to run, .*build\.mjs.*\n$/,
    );
    expect(status).toBe(1);
  });

  it('that are left over are named', () => {
    const { status, stderr } = run({ PMI_SIZE: '2', PMI_RANK: '0', PMI_FD: '97' });
    expect(stderr).toMatch(
      /^caloscope: ERR_RANKS: .*PMI_FD is left over from a launcher that has ended: .*\n$/,
    );
    expect(status).toBe(1);
  });

  it('of a batch script, or that are switched off, are of one process', () => {
    expect(run({ SLURM_NTASKS: '4', SLURM_PROCID: '0' })).toEqual({ status: 0, stderr: '' });
    const off = { CALOSCOPE_MPI: 'off', OMPI_COMM_WORLD_SIZE: '2', OMPI_COMM_WORLD_RANK: '0' };
    expect(run(off)).toEqual({ status: 0, stderr: '' });
  });
});
