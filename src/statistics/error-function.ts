const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/**
 * erf(x) = 2/√π · exp(−x²) Σ 2ⁿ x²ⁿ⁺¹/(1·3·…·(2n+1)): all terms have one sign, so nothing cancels (Abramowitz and Stegun 7.1.6). Beyond 6 it is 1 to the last bit.
 */
export function errorFunction(x: number): number {
  if (!(Math.abs(x) < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * sum;
}
