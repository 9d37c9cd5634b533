import { availableParallelism, cpus } from 'node:os';
import { ArgumentError } from '../errors.js';
import { type ControlGroup, controlGroups, type ReadText, readText } from './control-groups.js';

/** Logical cores that this process may keep busy at once, and what says so. */
export interface UsableCores {
  readonly count: number;
  readonly reason: string;
}

/** What the number is taken from. */
export interface MachineLimits {
  /** Logical cores of the machine. */
  readonly cores: number;
  /** Those on which the affinity mask lets the process run. */
  readonly allowed: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
}

let known: UsableCores | undefined;

/**
 * The least of what the affinity mask, the CPU quotas of control groups and SLURM_CPUS_PER_TASK allow. It is found once a process.
 *
 * @throws ArgumentError ERR_ARGUMENT for a SLURM_CPUS_PER_TASK that is no number of cores.
 */
export function usableCores(): UsableCores {
  known ??= usableCoresOf(thisMachine());
  return known;
}

function thisMachine(): MachineLimits {
  return { cores: cpus().length, allowed: availableParallelism(), environment: process.env, readText };
}

/**
 * The same for one of several processes that are placed alike, as ranks that no launcher has bound to cores: mask and quotas are of all
 * of them, SLURM_CPUS_PER_TASK is of each.
 *
 * @throws ArgumentError ERR_ARGUMENT as {@link usableCores}.
 */
export function usableCoresBeside(processes: number, machine = thisMachine()): UsableCores {
  const own = usableCoresOf(machine);
  const ofAll = usableCoresOf({ ...machine, environment: {} });
  const share = Math.max(1, Math.floor(ofAll.count / processes));
  return share < own.count ? { count: share, reason: `${ofAll.reason}, of ${processes} processes` } : own;
}

/** The cores on which the affinity mask lets this process run, as the system writes them; null where it does not say. */
export function coresOfMask(read: ReadText = readText): string | null {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1] ?? null;
}

/** The same of any machine. A quota for a part of a core is no core: what it pays for is never exceeded, but for one thread. */
export function usableCoresOf(machine: MachineLimits): UsableCores {
  const limits: UsableCores[] = [
    { count: machine.allowed, reason: 'the affinity mask' },
    ...cpuQuotas(machine).map(({ cores, group }) => ({
      count: Math.max(1, Math.floor(cores)),
      reason: `the CPU quota of control group ${group}`,
    })),
    ...slurmLimit(machine.environment),
  ];
  const all = { count: Math.max(1, machine.cores), reason: 'all there are' };
  return limits.reduce((least, limit) => (limit.count < least.count ? limit : least), all);
}

function slurmLimit({ SLURM_CPUS_PER_TASK: text }: MachineLimits['environment']): UsableCores[] {
  if (text === undefined) return [];
  if (/^[1-9]\d{0,5}$/.test(text)) return [{ count: Number(text), reason: 'SLURM_CPUS_PER_TASK' }];
  const message = `SLURM_CPUS_PER_TASK is '${text}'; it must be a whole number from 1: correct it, unset it, or say the threads`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}

interface CpuQuota {
  readonly cores: number;
  readonly group: string;
}

/** Quotas of the groups that the process is in and of all above them. */
function cpuQuotas({ readText }: MachineLimits): CpuQuota[] {
  return controlGroups(readText, 'cpu').flatMap((group) => {
    const cores = quotaOf(group, readText);
    return cores === null ? [] : [{ cores, group: group.name }];
  });
}

/** Cores that a group is given time for; null: as many as there are. */
function quotaOf({ version, folder }: ControlGroup, readText: ReadText): number | null {
  const [quota, period] =
    version === 2
      ? (readText(`${folder}/cpu.max`) ?? '').trim().split(' ')
      : ['quota', 'period'].map((name) => readText(`${folder}/cpu.cfs_${name}_us`)?.trim());
  const cores = Number(quota || Number.NaN) / Number(period || Number.NaN);
  return Number.isFinite(cores) && cores > 0 ? cores : null; // "max", and -1 in version 1: no quota
}
