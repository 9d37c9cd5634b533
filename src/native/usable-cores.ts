import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { posix } from 'node:path';
import { ArgumentError } from '../errors.js';

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
  /** Text of a file; null where there is none. */
  readText(path: string): string | null;
}

let known: UsableCores | undefined;

/**
 * The least of what the affinity mask, the CPU quotas of control groups and SLURM_CPUS_PER_TASK allow. It is found once a process.
 *
 * @throws ArgumentError ERR_ARGUMENT for a SLURM_CPUS_PER_TASK that is no number of cores.
 */
export function usableCores(): UsableCores {
  known ??= usableCoresOf({
    cores: cpus().length,
    allowed: availableParallelism(),
    environment: process.env,
    readText,
  });
  return known;
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

/** A hierarchy of control groups that may limit CPUs. */
interface GroupMount {
  readonly version: 1 | 2;
  /** Group that lies at the mount point. */
  readonly root: string;
  readonly point: string;
}

interface CpuQuota {
  readonly cores: number;
  readonly group: string;
}

/** Quotas of the groups that the process is in and of all above them; cgroups(7). */
function cpuQuotas(machine: MachineLimits): CpuQuota[] {
  const mounts = groupMounts(machine.readText('/proc/self/mountinfo') ?? '');
  const lines = (machine.readText('/proc/self/cgroup') ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || group === undefined) return [];
    const version = controllers === '' ? 2 : 1;
    if (version === 1 && !controllers.split(',').includes('cpu')) return [];
    const mount = mounts.find((found) => found.version === version);
    return mount ? quotasAbove(machine, mount, group) : [];
  });
}

/** proc(5): "36 35 98:0 /root /point options optional… - type source options of the file system". */
function groupMounts(mountinfo: string): GroupMount[] {
  return mountinfo.split('\n').flatMap((line): GroupMount[] => {
    const [place = '', system = ''] = line.split(' - ');
    const [root, point] = place.split(' ').slice(3, 5).map(unescaped);
    const [type, , options = ''] = system.split(' ');
    if (root === undefined || point === undefined) return [];
    if (type === 'cgroup2') return [{ version: 2, root, point }];
    return type === 'cgroup' && options.split(',').includes('cpu') ? [{ version: 1, root, point }] : [];
  });
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function quotasAbove(
  machine: MachineLimits,
  { version, root, point }: GroupMount,
  group: string,
): CpuQuota[] {
  // What lies outside of what is mounted, as in a container that sees the names of its host, is at the mount point.
  const below = posix.relative(root, group);
  const inside = below === '..' || below.startsWith('../') ? '' : below;
  const quotas: CpuQuota[] = [];
  for (let at = inside; ; at = at.includes('/') ? posix.dirname(at) : '') {
    const cores = quotaIn(machine, posix.join(point, at), version);
    if (cores !== null) quotas.push({ cores, group: posix.join('/', at) });
    if (at === '') return quotas;
  }
}

/** Cores that a group is given time for; null: as many as there are. */
function quotaIn({ readText }: MachineLimits, folder: string, version: 1 | 2): number | null {
  const [quota, period] =
    version === 2
      ? (readText(`${folder}/cpu.max`) ?? '').trim().split(' ')
      : ['quota', 'period'].map((name) => readText(`${folder}/cpu.cfs_${name}_us`)?.trim());
  const cores = Number(quota || Number.NaN) / Number(period || Number.NaN);
  return Number.isFinite(cores) && cores > 0 ? cores : null; // "max", and -1 in version 1: no quota
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
