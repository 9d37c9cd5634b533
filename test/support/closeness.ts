import { expect } from 'vitest';

/** |value − expected| ≤ relative·|expected| + absolute; `what` names the number in the failure. */
export function expectClose(
  value: number,
  expected: number,
  relative: number,
  absolute: number,
  what: string,
): void {
  const allowed = relative * Math.abs(expected) + absolute;
  const fits = Math.abs(value - expected) <= allowed;
  // A failed comparison alone is worth the cost of a matcher: there are millions.
  if (!fits) expect(value, `${what}: ${value} is not ${expected} ± ${allowed}`).toBe(expected);
}
