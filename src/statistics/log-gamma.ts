/** ln Γ(a), a > 0. */
export function logGamma(a: number): number {
  // Stirling's series from 10 on: what it leaves out is below 2e-14.
  let shift = 0;
  let z = a;
  for (; z < 10; z++) shift += Math.log(z);
  const series =
    1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5) - 1 / (1680 * z ** 7) + 1 / (1188 * z ** 9);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
