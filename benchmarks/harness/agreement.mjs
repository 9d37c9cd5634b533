/**
 * Whether both sides did the same work, as it stands in the results.
 *
 * @param {Record<string, readonly [value: number, tolerance: number]>} checks what was compared, in words: the value
 * must not be above the tolerance; NaN never agrees.
 * @returns {{ passed: boolean, checks: { what: string, value: number, tolerance: number }[] }}
 */
export function agreementOf(checks) {
  const list = Object.entries(checks).map(([what, [value, tolerance]]) => ({ what, value, tolerance }));
  return {
    passed: list.length > 0 && list.every(({ value, tolerance }) => value <= tolerance),
    checks: list,
  };
}

/** Largest |a − b| / (|b| + floor) of two arrays of one length. */
export function largestRelativeDifference(a, b, floor = 0) {
  if (a.length !== b.length) throw new Error(`${a.length} numbers cannot be compared with ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]) / (Math.abs(b[i]) + floor);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) break;
  }
  return largest;
}

/** √ of the mean of the squares. */
export function rootMeanSquare(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** Largest |a − b| in units of the root mean square of b: what a difference of logits is measured in. */
export function largestDifferenceInWidths(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} numbers cannot be compared with ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) break;
  }
  return largest / rootMeanSquare(b);
}
