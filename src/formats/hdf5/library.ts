import type { ready } from 'h5wasm/node';
import { CaloscopeError } from '../../errors.js';
import { addressLimit } from '../../machine/free-memory.js';
import { addressesNeeded } from './address-space.js';

export type Library = Awaited<typeof ready>;

/**
 * The HDF5 library, loaded only where it is needed: it takes a third of a second. Its errors are exceptions; without that it prints
 * them, and a failed write is a status that its own writer does not look at. What it leaks for each error goes away with the thread.
 *
 * @throws CaloscopeError ERR_MEMORY.
 */
export async function loadLibrary(): Promise<Library> {
  try {
    const { ready } = await import('h5wasm/node');
    const library = await ready;
    library.activate_throwing_error_handler();
    return library;
  } catch (cause) {
    if (!Number.isFinite(addressLimit())) throw cause;
    throw new CaloscopeError('ERR_MEMORY', addressesNeeded(), { cause });
  }
}
