import { ArgumentError } from '../errors.js';
import { usableCores } from '../machine/usable-cores.js';
import { type JobOptions, jobOptions } from './run-job.js';

/** Options of every function that computes on several threads. */
export interface ThreadedJobOptions extends JobOptions {
  /**
   * Threads of the core; the result does not depend on it. Default: as many as the process may keep busy, the least of what its
   * affinity mask, the CPU quotas of its control groups and SLURM_CPUS_PER_TASK allow.
   */
  readonly threads?: number | undefined;
}

/** Their names, for functions that refuse others. */
export const threadedJobOptions: Readonly<Record<keyof ThreadedJobOptions, true>> = {
  ...jobOptions,
  threads: true,
};

export const mostThreads = 1024;

/** @throws ArgumentError ERR_ARGUMENT. */
export function threadsOf(options: ThreadedJobOptions): number {
  const { threads = Math.min(usableCores().count, mostThreads) } = options;
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= mostThreads) return threads;
  const message = `threads is ${String(threads)}; it must be a whole number from 1 to ${mostThreads}`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}
