import { requireObject } from '../names.js';
import { requireWhole } from '../native/number-array.js';
import type { RowCounts } from './find-failures.js';

/** How many times more rows of the reference than of the generated sample, as shares of both, lie in a region. */
export interface RegionFactor {
  /** w of the region: above 1 the generated sample has too few such rows. 0 or null (infinite) where one of the counts is 0. */
  readonly value: number | null;
  /** One standard error, binomial, to first order; null where one of the counts is 0. */
  readonly standardError: number | null;
  /**
   * Fisher's exact test of "both samples have the same share there", two-sided: twice the smaller tail. For a region chosen on
   * other rows.
   */
  readonly pValue: number;
}

/**
 * @param inside rows in the region, @param all rows that could have been.
 * @throws ArgumentError ERR_ARGUMENT for what are no counts.
 */
export function regionFactor(inside: RowCounts, all: RowCounts): RegionFactor {
  for (const counts of [inside, all]) {
    requireObject(counts, 'counts of rows', '{ reference, generated }');
    requireWhole(counts.reference, 0, 'reference rows');
    requireWhole(counts.generated, 0, 'generated rows');
  }
  const first = inside.reference / all.reference;
  const second = inside.generated / all.generated;
  const pValue = fisherTest(inside, all);
  if (inside.reference === 0 || inside.generated === 0) {
    return { value: inside.reference === 0 && inside.generated > 0 ? 0 : null, standardError: null, pValue };
  }
  const value = first / second;
  const relative = Math.sqrt((1 - first) / inside.reference + (1 - second) / inside.generated);
  return { value, standardError: value * relative, pValue };
}

/** Terms of the hypergeometric distribution below this, relative to the largest, change no digit. */
const negligible = 1e-300;

function fisherTest(inside: RowCounts, all: RowCounts): number {
  const chosen = inside.reference + inside.generated;
  const least = Math.max(0, chosen - all.generated);
  const most = Math.min(chosen, all.reference);
  /** P(k + 1)/P(k). */
  const step = (k: number) =>
    ((chosen - k) / (k + 1)) * ((all.reference - k) / (all.generated - chosen + k + 1));
  const mode = Math.min(
    most,
    Math.max(least, Math.floor(((chosen + 1) * (all.reference + 1)) / (all.reference + all.generated + 2))),
  );
  let whole = 0;
  let below = 0;
  let above = 0;
  const add = (k: number, term: number) => {
    whole += term;
    if (k <= inside.reference) below += term;
    if (k >= inside.reference) above += term;
  };
  for (let k = mode, term = 1; k <= most && term > negligible; term *= step(k), k++) add(k, term);
  for (let k = mode - 1, term = 1; k >= least; k--) {
    term /= step(k);
    if (!(term > negligible)) break;
    add(k, term);
  }
  return Math.min(1, (2 * Math.min(below, above)) / whole);
}
