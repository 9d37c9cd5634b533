/** native/addon/reading_operations.cc as TypeScript sees it. */
import type { NativeHandle } from './jobs.js';
import type { ShowerTableHandle } from './showers.js';

export type HitExchangeHandle = NativeHandle<'hit-exchange'>;

/** Neighboring columns of dense showers: rows × rowLength numbers, row by row. All of one block have one number type. */
export interface ShowerColumns {
  readonly numbers: Float32Array | Float64Array;
  readonly rowLength: number;
}

/** Neighboring showers of a file; their voxels are the columns side by side. Energies in MeV. */
export interface DenseBlock {
  readonly firstRow: number;
  readonly incidentEnergies: Float64Array;
  readonly columns: readonly ShowerColumns[];
}

/** Something odd: how often, and in which row of the file and voxel first. */
export interface OddityRecord {
  readonly count: number;
  readonly firstRow: number;
  readonly firstVoxel: number;
}

/** Infinite, smallest above largest, where nothing was seen. */
export interface RangeRecord {
  readonly smallest: number;
  readonly largest: number;
}

/** What was seen in the numbers of a block. */
export interface ContentNotesRecord {
  readonly rows: number;
  /** Voxels a shower. */
  readonly width: number;
  /** Memory that the hits take. */
  readonly bytes: number;
  readonly nonFiniteVoxels: OddityRecord;
  readonly negativeVoxels: OddityRecord;
  readonly nonFiniteEnergies: OddityRecord;
  readonly badEnergies: OddityRecord;
  readonly emptyShowers: OddityRecord;
  readonly incidentEnergy: RangeRecord;
  /** Of all voxels after the policy, without those that are not finite. */
  readonly voxelEnergy: RangeRecord;
  /** Deposited over incident energy of the showers with both. */
  readonly ratios: Float64Array;
  /** Voxels above 0 by layer. */
  readonly layerHits: Float64Array;
}

/**
 * Threads that read a file publish blocks in an exchange, which they know by its number; the thread that owns it consumes them.
 * What was never taken goes with the exchange.
 */
export interface ReadingOperations {
  createHitExchange(): HitExchangeHandle;
  hitExchangeNumber(exchange: HitExchangeHandle): number;
  /**
   * Finds the hits of a block, looks at its numbers, sets voxels to 0 as the policy says, and publishes the block under its
   * first row; null for an exchange: it is only looked at.
   *
   * @param layerStarts first voxel of each layer, ascending from 0, to count hits by; may be empty.
   */
  publishHits(
    exchange: number | null,
    block: DenseBlock,
    policy: { readonly zeroNonFinite: boolean; readonly zeroNegative: boolean },
    layerStarts: Uint32Array,
  ): ContentNotesRecord;
  /** Appends the block that was left under its first row to a table, without copying it. */
  consumeHits(exchange: HitExchangeHandle, firstRow: number, table: ShowerTableHandle): void;
}
