import { ArgumentError } from '../errors.js';
import type { NumberArray } from './contract/jobs.js';

/** True for the two kinds of typed arrays that the core takes columns of numbers in. */
export function isNumberArray(value: unknown): value is NumberArray {
  return value instanceof Float32Array || value instanceof Float64Array;
}

/** Throws ArgumentError ERR_ARGUMENT unless `value` is a Float32Array or Float64Array; `what` names it. */
export function requireNumberArray(value: unknown, what: string): asserts value is NumberArray {
  if (isNumberArray(value)) return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} must be a Float32Array or Float64Array; convert it first`);
}

/** Throws ArgumentError ERR_ARGUMENT unless `value` is a whole number that a double holds exactly, from `least` on. */
export function requireWhole(value: number, least: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} must be a whole number from ${least} on`);
}

/** Throws ArgumentError ERR_SHAPE unless the array has `length` entries. */
export function requireLength(array: NumberArray, length: number, what: string): void {
  if (array.length === length) return;
  throw new ArgumentError('ERR_SHAPE', `${what} must have ${length} entries, one a row, not ${array.length}`);
}
