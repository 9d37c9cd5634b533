import { logGamma } from './log-gamma.js';

/**
 * P(F > value) of the F distribution with d₁ and d₂ degrees of freedom, both above 0 and not whole of need: the regularised
 * incomplete beta function I_x(d₂/2, d₁/2) at x = d₂/(d₂ + d₁·value), by its continued fraction (Abramowitz and Stegun 26.6.2,
 * 26.5.8). Relative error below 1e-9 for degrees of freedom up to 1e6. NaN where `value` is.
 */
export function fTail(value: number, d1: number, d2: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (value <= 0) return 1;
  if (value === Number.POSITIVE_INFINITY) return 0;
  const [a, b] = [d2 / 2, d1 / 2];
  const x = d2 / (d2 + d1 * value);
  const y = (d1 * value) / (d2 + d1 * value);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, y)) / b;
}

/** The continued fraction of I_x(a, b), by Lentz. */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const orTiny = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / orTiny(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / orTiny(1 + even * d);
    c = orTiny(1 + even / c);
    result *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / orTiny(1 + odd * d);
    c = orTiny(1 + odd / c);
    result *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}
