import { existsSync, fstatSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a launcher of several processes says to one of them. */
export interface Launch {
  readonly rank: number;
  /** More than 1. */
  readonly ranks: number;
  /** The variable that says how many there are. */
  readonly variable: string;
}

/**
 * What launchers set for each process that they start: mpirun of Open MPI, mpirun of MPICH and Intel MPI (and srun with PMI), srun. A
 * batch script that was not started with srun has no SLURM_STEP_NUM_TASKS, but the number of tasks of its job: it is one process.
 */
const variables = [
  { ranks: 'OMPI_COMM_WORLD_SIZE', rank: 'OMPI_COMM_WORLD_RANK' },
  { ranks: 'PMI_SIZE', rank: 'PMI_RANK' },
  { ranks: 'SLURM_STEP_NUM_TASKS', rank: 'SLURM_PROCID' },
] as const;

/** Null: a process of its own, as far as launchers say. The first of them that says something is believed. */
export function launchOf(environment: Environment): Launch | null {
  if (environment['CALOSCOPE_MPI'] === 'off') return null;
  for (const { ranks: variable, rank: number } of variables) {
    const [ranks, rank] = [whole(environment[variable]), whole(environment[number])];
    if (ranks === null || rank === null || rank >= ranks) continue;
    return ranks > 1 ? { rank, ranks, variable } : null;
  }
  return null;
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/**
 * A variable of a launcher that is not there any more; null where all is well. MPI would end the process with a page of text.
 */
export function leftOver(environment: Environment): string | null {
  const { PMI_FD: descriptor, PMIX_SERVER_TMPDIR: folder } = environment;
  if (descriptor !== undefined && !isSocket(Number(descriptor))) return 'PMI_FD';
  if (folder !== undefined && !existsSync(folder)) return 'PMIX_SERVER_TMPDIR';
  return null;
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
