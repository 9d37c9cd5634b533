import type { ErrorCode } from '../../../errors.js';
import type { ArrayPlace } from '../../../formats/numpy/array-place.js';
import type { ShapeGeometry } from '../../../layouts/arrangement.js';
import type { Layout } from '../../../layouts/schema.js';
import type { EnergyUnit } from '../../../layouts/units.js';
import type {
  ContentNotesRecord,
  OddityRecord,
  PointBlockNotesRecord,
} from '../../../native/contract/reading.js';
import type { FeatureDefinitions } from '../../../native/contract/showers.js';
import type { ContentPolicy, ContentProblem } from './oddities.js';

/** Messages between {@link file://./shower-reader.ts} and its worker threads. */

export interface OpenRequest {
  /** For the library, which opens files by their path only. */
  readonly path: string;
  /** Group that holds the datasets; null: where the layout says. */
  readonly group: string | null;
  /** Layouts that the file may have. */
  readonly layouts: readonly Layout[];
  /** Definitions of the geometry that the caller named. */
  readonly definitions: FeatureDefinitions | null;
}

/** A condition that a file has for each shower. */
export interface ConditionRecord {
  readonly name: string;
  /** For axis labels. */
  readonly label: string;
  readonly unit: string;
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
  /** Name of the layout. */
  readonly layout: string;
  readonly rows: number;
  /** null: showers are points, and a geometry says the voxels. */
  readonly voxels: number | null;
  /** Name of the geometry that the axes describe; null where they do not. */
  readonly shape: string | null;
  /** Stored type of the voxels or points. */
  readonly storedType: string;
  /** Units of the stored energies; `voxels`: of voxels or points. */
  readonly units: { readonly incidentEnergies: EnergyUnit; readonly voxels: EnergyUnit };
  /** What the showers were made for, beside the incident energies. */
  readonly conditions: readonly ConditionRecord[];
  /** True for toy showers of caloscope. */
  readonly toy: boolean;
  readonly hasLogDensityRatio: boolean;
  /** Size of the file. */
  readonly bytes: number;
  readonly datasets: readonly DatasetRecord[];
  /** Oddities of the storage. */
  readonly problems: readonly ContentProblem[];
}

/** A stretch of showers in file order with all voxels. */
export interface ShowerBlock {
  /** Row of the first shower, from 0 in the file. */
  readonly firstRow: number;
  readonly rows: number;
  /** One number a shower. */
  readonly incidentEnergies: Float64Array;
  /**
   * MeV, rows × voxels in the order of the geometry; float64 where float32 would not hold the stored numbers exactly.
   */
  readonly voxels: Float32Array | Float64Array;
  /** Values of the conditions of the file, one number a shower. */
  readonly conditions: readonly Float64Array[];
  /** ln(p_reference/p_generated) of toy showers, one number a shower. */
  readonly logDensityRatio?: Float64Array;
}

/** Where the header of a dataset lies, or an array of a file of NumPy. */
export type DatasetPlace = { readonly path: string } & (
  | { readonly address: number }
  | { readonly array: ArrayPlace }
);

/** The datasets of neighboring showers; a number where all of them have one and the same. */
export interface PartDatasets<Dataset> {
  /** In stored units. */
  readonly incidentEnergies: Dataset | number;
  /** Voxels in voxel order, or those of points, in the order of showerDatasets. */
  readonly showers: readonly Dataset[];
  /** In the order of the layout. */
  readonly conditions: readonly (Dataset | number)[];
  readonly logDensityRatio: Dataset | null;
}

/** Groups of showers, in their order. */
export interface ShowerGroupPlaces {
  readonly paths: readonly string[];
  /** Of their headers. */
  readonly addresses: Float64Array;
  /** Numbers that the name of the file has, by placeholder. */
  readonly ofFile: ReadonlyMap<string, number>;
}

