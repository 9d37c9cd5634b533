/** A p-value in words: `= 0.043`, `= 3e-8`, `< 1e-16`, where doubles of tails end. */
export function shortP(p: number): string {
  if (p < 1e-16) return '< 1e-16';
  return `= ${p < 0.001 ? p.toExponential(0) : p.toFixed(3)}`;
}
