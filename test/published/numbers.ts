import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectClose } from '../support/closeness.js';

/**
 * What published packages answer on the inputs of inputs.ts: numbers/SUBJECT.json, made by make-numbers.py, names their
 * versions. They are there in every clone; the larger comparisons need files that are not in the repository.
 */
export function publishedNumbers<T>(subject: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'numbers', `${subject}.json`), 'utf8')) as T;
}

export function expectAllClose(
  values: ArrayLike<number>,
  expected: readonly number[],
  relative: number,
  absolute: number,
  what: string,
): void {
  for (const [i, wanted] of expected.entries())
    expectClose(values[i] as number, wanted, relative, absolute, `${what}, number ${i}`);
  expectClose(values.length, expected.length, 0, 0, `${what}, how many`);
}
