import type { CellMeans } from '../samples/pictures.js';

/** The cell whose mean is furthest from that of the reference, in errors of both. */
export interface CellPull {
  readonly cell: number;
  /** Mean over that of the reference, and its error; null where one of them has nothing there. */
  readonly ratio: number | null;
  readonly ratioError: number | null;
  /** (mean − reference)/√(σ² + σ_ref²) */
  readonly pull: number;
}

/** (mean − reference) over the error of both; null where neither has one. */
export function pullsOf(reference: CellMeans, other: CellMeans): (number | null)[] {
  return reference.means.map((mean, cell) => {
    const error = Math.hypot(reference.errors[cell] as number, other.errors[cell] as number);
    return error > 0 ? ((other.means[cell] as number) - mean) / error : null;
  });
}

/** The largest of the pulls; null: there is none, or all are 0. */
export function largestPull(
  reference: CellMeans,
  other: CellMeans,
  pulls: readonly (number | null)[],
): CellPull | null {
  const largest = pulls.reduce<number>((most, pull) => Math.max(most, Math.abs(pull ?? 0)), 0);
  if (!(largest > 0)) return null;
  const cell = pulls.findIndex((pull) => pull !== null && Math.abs(pull) === largest);
  const [mean, changed] = [reference.means[cell] as number, other.means[cell] as number];
  const relative = Math.hypot(
    (other.errors[cell] as number) / changed,
    (reference.errors[cell] as number) / mean,
  );
  const ratio = mean > 0 ? changed / mean : null;
  return {
    cell,
    ratio,
    ratioError: ratio !== null && changed > 0 ? ratio * relative : null,
    pull: pulls[cell] as number,
  };
}
