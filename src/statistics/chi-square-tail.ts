import { logGamma } from './log-gamma.js';

/**
 * P(χ² > value) with k degrees of freedom: the regularised upper incomplete gamma function Q(k/2, value/2), by its series
 * below and its continued fraction (Lentz) above (Abramowitz and Stegun 6.5.29, 6.5.31). Relative error below 1e-10 down to
 * 1e-300. 1 for k = 0; NaN where `value` is.
 */
export function chiSquareTail(value: number, degreesOfFreedom: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (degreesOfFreedom <= 0 || value <= 0) return 1;
  if (value === Number.POSITIVE_INFINITY) return 0;
  const a = degreesOfFreedom / 2;
  const x = value / 2;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

/** γ(a, x) x^−a e^x. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Γ(a, x) x^−a e^x. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let d = 1 / b;
  let c = Number.POSITIVE_INFINITY;
  let fraction = d;
  for (let n = 1; ; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15 || n > 10_000) return fraction;
  }
}
