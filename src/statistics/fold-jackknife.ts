/**
 * What leaving out one fold after the other says of sums: contents of bins, or a mean. Each replica is the sum over the rows
 * outside of a fold, times K/(K − 1).
 */
export interface FoldReplicas {
  /** With weights that were learned without the fold. */
  readonly learned: readonly ArrayLike<number>[];
  /** With the weights that all folds gave. */
  readonly kept: readonly ArrayLike<number>[];
}

/** (K − 1)/K Σ (x_k − x̄)²: variance of a number by its delete-a-fold jackknife (Efron and Stein 1981). */
export function jackknifeVariance(replicas: readonly number[]): number {
  const mean = replicas.reduce((sum, x) => sum + x, 0) / replicas.length;
  const squares = replicas.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return (squares * (replicas.length - 1)) / replicas.length;
}

/**
 * What learned weights have in common in the contents of bins: deviations, one a fold, whose Σ_k d_k d_kᵀ is added to the
 * covariance of the rows, diag(Σw²). It is the jackknife of what learning without a fold changes, times one factor for all
 * bins: part of the change is taken back by the same rows that the fold itself adds (a row that is one too many in its bin
 * teaches the others there smaller weights). The factor is what the jackknife of learned weights has more than that of
 * fixed ones, over the jackknife of the change, all summed over the bins; from 0 to 1.
 */
export function sharedDeviations({ learned, kept }: FoldReplicas): Float64Array[] {
  const change = learned.map((contents, fold) =>
    Float64Array.from(
      contents,
      (content, bin) => content - ((kept[fold] as ArrayLike<number>)[bin] as number),
    ),
  );
  const variance = (replicas: readonly ArrayLike<number>[]) =>
    Array.from({ length: change[0]?.length ?? 0 }, (_, bin) =>
      jackknifeVariance(replicas.map((contents) => contents[bin] as number)),
    ).reduce((sum, x) => sum + x, 0);
  const ofChange = variance(change);
  const factor = ofChange > 0 ? Math.min(1, Math.max(0, (variance(learned) - variance(kept)) / ofChange)) : 0;
  const scale = Math.sqrt((factor * (change.length - 1)) / change.length);
  const mean = change.reduce(
    (sum, one) => sum.map((x, bin) => x + (one[bin] as number) / change.length),
    new Float64Array(change[0]?.length ?? 0),
  );
  return change.map((one) => one.map((x, bin) => scale * (x - (mean[bin] as number))));
}
