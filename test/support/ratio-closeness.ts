/** How learned log-ratios follow the exact ones where most showers are. */
export interface RatioCloseness {
  /** Of the least-squares line learned = offset + slope·exact. */
  readonly slope: number;
  /** Mean of learned − exact. */
  readonly bias: number;
  /** Standard deviation of learned − exact. */
  readonly spread: number;
}

/** Over the rows whose exact log-ratio lies between its 2.5 % and 97.5 % quantiles. */
export function ratioCloseness(learned: Float64Array, exact: Float64Array): RatioCloseness {
  const sorted = Float64Array.from(exact).sort();
  const quantile = (probability: number) => sorted[Math.floor(probability * (sorted.length - 1))] as number;
  const [lower, upper] = [quantile(0.025), quantile(0.975)];
  const pairs = Array.from(exact, (x, row) => [x, learned[row] as number] as const).filter(
    ([x]) => x >= lower && x <= upper,
  );
  const mean = (f: (x: number, y: number) => number) =>
    pairs.reduce((sum, [x, y]) => sum + f(x, y), 0) / pairs.length;
  const meanExact = mean((x) => x);
  const meanLearned = mean((_, y) => y);
  const slope = mean((x, y) => (x - meanExact) * (y - meanLearned)) / mean((x) => (x - meanExact) ** 2);
  const bias = meanLearned - meanExact;
  return { slope, bias, spread: Math.sqrt(mean((x, y) => (y - x - bias) ** 2)) };
}
