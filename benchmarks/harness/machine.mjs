import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { packageVersion } from 'caloscope';
import { native } from '#caloscope/native/binding';

const tellingFlags = /^(sse4_2|avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd|asimddp|bf16|sve)$/;

function processorFlags() {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return line.split(' ').filter((flag) => tellingFlags.test(flag));
  } catch {
    return [];
  }
}

function commit() {
  try {
    const git = (...parts) => execFileSync('git', parts, { encoding: 'utf8', stdio: 'pipe' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', 'native', 'src') ? ' and changes' : '')
    );
  } catch {
    return null;
  }
}

/** Where the figures come from. */
export function machineRecord() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform}-${process.arch} ${release()}`,
    flags: processorFlags(),
    kernelSet: native().machine().kernelSet,
  };
}

/** Of this package and of Node; those of the peers are added by the cases. */
export function ownVersions() {
  return { caloscope: packageVersion, commit: commit(), node: process.versions.node };
}
