import { CaloscopeError } from '../../errors.js';
import { addressLimit } from '../../machine/free-memory.js';

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
  if (addressLimit() >= neededBytes || reservesLittle()) return;
  throw new CaloscopeError('ERR_MEMORY', addressesNeeded());
}

/** Why the HDF5 library does not work, and what to do. */
export function addressesNeeded(): string {
  return (
    `addresses are limited to ${(addressLimit() / 1e9).toFixed(1)} GB (ulimit -v, h_vmem), files of HDF5 need ${neededBytes / 1e9} GB ` +
    'of them, though little memory: raise the limit, or set NODE_OPTIONS=--disable-wasm-trap-handler'
  );
}

function reservesLittle(): boolean {
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return options.includes('--disable-wasm-trap-handler');
}
