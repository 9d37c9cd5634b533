import { expect, it } from 'vitest';
import { alternatives, mustBeOneOf, oneOf, requireOneOf } from '#caloscope/names';

it('makes a sentence of names', () => {
  expect(alternatives(['a'])).toBe('a');
  expect(alternatives(['a', 'b'])).toBe('a or b');
  expect(mustBeOneOf(['a', 'b', 'c'])).toBe('must be a, b or c');
});

it('takes only names of the list', () => {
  const names = ['low', 'high'] as const;
  for (const name of names) {
    expect(oneOf(names).parse(name)).toBe(name);
    requireOneOf(names, name, 'set');
  }
  for (const stranger of ['', 'Low', 'low ', 0, null, undefined, ['low'], { low: 1 }]) {
    expect(oneOf(names).safeParse(stranger).error?.issues[0]?.message).toBe('must be low or high');
    expect(() => requireOneOf(names, stranger, 'set')).toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT',
        message: `set is ${stranger}; it must be low or high`,
      }),
    );
  }
});
