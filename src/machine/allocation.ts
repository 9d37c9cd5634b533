import { CaloscopeError } from '../errors.js';
import { requireMemory } from './free-memory.js';

/** Smaller arrays are not held against what is free. */
const smallBytes = 16 * 2 ** 20;

/**
 * An array of numbers that are 0, refused where there is no room for it: the system gives more than it has, and ends the process when
 * it is written to.
 *
 * @throws CaloscopeError ERR_MEMORY.
 */
export function allocated(length: number, as: 'float64'): Float64Array<ArrayBuffer>;
export function allocated(length: number, as?: 'float32'): Float32Array<ArrayBuffer>;
export function allocated(length: number, as: 'float32' | 'float64' = 'float32') {
  const Numbers = as === 'float32' ? Float32Array : Float64Array;
  const bytes = length * Numbers.BYTES_PER_ELEMENT;
  const advice = 'fewer rows or columns, or a machine with more memory';
  if (bytes > smallBytes) requireMemory({ bytes, what: `an array of ${length} numbers`, advice });
  try {
    return new Numbers(length);
  } catch (cause) {
    throw new CaloscopeError('ERR_MEMORY', `not enough memory for ${length} numbers`, { cause });
  }
}
