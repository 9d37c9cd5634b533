/** The numbers of neighboring stretches of rows as one column; a single stretch is not copied. */
export function joinedColumns(stretches: readonly Float64Array[]): Float64Array {
  if (stretches.length === 1) return stretches[0] as Float64Array;
  const whole = new Float64Array(stretches.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const stretch of stretches) {
    whole.set(stretch, at);
    at += stretch.length;
  }
  return whole;
}
