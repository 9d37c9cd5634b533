import { CaloscopeError, FileError } from '../errors.js';
import { type ControlGroup, controlGroups, type ReadText, readText } from './control-groups.js';

/** Memory that the process may still take, and what limits it. */
export interface FreeMemory {
  readonly bytes: number;
  readonly reason: string;
}

/** V8, threads and the system take some beside what is counted: an end by signal would come first. */
const reservedBytes = 96 * 2 ** 20;

/**
 * The least that the machine, control groups (of both versions, and all above that of the process), and the limits of addresses
 * (ulimit -v, h_vmem) and data (ulimit -d) leave; infinite where the system does not say. A moment later it may be less.
 */
export function freeMemory(): FreeMemory {
  return freeMemoryOf(readText);
}

/** The same of any machine. */
export function freeMemoryOf(readText: ReadText): FreeMemory {
  const { addresses, data } = leftOfLimits(readText);
  const left = [
    { bytes: kilobytes(readText('/proc/meminfo') ?? '', 'MemAvailable'), reason: 'what the machine has' },
    ...controlGroups(readText, 'memory').flatMap((group) => freeInGroup(group, readText)),
    { bytes: addresses, reason: 'the limit of addresses (ulimit -v, h_vmem)' },
    { bytes: data, reason: 'the limit of data (ulimit -d)' },
  ];
  const nothing = { bytes: Number.POSITIVE_INFINITY, reason: 'nothing' };
  return left
    .flatMap(({ bytes, reason }) => (bytes === null ? [] : [{ bytes: Math.max(0, bytes), reason }]))
    .reduce((least, one) => (one.bytes < least.bytes ? one : least), nothing);
}

/** Addresses that the process may have, in bytes; infinite where there is no limit or the system does not say. */
export function addressLimit(): number {
  return limit(readText('/proc/self/limits') ?? '', 'address space');
}

/** Bytes that the limits of addresses and of data leave, which may be below 0. */
export function leftOfLimits(read: ReadText = readText): {
  readonly addresses: number;
  readonly data: number;
} {
  const status = read('/proc/self/status') ?? '';
  const limits = read('/proc/self/limits') ?? '';
  return {
    addresses: limit(limits, 'address space') - (kilobytes(status, 'VmSize') ?? 0),
    data: limit(limits, 'data size') - (kilobytes(status, 'VmData') ?? 0),
  };
}

/** What is refused where it does not fit. */
export interface MemoryNeed {
  readonly bytes: number;
  /** `the training`, singular. */
  readonly what: string;
  /** What to do, `--members 1`. */
  readonly advice: string;
  /** The file that it is for. */
  readonly path?: string | undefined;
}

/**
 * Refuses work for which there is no memory, before it is begun: later the system ends the process.
 *
 * @throws CaloscopeError ERR_MEMORY.
 */
export function requireMemory({ bytes, what, advice, path }: MemoryNeed, free = freeMemory()): void {
  if (bytes + reservedBytes <= free.bytes) return;
  const needs = bytesText(bytes + reservedBytes);
  const message = `${what} needs ${needs} of memory, ${bytesText(free.bytes)} are free (${free.reason}): ${advice}`;
  throw path === undefined
    ? new CaloscopeError('ERR_MEMORY', message)
    : new FileError('ERR_MEMORY', path, message);
}

/** `12.3 GB`. */
export function bytesText(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A number of kB of /proc in bytes; null where it is not there. */
function kilobytes(text: string, name: string): number | null {
  const [, found] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text) ?? [];
  return found === undefined ? null : Number(found) * 1024;
}

/** A soft limit of /proc/self/limits in bytes. */
function limit(text: string, name: string): number {
  const [, found] = new RegExp(`^Max ${name}\\s+(\\d+)`, 'm').exec(text) ?? [];
  return found === undefined ? Number.POSITIVE_INFINITY : Number(found);
}

/** What the limit of a group leaves; copies of files are given back before anything is refused, those in use lately too. */
function freeInGroup({ version, folder, name }: ControlGroup, readText: ReadText): FreeMemory[] {
  const [most, used, prefix] =
    version === 2
      ? ['memory.max', 'memory.current', '']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_'];
  const number = (file: string) => Number(readText(`${folder}/${file}`)?.trim() || Number.NaN);
  const statistics = readText(`${folder}/memory.stat`) ?? '';
  const copies = ['inactive_file', 'active_file'].map((name) => {
    const [, found] = new RegExp(`^${prefix}${name} (\\d+)`, 'm').exec(statistics) ?? [];
    return Number(found ?? 0);
  });
  const bytes = copies.reduce((sum, one) => sum + one, number(most as string) - number(used as string));
  return Number.isFinite(bytes) ? [{ bytes, reason: `the limit of control group ${name}` }] : [];
}
