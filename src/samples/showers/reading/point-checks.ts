import type { PointNotesRecord } from '../../../native/contract/reading.js';
import {
  type ContentPolicy,
  type ContentProblem,
  nothingOdd,
  oddEnergies,
  strictPolicy,
  together,
  waysOut,
} from './oddities.js';

type Counted = Omit<PointNotesRecord, 'observables'>;

/** Puts together what was noted of the points of a file, in file order. */
export class PointCheck {
  readonly #policy: ContentPolicy;
  #seen: Counted = {
    count: 0,
    energy: 0,
    outside: nothingOdd,
    outsideEnergy: 0,
    firstOutside: new Float64Array(3),
    nonFiniteCoordinates: nothingOdd,
    nonFiniteEnergies: nothingOdd,
    negativeEnergies: nothingOdd,
  };

  /** @param policy that the notes were taken with; null: nothing was set to 0. */
  constructor(policy: ContentPolicy | null) {
    this.#policy = policy ?? strictPolicy;
  }

  add(notes: PointNotesRecord): void {
    const before = this.#seen;
    this.#seen = {
      count: before.count + notes.count,
      energy: before.energy + notes.energy,
      outside: together(before.outside, notes.outside),
      outsideEnergy: before.outsideEnergy + notes.outsideEnergy,
      firstOutside: before.outside.count > 0 ? before.firstOutside : notes.firstOutside,
      nonFiniteCoordinates: together(before.nonFiniteCoordinates, notes.nonFiniteCoordinates),
      nonFiniteEnergies: together(before.nonFiniteEnergies, notes.nonFiniteEnergies),
      negativeEnergies: together(before.negativeEnergies, notes.negativeEnergies),
    };
  }

  problems(): ContentProblem[] {
    return [...oddPoints(this.#seen, this.#policy), ...outsideProblems(this.#seen)];
  }
}

/** Numbers that make no point. */
export function oddPoints(seen: Counted, policy: ContentPolicy): ContentProblem[] {
  const problems = oddEnergies('point', seen.nonFiniteEnergies, seen.negativeEnergies, policy);
  const { count, firstRow, firstVoxel: point } = seen.nonFiniteCoordinates;
  if (count === 0) return problems;
  const what = `${count} points have coordinates that are NaN or infinite, the first in row ${firstRow}, point ${point}`;
  const reject = policy.nonFinite === 'reject';
  const problem: ContentProblem = reject
    ? { code: 'ERR_NON_FINITE', message: `${what}; ${waysOut.nonFinite}`, severity: 'error' }
    : { code: 'non-finite', message: `${what}; they were left out`, severity: 'warning' };
  return [...problems, problem];
}

function outsideProblems({ count, energy, outside, outsideEnergy, firstOutside }: Counted): ContentProblem[] {
  if (outside.count === 0) return [];
  const { firstRow, firstVoxel } = outside;
  const [x = 0, y = 0, depth = 0] = firstOutside;
  const place = [x, y, depth].map((number) => Number(number.toPrecision(6))).join(', ');
  const first = `the first in row ${firstRow}, point ${firstVoxel}, at (${place})`;
  if (outside.count === count) {
    const message = `none of ${count} points lies in a voxel of the geometry, ${first}; check its ranges, layers and unit`;
    return [{ code: 'ERR_POINTS', message, severity: 'error' }];
  }
  const share =
    energy > 0 ? `${((100 * outsideEnergy) / energy).toPrecision(2)} % of their energy` : 'no energy';
  const message = `${outside.count} of ${count} points, with ${share}, lie in no voxel of the geometry and were left out, ${first}`;
  return [{ code: 'points-outside', message, severity: 'warning' }];
}
