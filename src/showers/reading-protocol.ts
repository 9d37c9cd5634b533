import type { ErrorCode } from '../errors.js';
import type { ContentPolicy, ContentProblem, ContentSummary } from './content-checks.js';
import type { LayoutName } from './layouts.js';

/** Messages between {@link file://./reading.ts} and its worker thread. */

export interface OpenRequest {
  readonly path: string;
  /** Group that holds the datasets; null is the root. */
  readonly group: string | null;
  /** Layout of the geometry that the caller named. */
  readonly expectedLayout: LayoutName | null;
}

/** How a dataset is stored. */
export interface DatasetRecord {
  readonly path: string;
  readonly shape: readonly number[];
  /** As NumPy names it: `float32`. */
  readonly type: string;
  readonly chunks: readonly number[] | null;
  readonly filters: readonly string[];
}

/** What is known of a shower file before its numbers are read. */
export interface ShowerFileMetadata {
  readonly layout: LayoutName;
  readonly rows: number;
  readonly voxels: number;
  /** Stored type of the voxels. */
  readonly storedType: string;
  /** Unit in which the incident energies are stored; voxels are stored in MeV. */
  readonly energyUnit: 'GeV' | 'MeV';
  /** True for toy showers of caloscope. */
  readonly toy: boolean;
  readonly hasLogDensityRatio: boolean;
  /** Size of the file. */
  readonly bytes: number;
  readonly datasets: readonly DatasetRecord[];
  /** Oddities of the storage. */
  readonly problems: readonly ContentProblem[];
}

/** A stretch of showers in file order. */
export interface ShowerBlock {
  /** Row of the first shower, from 0 in the file. */
  readonly firstRow: number;
  readonly rows: number;
  /** MeV, one number a shower. */
  readonly incidentEnergies: Float64Array;
  /**
   * MeV, rows × voxels in the order of the geometry; float64 where float32 would not hold the stored numbers exactly.
   */
  readonly voxels: Float32Array | Float64Array;
  /** ln(p_reference/p_generated) of toy showers, one number a shower. */
  readonly logDensityRatio?: Float64Array;
}

export type ReadingRequest =
  | {
      readonly kind: 'read';
      readonly pass: number;
      /** Null: numbers as stored, neither converted nor checked. */
      readonly policy: ContentPolicy | null;
      readonly usualEnergies: { readonly min: number; readonly max: number } | null;
    }
  | { readonly kind: 'more'; readonly pass: number }
  | { readonly kind: 'stop'; readonly pass: number }
  | {
      readonly kind: 'inspect';
      readonly pass: number;
      readonly layerStarts: readonly number[];
      readonly usualEnergies: { readonly min: number; readonly max: number } | null;
    };

export type ReadingReply =
  | { readonly kind: 'opened'; readonly metadata: ShowerFileMetadata }
  | { readonly kind: 'block'; readonly pass: number; readonly block: ShowerBlock }
  | { readonly kind: 'end'; readonly pass: number; readonly problems: readonly ContentProblem[] }
  | { readonly kind: 'progress'; readonly pass: number; readonly rows: number }
  | {
      readonly kind: 'inspected';
      readonly pass: number;
      readonly summary: ContentSummary;
      readonly problems: readonly ContentProblem[];
    }
  /** `pass` is null when the file could not be opened. */
  | {
      readonly kind: 'failed';
      readonly pass: number | null;
      readonly code: ErrorCode;
      readonly message: string;
    };
