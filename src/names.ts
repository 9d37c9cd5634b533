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

/** The name that was probably meant, as words for the end of a message; none where nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const distances = known.map(
    (other) => [editDistance(name.toLowerCase(), other.toLowerCase()), other] as const,
  );
  const [distance, nearest] = distances.reduce(
    (a, b) => (b[0] < a[0] ? b : a),
    [Number.POSITIVE_INFINITY, ''],
  );
  return distance <= Math.max(1, name.length / 3) ? `; did you mean ${nearest}?` : '';
}

/** Letters to insert, remove, replace or swap with the next (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (i > 1 && j > 1 && swapped) row[j] = Math.min(row[j] as number, (before[j - 2] as number) + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}

/**
 * A name that is not known does not pass: an option with a typing error would be its default.
 *
 * @param known the names, in a table that the compiler holds complete.
 * @throws ArgumentError ERR_ARGUMENT.
 */
export function requireKnownOptions<Options extends object>(
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError('ERR_ARGUMENT', `options must be an object; they are ${shown(options)}`);
  }
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ArgumentError('ERR_ARGUMENT', `there is no option ${unknown}${didYouMean(unknown, names)}`);
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

/** @throws ArgumentError ERR_ARGUMENT for anything but a text. */
export function requireText(value: unknown, what: string): asserts value is string {
  if (typeof value === 'string') return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} must be a text; it is ${shown(value)}`);
}

/** @throws ArgumentError ERR_ARGUMENT for anything but a path, or a list of paths with one at least. */
export function requirePaths(value: unknown): asserts value is string | readonly string[] {
  const all: unknown = typeof value === 'string' ? [value] : value;
  if (Array.isArray(all) && all.length > 0 && all.every((path) => typeof path === 'string' && path !== ''))
    return;
  throw new ArgumentError(
    'ERR_ARGUMENT',
    `paths must be a path or a list of paths; they are ${shown(value)}`,
  );
}

/** @throws ArgumentError ERR_ARGUMENT for anything but an object. */
export function requireObject(value: unknown, what: string, is: string): asserts value is object {
  if (typeof value === 'object' && value !== null) return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} must be ${is}; it is ${shown(value)}`);
}

/** @throws ArgumentError ERR_ARGUMENT for what is no instance of a class. */
export function requireInstance(
  value: unknown,
  classOf: { readonly name: string; readonly prototype: object },
  what: string,
): void {
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.isPrototypeOf.call(classOf.prototype, value)
  )
    return;
  throw new ArgumentError('ERR_ARGUMENT', `${what} must be a ${classOf.name}; it is ${shown(value)}`);
}

/** In a few letters. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${value.constructor?.name ?? 'object'}`;
}
