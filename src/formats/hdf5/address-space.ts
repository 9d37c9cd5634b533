import { readFileSync } from 'node:fs';
import { CaloscopeError } from '../../errors.js';

/**
 * Addresses that a process needs in which the HDF5 library reads and writes: WebAssembly reserves 10 GB of them a time, whatever it
 * uses of them.
 */
const neededBytes = 16e9;

/**
 * Batch systems limit addresses (h_vmem, ulimit -v) where they mean memory: that is told before the work, not when its result
 * is to be written.
 *
 * @throws CaloscopeError ERR_MEMORY.
 */
export function requireAddressSpace(): void {
  const limit = addressLimit();
  if (limit >= neededBytes || reservesLittle()) return;
  const message =
    `addresses are limited to ${(limit / 1e9).toFixed(1)} GB (ulimit -v, h_vmem), files of HDF5 need ${neededBytes / 1e9} GB ` +
    'of them, though little memory: raise the limit, or set NODE_OPTIONS=--disable-wasm-trap-handler';
  throw new CaloscopeError('ERR_MEMORY', message);
}

function reservesLittle(): boolean {
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return options.includes('--disable-wasm-trap-handler');
}

/** Bytes; infinite where there is no limit or the system does not say. */
function addressLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max address space\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
