import { describe, expect, it } from 'vitest';
import {
  coresOfMask,
  type MachineLimits,
  usableCoresBeside,
  usableCoresOf,
} from '#caloscope/machine/usable-cores';

const unified = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const separate = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
  '34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset',
].join('\n');

/** A machine with 64 cores, of which files tell what they are given. */
function machine(limits: {
  allowed?: number;
  slurm?: string;
  mounts?: string;
  groups?: string;
  files?: Readonly<Record<string, string>>;
}): MachineLimits {
  const files: Record<string, string | undefined> = {
    '/proc/self/mountinfo': limits.mounts,
    '/proc/self/cgroup': limits.groups,
    ...limits.files,
  };
  return {
    cores: 64,
    allowed: limits.allowed ?? 64,
    environment: limits.slurm === undefined ? {} : { SLURM_CPUS_PER_TASK: limits.slurm },
    readText: (path) => files[path] ?? null,
  };
}

describe('the cores that may be used', () => {
  it('are all where nothing limits them', () => {
    expect(usableCoresOf(machine({}))).toEqual({ count: 64, reason: 'all there are' });
    const unlimited = machine({
      mounts: unified,
      groups: '0::/user.slice',
      files: { '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n' },
    });
    expect(usableCoresOf(unlimited).count).toBe(64);
  });

  it('follow the affinity mask', () => {
    expect(usableCoresOf(machine({ allowed: 6 }))).toEqual({ count: 6, reason: 'the affinity mask' });
  });

  it.each([
    ['800000 100000', 8],
    ['250000 100000', 2],
    ['50000 100000', 1],
    ['30000 10000', 3],
  ])('follow a quota of version 2, %s', (quota, count) => {
    const limits = machine({
      mounts: unified,
      groups: '0::/job/step',
      files: { '/sys/fs/cgroup/job/step/cpu.max': `${quota}\n` },
    });
    expect(usableCoresOf(limits)).toEqual({ count, reason: 'the CPU quota of control group /job/step' });
  });

  it('follow the tightest of the groups above', () => {
    const files = {
      '/sys/fs/cgroup/job/step/task/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/job/step/cpu.max': '1200000 100000\n',
      '/sys/fs/cgroup/job/cpu.max': '500000 100000\n',
      '/sys/fs/cgroup/cpu.max': '900000 100000\n',
    };
    const limits = machine({ mounts: unified, groups: '0::/job/step/task', files });
    expect(usableCoresOf(limits)).toEqual({ count: 5, reason: 'the CPU quota of control group /job' });
  });

  it('follow a quota of version 1, where -1 is none', () => {
    const files = {
      '/sys/fs/cgroup/cpu,cpuacct/slurm/job/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/slurm/job/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_quota_us': '350000\n',
      '/sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_period_us': '100000\n',
    };
    const groups = '7:cpuset:/elsewhere\n4:cpu,cpuacct:/slurm/job\n0::/';
    expect(usableCoresOf(machine({ mounts: separate, groups, files }))).toEqual({
      count: 3,
      reason: 'the CPU quota of control group /slurm',
    });
  });

  it('are found in a container, which sees its group at the mount point', () => {
    const files = {
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    };
    const mounts = '32 31 0:29 /docker/4f /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu';
    expect(usableCoresOf(machine({ mounts, groups: '4:cpu:/docker/4f', files })).count).toBe(2);
    expect(usableCoresOf(machine({ mounts, groups: '4:cpu:/../other', files })).count).toBe(2);
  });

  it('are found where names hold spaces', () => {
    const limits = machine({
      mounts: '35 24 0:30 / /sys/fs/my\\040groups rw - cgroup2 cgroup2 rw',
      groups: '0::/a job:1',
      files: { '/sys/fs/my groups/a job:1/cpu.max': '400000 100000' },
    });
    expect(usableCoresOf(limits).count).toBe(4);
  });

  it('follow SLURM, and the least of all', () => {
    expect(usableCoresOf(machine({ slurm: '12' }))).toEqual({ count: 12, reason: 'SLURM_CPUS_PER_TASK' });
    expect(usableCoresOf(machine({ slurm: '12', allowed: 4 })).reason).toBe('the affinity mask');
    expect(usableCoresOf(machine({ slurm: '200' })).count).toBe(64);
  });

  it.each(['0', '', '-2', '1.5', 'many', '4 '])('refuse SLURM_CPUS_PER_TASK=%j', (slurm) => {
    expect(() => usableCoresOf(machine({ slurm }))).toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT',
        message: expect.stringContaining('SLURM_CPUS_PER_TASK'),
      }),
    );
  });

  it('are not limited by files that hold no quota', () => {
    for (const text of ['', 'max', '0 100000', '100000 0', 'x y']) {
      const limits = machine({
        mounts: unified,
        groups: '0::/job',
        files: { '/sys/fs/cgroup/job/cpu.max': text },
      });
      expect(usableCoresOf(limits).count).toBe(64);
    }
  });

  it('are shared by processes that are placed alike; SLURM counts those of each', () => {
    const beside = (processes: number, limits: Parameters<typeof machine>[0]) =>
      usableCoresBeside(processes, machine(limits));
    expect(beside(1, { allowed: 8 })).toEqual(usableCoresOf(machine({ allowed: 8 })));
    expect(beside(3, { allowed: 8 })).toEqual({ count: 2, reason: 'the affinity mask, of 3 processes' });
    expect(beside(4, {})).toEqual({ count: 16, reason: 'all there are, of 4 processes' });
    expect(beside(2, { allowed: 1 }).count).toBe(1);
    expect(beside(2, { slurm: '12' })).toEqual({ count: 12, reason: 'SLURM_CPUS_PER_TASK' });
    expect(beside(8, { slurm: '12' }).count).toBe(8);
    const files = { '/sys/fs/cgroup/job/cpu.max': '400000 100000' };
    expect(beside(2, { mounts: unified, groups: '0::/job', files }).count).toBe(2);
  });

  it('of a mask are those that the system lists', () => {
    const status = 'Cpus_allowed:\tff\nCpus_allowed_list:\t0-3,7\nMems_allowed:\t1\n';
    expect(coresOfMask(() => status)).toBe('0-3,7');
    expect(coresOfMask(() => null)).toBeNull();
  });
});
