/**
 * p-values adjusted for their number: where those below q are called discoveries, at most the share q of the discoveries
 * is false on average, for tests that are independent or depend on each other positively (Benjamini and Hochberg, J. R. Stat. Soc.
 * B 57 (1995) 289). In the order given.
 */
export function adjustedPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[b] as number) - (pValues[a] as number));
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  for (const [position, i] of order.entries()) {
    const rank = pValues.length - position;
    least = Math.min(least, ((pValues[i] as number) * pValues.length) / rank);
    adjusted[i] = least;
  }
  return adjusted;
}
