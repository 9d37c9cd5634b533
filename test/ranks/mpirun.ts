/** Starts the compiled command line under the launchers of MPI that are on this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Outcome, program } from '../cli/run-caloscope.js';

/** An MPI with its launcher and an addon that was built with it. */
export interface Mpi {
  readonly name: string;
  readonly launcher: string;
  /** Options for more ranks than cores. */
  readonly options: readonly string[];
  readonly addon: string;
}

const known = [
  { name: 'Open MPI', compiler: 'mpicc.openmpi', launcher: 'mpirun.openmpi', options: ['--oversubscribe'] },
  { name: 'MPICH', compiler: 'mpicc.mpich', launcher: 'mpirun.mpich', options: [] },
] as const;

function isThere(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

/** MPIs for which an addon can be built, with one built into a folder that `remove` takes away; none where there are none. */
export function buildAddons(): { readonly found: readonly Mpi[]; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-mpi-'));
  const build = resolve(import.meta.dirname, '../../native/mpi/build.mjs');
  const found = known.flatMap(({ name, compiler, launcher, options }): Mpi[] => {
    if (!isThere(compiler) || !isThere(launcher)) return [];
    const into = join(folder, compiler);
    const words = [build, '--into', into, `-DMPI_C_COMPILER=${compiler}`];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    const addon = join(into, 'caloscope_mpi.node');
    if (status !== 0 || !existsSync(addon)) throw new Error(`the addon of ${name} was not built: ${stderr}`);
    return [{ name, launcher, options, addon }];
  });
  return { found, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

export interface RankCall {
  readonly ranks: number;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Words of a shell that each rank begins with; $RANK is its number. */
  readonly before?: string;
  /** Called with the process of the launcher. */
  readonly onStart?: (launcher: ChildProcess) => void;
}

/** The command line on several ranks. What launchers add to stderr is in it. */
export function onRanks(
  { launcher, options, addon }: Mpi,
  { ranks, words, environment = {}, before = '', onStart }: RankCall,
): Promise<Outcome> {
  const script = `RANK=\${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; ${before}\nexec "$@"`;
  const shell = ['sh', '-c', script, 'sh', process.execPath, program, ...words];
  const child = spawn(launcher, [...options, '-n', String(ranks), ...shell], {
    env: { ...process.env, ...asRoot, CALOSCOPE_MPI: addon, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart?.(child);
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (piece: Buffer) => {
      heard[name] += piece.toString();
    });
  }
  return new Promise((accept, refuse) => {
    child.once('error', refuse);
    child.once('close', (exitCode) => accept({ exitCode, ...heard }));
  });
}

/** What the program itself said of errors. */
export function errorsIn({ stderr }: Outcome): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('caloscope: '));
}