/** All that another thread needs to read the showers of a file that was opened and checked. */
export interface ShowerPlaces {
  readonly layout: Layout;
  readonly parts: readonly PartDatasets<DatasetPlace>[];
  /** In place of parts, where every shower has a group of its own. */
  readonly groups: ShowerGroupPlaces | null;
  /** The geometry that the axes describe; null where they do not. */
  readonly shapeGeometry: ShapeGeometry | null;
}

/** How the rows of a file are shared out among threads. */
export interface ReadingPlan {
  /** Neighboring rows that one thread reads, or the core at once: chunks are decoded once. */
  readonly stretchRows: number;
  /** Rows of the blocks that a stretch is cut into. */
  readonly blockRows: number;
  /** Bytes of decoded chunks that a thread holds. */
  readonly bandBytes: number;
}

/** What a thread starts with: a file to find the showers in, or showers that were found. */
export type ReadingStart =
  | { readonly kind: 'open'; readonly request: OpenRequest }
  | { readonly kind: 'join'; readonly path: string; readonly places: ShowerPlaces };

/** With the open file, and the memory of the gate that the thread unpacks behind. */
export interface ReadingWorkerData {
  readonly descriptor: number;
  readonly start: ReadingStart;
  readonly gate: SharedArrayBuffer;
  /** Threads of the core. */
  readonly threads: number;
}

/** What is wanted of the showers in one pass over a file. */
export type PassOrder =
  /** All voxels; without a policy as stored: neither converted nor checked. */
  | { readonly form: 'dense'; readonly policy: ContentPolicy | null }
  /** Hits, checked, left in an exchange of the core, which knows how points become hits. */
  | { readonly form: 'hits'; readonly policy: ContentPolicy; readonly exchange: number }
  /** What is odd in them, and hits by layer. */
  | { readonly form: 'notes'; readonly layerStarts: readonly number[]; readonly exchange: number };

export type ReadingRequest =
  | {
      readonly kind: 'stretch';
      readonly pass: number;
      readonly order: PassOrder;
      readonly firstRow: number;
      readonly rows: number;
    }
  /** A block was taken: another may be sent. */
  | { readonly kind: 'more'; readonly pass: number }
  | { readonly kind: 'stop'; readonly pass: number };

/** A block whose hits were left in an exchange, under its first row. */
export interface LeftBlock {
  readonly firstRow: number;
  /** Showers that are left. */
  readonly rows: number;
  /** Rows of the showers that were dropped for their numbers, ascending. */
  readonly droppedRows: Float64Array;
  readonly conditions: readonly Float64Array[];
  /** ln(p_reference/p_generated) of toy showers, one number a shower. */
  readonly logDensityRatio?: Float64Array;
}

/** What a thread found in a block. */
export type BlockContent =
  | { readonly form: 'dense'; readonly block: ShowerBlock; readonly notes: ContentNotesRecord | null }
  | {
      readonly form: 'hits';
      readonly block: LeftBlock;
      readonly notes: ContentNotesRecord | PointBlockNotesRecord;
    }
  | {
      readonly form: 'notes';
      readonly notes: ContentNotesRecord | PointBlockNotesRecord;
      /** Values that are NaN or infinite of each condition. */
      readonly oddConditions: readonly OddityRecord[];
    };

export type ReadingReply =
  | {
      readonly kind: 'opened';
      readonly metadata: ShowerFileMetadata;
      readonly places: ShowerPlaces;
      readonly plan: ReadingPlan;
      /** Of hits and notes, where the core reads them by itself, in one thread of these; null: as all else. */
      readonly corePlan: ReadingPlan | null;
    }
  /** Blocks of a thread come in file order. */
  | { readonly kind: 'block'; readonly pass: number; readonly content: BlockContent }
  /** `pass` is null when the file could not be opened. */
  | {
      readonly kind: 'failed';
      readonly pass: number | null;
      readonly code: ErrorCode;
      readonly message: string;
    };
