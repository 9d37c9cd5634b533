import type { ErrorCode } from '../../../errors.js';
import type { OddityRecord } from '../../../native/contract/reading.js';
import type { WarningCode } from '../../../warnings.js';

export const nonFinitePolicies = ['reject', 'zero', 'drop'] as const;
export const negativePolicies = ['reject', 'keep', 'zero', 'drop'] as const;

/** What to do with showers whose numbers are odd. */
export interface ContentPolicy {
  /**
   * NaN or infinite voxels: refuse the file, set them to 0, or drop: leave out their showers, those with such a condition, and those of
   * an incident energy that is no number above 0. Of tables, drop leaves out rows that hold such numbers.
   */
  readonly nonFinite: (typeof nonFinitePolicies)[number];
  /**
   * Negative voxels: refuse the file, keep them, set them to 0, or drop: leave out their showers, and those of an incident energy that is
   * no number above 0.
   */
  readonly negative: (typeof negativePolicies)[number];
}

export const strictPolicy: ContentPolicy = { nonFinite: 'reject', negative: 'reject' };

/** Something odd in the numbers of a file: refused, or warned of. */
export type ContentProblem =
  | { readonly severity: 'error'; readonly code: ErrorCode; readonly message: string }
  | { readonly severity: 'warning'; readonly code: WarningCode; readonly message: string };

export const nothingOdd: OddityRecord = { count: 0, firstRow: 0, firstVoxel: 0 };

/** What to do about numbers that make a file be refused, in the options of the command line. */
export const waysOut = {
  nonFinite:
    'repair them, read them as 0 (--non-finite-voxels zero) or leave their showers out (--drop-rows)',
  negative:
    'keep them or read them as 0 (--negative-voxels keep, zero), or leave their showers out (--drop-rows)',
  showers: 'remove those showers or leave them out (--drop-rows)',
} as const;

/** Showers that were left out, in words. */
export function droppedProblem(
  dropped: { readonly count: number; readonly nonFinite: number; readonly firstRow: number },
  read: number,
): ContentProblem {
  const { count, nonFinite, firstRow } = dropped;
  const parts = [
    ...(nonFinite > 0 ? [`${nonFinite} with numbers that are NaN or infinite`] : []),
    ...(count > nonFinite
      ? [`${count - nonFinite} with negative ones or an incident energy that is not above 0`]
      : []),
  ];
  const message = `${count} of ${read} showers were left out, the first in row ${firstRow}: ${parts.join(', ')}; rows keep the numbers that they have in the file`;
  return { code: 'dropped-rows', message, severity: 'warning' };
}

/** Showers that were left out for their conditions, in words. */
export function lostProblem(
  { count, firstRow }: { readonly count: number; readonly firstRow: number },
  read: number,
): ContentProblem {
  const message = `${count} of ${read} showers were left out, the first in row ${firstRow}: their conditions are NaN or infinite; rows keep the numbers that they have in the file`;
  return { code: 'dropped-rows', message, severity: 'warning' };
}

/** Values of a condition that are NaN or infinite, in words. */
export function oddCondition(name: string, { count, firstRow }: OddityRecord): ContentProblem {
  const message = `${count} showers have a ${name} that is NaN or infinite, the first in row ${firstRow}; ${waysOut.showers}`;
  return { code: 'ERR_NON_FINITE', message, severity: 'error' };
}

/** What follows was seen after what was before. */
export function together(before: OddityRecord, after: OddityRecord): OddityRecord {
  return before.count === 0 ? after : { ...before, count: before.count + after.count };
}

/** @param noun what has the energies: `voxel`, `point`. */
export function oddEnergies(
  noun: string,
  nan: OddityRecord,
  negative: OddityRecord,
  policy: ContentPolicy,
): ContentProblem[] {
  const problems: ContentProblem[] = [];
  if (nan.count > 0) {
    const what = `${nan.count} ${noun}s are NaN or infinite, the first in row ${nan.firstRow}, ${noun} ${nan.firstVoxel}`;
    problems.push(
      policy.nonFinite === 'reject'
        ? {
            code: 'ERR_NON_FINITE',
            message: `${what}; ${waysOut.nonFinite}`,
            severity: 'error',
          }
        : { code: 'non-finite', message: `${what}; they were set to 0`, severity: 'warning' },
    );
  }
  if (negative.count > 0) {
    const what = `${negative.count} ${noun}s are negative, the first in row ${negative.firstRow}, ${noun} ${negative.firstVoxel}`;
    const done = policy.negative === 'keep' ? 'they were kept' : 'they were set to 0';
    problems.push(
      policy.negative === 'reject'
        ? { code: 'ERR_NEGATIVE_ENERGY', message: `${what}; ${waysOut.negative}`, severity: 'error' }
        : { code: 'negative', message: `${what}; ${done}`, severity: 'warning' },
    );
  }
  return problems;
}
