/** A ratio of two counts and its 68.3 % interval; null stands for infinity. */
export interface CountRatio {
  /** Null where the denominator is 0; so is the upper end. */
  readonly value: number | null;
  readonly low: number;
  readonly high: number | null;
}

/**
 * Ratio of the means of two Poisson counts, n/m, with the interval that follows from Wilson's score interval (J. Am. Stat. Assoc. 22
 * (1927) 209) of the share n/(n + m): given n + m it is binomial. Null where both counts are 0. A count of 0 gives a limit:
 * n/(m + 1) is the lower one of n/0 at m = 0.
 */
export function countRatio(n: number, m: number): CountRatio | null {
  const sum = n + m;
  if (sum === 0) return null;
  const half = Math.sqrt((n * m) / sum + 0.25);
  const [lowShare, highShare] = [n + 0.5 - half, n + 0.5 + half];
  const [lowRest, highRest] = [m + 0.5 + half, m + 0.5 - half];
  return {
    value: m > 0 ? n / m : null,
    low: n > 0 ? lowShare / lowRest : 0,
    high: m > 0 ? highShare / highRest : null,
  };
}
