/** Values that a value must at least hold, and how many times more than the next, to be one of its own. */
const fewestRows = 5;
const aboveOthers = 5;

/**
 * The value that stands for "there is none", such as 0 for the center of an empty layer: NaN where there is one, otherwise a
 * value that many rows share where others are hardly ever met twice. Null where there is no such value, and for whole numbers,
 * which are all met often: a count of 0 is a count.
 *
 * @param sorted values of both samples, or as many as decide.
 */
export function undefinedValueOf(
  reference: Float64Array,
  generated: Float64Array,
  sorted: Float64Array,
): number | null {
  if (reference.some(Number.isNaN) || generated.some(Number.isNaN)) return Number.NaN;
  if (sorted.every(Number.isInteger)) return null;
  let most = { value: 0, rows: 0 };
  let second = 0;
  for (let first = 0, last = 0; first < sorted.length; first = last) {
    const value = sorted[first] as number;
    while (last < sorted.length && sorted[last] === value) last++;
    const rows = last - first;
    if (rows > most.rows) {
      second = most.rows;
      most = { value, rows };
    } else {
      second = Math.max(second, rows);
    }
  }
  return most.rows >= fewestRows && most.rows >= aboveOthers * second ? most.value : null;
}

/** Tells rows that have the value; NaN is equal to itself, 0 to −0. */
export function isValue(value: number | null): (candidate: number) => boolean {
  if (value === null) return () => false;
  return Number.isNaN(value) ? Number.isNaN : (candidate) => candidate === value;
}
