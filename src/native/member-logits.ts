import { ArgumentError } from '../errors.js';
import type { NumberArray } from './contract/jobs.js';
import { requireNumberArray, requireWhole } from './number-array.js';

/**
 * What several classifiers say of rows, ln(p_reference/p_generated) each: an object, so that numbers of all of them are never taken for
 * one a row.
 */
export interface MemberLogits<Numbers extends NumberArray = NumberArray> {
  /** members × rows, one member after the other. */
  readonly values: Numbers;
  readonly members: number;
  readonly rows: number;
}

/** @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE. */
export function requireMemberLogits(given: unknown, what: string): asserts given is MemberLogits {
  if (!(given instanceof Object) || ArrayBuffer.isView(given) || Array.isArray(given)) {
    throw new ArgumentError('ERR_ARGUMENT', `${what} must be { values, members, rows }`);
  }
  const { values, members, rows } = given as MemberLogits;
  requireNumberArray(values, `${what}.values`);
  requireWhole(members, 1, `${what}.members`);
  requireWhole(rows, 0, `${what}.rows`);
  if (values.length === members * rows) return;
  const message = `${what} has ${values.length} values, which are not those of ${members} members for ${rows} rows`;
  throw new ArgumentError('ERR_SHAPE', message);
}
