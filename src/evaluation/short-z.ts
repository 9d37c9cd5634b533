/** A number of standard deviations as text; beyond 99 no more than that. */
export function shortZ(z: number): string {
  if (Math.abs(z) > 99) return z > 0 ? 'z > 99' : 'z < −99';
  return `z = ${z.toFixed(1)}`;
}
