/**
 * Names with numbers in them: `data_{energy}` fits `data_256`, where energy is 256.
 */

const placeholder = /\{(\w+)\}/g;
const number = '([+-]?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)';

/** The placeholders of a name, in their order. */
export function placeholdersOf(pattern: string): string[] {
  return [...pattern.matchAll(placeholder)].map(([, name]) => name as string);
}

/** The numbers that a name has in place of the placeholders; null where it does not fit. */
export function numbersIn(pattern: string, name: string): ReadonlyMap<string, number> | null {
  return numbersOf(pattern, new RegExp(`^${expressionOf(pattern)}$`).exec(name));
}

/** The same where the pattern may be any part of the name, the first that fits. */
export function numbersWithin(pattern: string, name: string): ReadonlyMap<string, number> | null {
  return numbersOf(pattern, new RegExp(expressionOf(pattern)).exec(name));
}

function expressionOf(pattern: string): string {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return pattern
    .split(/\{\w+\}/)
    .map(literal)
    .join(number);
}

function numbersOf(pattern: string, found: RegExpExecArray | null): ReadonlyMap<string, number> | null {
  if (found === null) return null;
  return new Map(placeholdersOf(pattern).map((key, i) => [key, Number(found[i + 1])]));
}
