import { CaloscopeError } from '../errors.js';
import { bytesText, leftOfLimits } from '../machine/free-memory.js';
import { usableCores } from '../machine/usable-cores.js';

/** What Node.js takes before any work: addresses, of which it uses a tenth, and data. Commands that read files on threads, and others. */
const taken = {
  addresses: { few: 1.4e9, several: 3.4e9, perCore: 64 * 2 ** 20 },
  data: { few: 140e6, several: 200e6, perCore: 2 ** 20 },
};
const severalThreads: readonly string[] = ['train', 'evaluate', 'weights', 'demo'];

/**
 * Where Node.js gets no memory for itself it ends the process by a signal.
 *
 * @throws CaloscopeError ERR_MEMORY.
 */
export function requireRoomToRun(command: string): void {
  const left = leftOfLimits();
  for (const [what, limit] of [
    ['addresses', '(ulimit -v, h_vmem)'],
    ['data', '(ulimit -d)'],
  ] as const) {
    const { few, several, perCore } = taken[what];
    const needed = (severalThreads.includes(command) ? several : few) + perCore * usableCores().count;
    if (left[what] >= needed) continue;
    const message =
      `${what} are limited ${limit}: ${bytesText(left[what])} are left, ${command} takes ${bytesText(needed)} of them ` +
      'before any work: raise the limit, or run on fewer cores (taskset)';
    throw new CaloscopeError('ERR_MEMORY', message);
  }
}
