import type { ErrorCode } from '../../../errors.js';
import type { OddityRecord } from '../../../native/contract/reading.js';
import type { WarningCode } from '../../../warnings.js';

export const nonFinitePolicies = ['reject', 'zero'] as const;
export const negativePolicies = ['reject', 'keep', 'zero'] as const;

/** What to do with showers whose numbers are odd. */
export interface ContentPolicy {
  /** NaN or infinite voxels: refuse the file, or set them to 0. */
  readonly nonFinite: (typeof nonFinitePolicies)[number];
  /** Negative voxels: refuse the file, keep them, or set them to 0. */
  readonly negative: (typeof negativePolicies)[number];
}

export const strictPolicy: ContentPolicy = { nonFinite: 'reject', negative: 'reject' };

/** Something odd in the numbers of a file: refused, or warned of. */
export type ContentProblem =
  | { readonly severity: 'error'; readonly code: ErrorCode; readonly message: string }
  | { readonly severity: 'warning'; readonly code: WarningCode; readonly message: string };

export const nothingOdd: OddityRecord = { count: 0, firstRow: 0, firstVoxel: 0 };

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
            message: `${what}; repair them or read them as 0 (--non-finite-voxels zero)`,
            severity: 'error',
          }
        : { code: 'non-finite', message: `${what}; they were set to 0`, severity: 'warning' },
    );
  }
  if (negative.count > 0) {
    const what = `${negative.count} ${noun}s are negative, the first in row ${negative.firstRow}, ${noun} ${negative.firstVoxel}`;
    const done = policy.negative === 'keep' ? 'they were kept' : 'they were set to 0';
    const choice = `${what}; choose to keep them or to read them as 0 (--negative-voxels keep, zero)`;
    problems.push(
      policy.negative === 'reject'
        ? { code: 'ERR_NEGATIVE_ENERGY', message: choice, severity: 'error' }
        : { code: 'negative', message: `${what}; ${done}`, severity: 'warning' },
    );
  }
  return problems;
}
