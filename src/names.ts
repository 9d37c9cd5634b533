import * as z from 'zod';
import { ArgumentError } from './errors.js';

/** Enumerations are lists of names; everything that is said of one, and every check against it, is made from its list. */

/** `a, b or c` */
export function alternatives(names: readonly string[]): string {
  if (names.length < 2) return names.join();
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function mustBeOneOf(names: readonly string[]): string {
  return `must be ${alternatives(names)}`;
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: mustBeOneOf(names) });
}

/**
 * @param what the option or argument that `value` was given for.
 * @throws ArgumentError ERR_ARGUMENT for anything but one of the names.
 */
export function requireOneOf<Name extends string>(
  names: readonly Name[],
  value: unknown,
  what: string,
): asserts value is Name {
  if ((names as readonly unknown[]).includes(value)) return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} is ${String(value)}; it ${mustBeOneOf(names)}`);
}
