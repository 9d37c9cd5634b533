import { describe, expect, it } from 'vitest';
import { freeMemoryOf, requireMemory } from '#caloscope/machine/free-memory';

const GB = 2 ** 30;
const meminfo = 'MemTotal:       16777216 kB\nMemFree:  100 kB\nMemAvailable:    8388608 kB\n';
const unified = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const separate = '34 31 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory';

/** A machine of which 8 GiB are free, and what its files say beside that. */
function free(files: Readonly<Record<string, string>> = {}) {
  const all: Readonly<Record<string, string>> = { '/proc/meminfo': meminfo, ...files };
  return freeMemoryOf((path) => all[path] ?? null);
}

describe('the memory that is free', () => {
  it('is what the machine has available', () => {
    expect(free()).toEqual({ bytes: 8 * GB, reason: 'what the machine has' });
  });

  it('has no end where the system does not say', () => {
    expect(freeMemoryOf(() => null).bytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('follows the limits of control groups of version 2 and of those above; files that are kept count as free', () => {
    const group = (folder: string, most: string, used: number, files: number) => ({
      [`${folder}/memory.max`]: `${most}\n`,
      [`${folder}/memory.current`]: `${used}\n`,
      [`${folder}/memory.stat`]: `anon 5\ninactive_file ${files / 2}\nactive_file ${files / 2}\nunevictable 7\n`,
    });
    const limits = {
      '/proc/self/mountinfo': unified,
      '/proc/self/cgroup': '0::/job/step',
      ...group('/sys/fs/cgroup/job/step', 'max', 2 * GB, 0),
      ...group('/sys/fs/cgroup/job', `${4 * GB}`, 3 * GB, GB / 2),
    };
    expect(free(limits)).toEqual({ bytes: 1.5 * GB, reason: 'the limit of control group /job' });
  });

  it('follows the limits of control groups of version 1', () => {
    const limits = {
      '/proc/self/mountinfo': separate,
      '/proc/self/cgroup': '9:memory:/slurm/job_1\n1:cpu:/',
      '/sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes': `${3 * GB}\n`,
      '/sys/fs/cgroup/memory/slurm/job_1/memory.usage_in_bytes': `${GB}\n`,
      '/sys/fs/cgroup/memory/slurm/job_1/memory.stat': `inactive_file 1\ntotal_inactive_file ${GB / 4}\ntotal_active_file ${GB / 8}\n`,
      '/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/slurm/memory.usage_in_bytes': `${GB}\n`,
    };
    expect(free(limits)).toEqual({ bytes: 2.375 * GB, reason: 'the limit of control group /slurm/job_1' });
  });

  it('follows the limits of addresses and data', () => {
    const status = { '/proc/self/status': 'VmSize:\t 1048576 kB\nVmData:\t 524288 kB\n' };
    const limits = (space: string, data: string) => ({
      ...status,
      '/proc/self/limits': `Max data size             ${data}            unlimited            bytes\nMax address space         ${space}            unlimited            bytes\n`,
    });
    expect(free(limits(`${4 * GB}`, 'unlimited'))).toMatchObject({
      bytes: 3 * GB,
      reason: 'the limit of addresses (ulimit -v, h_vmem)',
    });
    expect(free(limits('unlimited', `${2 * GB}`))).toMatchObject({
      bytes: 1.5 * GB,
      reason: 'the limit of data (ulimit -d)',
    });
    expect(free(limits(`${GB / 2}`, 'unlimited')).bytes).toBe(0);
  });
});

it('work that does not fit is refused in one line that says what would', () => {
  const need = { bytes: 12e9, what: 'the training', advice: '--members 1 (3.0 GB)' };
  const few = { bytes: 7e9, reason: 'the limit of control group /job' };
  expect(() => requireMemory(need, few)).toThrow(
    /^the training needs 12\.1 GB of memory, 7\.0 GB are free \(the limit of control group \/job\): --members 1 \(3\.0 GB\)$/,
  );
  expect(() => requireMemory({ ...need, path: 'a.npy' }, few)).toThrow(
    expect.objectContaining({ code: 'ERR_MEMORY', path: 'a.npy' }),
  );
  requireMemory(need, { ...few, bytes: 13e9 });
});
