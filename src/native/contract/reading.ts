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

/** What was seen in the numbers of a block, without the showers that were dropped. */
export interface ContentNotesRecord {
  readonly rows: number;
  /** Rows of the file of the showers that were dropped, ascending, and how many of them hold NaN or infinities. */
  readonly droppedRows: Float64Array;
  readonly droppedNonFinite: number;
  /** Voxels a shower. */
  readonly width: number;
  /** Memory that the hits take. */
  readonly bytes: number;
  readonly nonFiniteVoxels: OddityRecord;
  readonly negativeVoxels: OddityRecord;
  readonly nonFiniteEnergies: OddityRecord;
  readonly badEnergies: OddityRecord;
  readonly emptyShowers: OddityRecord;
  /** Showers that deposit more than ten times their incident energy, with their brightest voxel. */
  readonly excessDeposits: OddityRecord;
  readonly incidentEnergy: RangeRecord;
  /** Of all voxels after the policy, without those that are not finite. */
  readonly voxelEnergy: RangeRecord;
  /** Deposited over incident energy of the showers with both. */
  readonly ratios: Float64Array;
  /** Voxels above 0 by layer. */
  readonly layerHits: Float64Array;
}

/** Edges of the bins of a plane, ascending, in the unit of the geometry. */
export interface PlaneGridRecord {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Cells of a layer: centers, and sizes (of a square, or of a hexagon between opposite sides). */
export interface PlaneCellsRecord {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly size: Float64Array;
}

/** Gives points the voxels of a geometry; native/core/samples/point_binning.h. One grid, or one list of cells, a layer. */
export interface PointBinningRecord {
  /** Edges of the layers in z; null: points say the number of their layer. */
  readonly z: Float64Array | null;
  readonly layerNumbers: Uint32Array;
  readonly grids: readonly PlaneGridRecord[];
  /** In place of grids; null for those. */
  readonly cells: readonly PlaneCellsRecord[] | null;
}

/** How points become hits, and edges in MeV of the bins in which they are counted by energy. */
export interface PointTargetRecord extends PointBinningRecord {
  readonly spectrum: Float64Array;
}

/** A quantity of points: that of point i of shower r is numbers[at + r · showerStride + (first[r] + i) · stride]. */
export interface PointColumnRecord {
  readonly numbers: Float32Array | Float64Array;
  readonly at: number;
  readonly showerStride: number;
  readonly stride: number;
}

/** Neighboring showers of a file, as points. */
export interface PointBlock {
  readonly firstRow: number;
  /** MeV. */
  readonly incidentEnergies: Float64Array;
  /** Of each shower: its first point, and how many there are. */
  readonly first: Float64Array;
  readonly count: Float64Array;
  readonly x: PointColumnRecord;
  readonly y: PointColumnRecord;
  readonly energy: PointColumnRecord;
  readonly layer: PointColumnRecord | null;
  readonly z: PointColumnRecord | null;
  /** Points whose mask is 0 are none; without a mask those whose energy is. */
  readonly mask: PointColumnRecord | null;
  /** MeV of one stored unit. */
  readonly energyFactor: number;
  /** Units of the geometry in one stored unit of x, y and z. */
  readonly lengthFactor: number;
}

/** What was seen of the points of a block. In oddities `firstVoxel` is the number of the point in its shower. */
export interface PointNotesRecord {
  /** Points that are no padding. */
  readonly count: number;
  /** MeV, of all that are finite. */
  readonly energy: number;
  readonly outside: OddityRecord;
  /** MeV. */
  readonly outsideEnergy: number;
  /** x, y and layer or z of the first. */
  readonly firstOutside: Float64Array;
  readonly nonFiniteCoordinates: OddityRecord;
  readonly nonFiniteEnergies: OddityRecord;
  readonly negativeEnergies: OddityRecord;
  /** One entry a shower: number of points, and centers of gravity in x, y and z or layer (by which layers are found), NaN without energy. */
  readonly observables: readonly Float64Array[];
}

export interface PointBlockNotesRecord extends ContentNotesRecord {
  readonly points: PointNotesRecord;
}

export type ShowerReaderHandle = NativeHandle<'shower-reader'>;

/** A dataset of little-endian floats in chunks, one row a shower; native/reading/stored_numbers.h. */
export interface StoredNumbersRecord {
  /** Numbers along each axis, rows first. */
  readonly extent: Float64Array;
  readonly chunkShape: Float64Array;
  readonly numberBytes: 4 | 8;
  /** Registered number (1 gzip, 2 shuffle, 3 fletcher32) and parameter of each filter, in the order of writing. */
  readonly filters: Uint32Array;
  /** Of each chunk in row order of their grid: place in the file, -1 where it was never written. */
  readonly positions: Float64Array;
  readonly sizes: Float64Array;
  /** A bit for each filter. */
  readonly filtersLeftOut: Uint32Array;
  /** The last chunk ends with the rows. */
  readonly onePiece: boolean;
  /** The bytes of one number. */
  readonly fillValue: Uint8Array;
  /** Voxel of each number of a row; empty: they lie in order. */
  readonly voxels: Uint32Array;
}

/** Showers whose voxels are the rows of some datasets side by side. */
export interface StoredShowersRecord {
  readonly datasets: readonly StoredNumbersRecord[];
  /** MeV of one stored unit. */
  readonly factor: number;
  /** Energies are computed in float64. */
  readonly wide: boolean;
  /** Of chunks only the numbers other than zero are held. */
  readonly zerosDropped: boolean;
}

/** Neighboring blocks of showers. */
export interface BlocksRecord {
  readonly firstRow: number;
  /** The same in the whole file, for the exchange and what is noted. */
  readonly rowOfFile: number;
  readonly blockRows: Uint32Array;
  /** MeV, of all blocks. */
  readonly incidentEnergies: Float64Array;
}

/** Which odd energies are set to 0, and which showers are dropped for them. */
export interface OddRowsPolicy {
  readonly zeroNonFinite: boolean;
  readonly zeroNegative: boolean;
  readonly dropNonFinite: boolean;
  readonly dropNegative: boolean;
}

/**
 * Threads that read a file publish blocks in an exchange, which they know by its number; the thread that owns it consumes them.
 * What was never taken goes with the exchange.
 */
export interface ReadingOperations {
  /** @param points how points become hits; null for files of voxels. */
  createHitExchange(points: PointTargetRecord | null): HitExchangeHandle;
  hitExchangeNumber(exchange: HitExchangeHandle): number;
  /**
   * Finds the hits of a block, looks at its numbers, sets voxels to 0 and drops showers as the policy says, and publishes the block under its
   * first row; null for an exchange: it is only looked at.
   *
   * @param layerStarts first voxel of each layer, ascending from 0, to count hits by; may be empty.
   */
  publishHits(
    exchange: number | null,
    block: DenseBlock,
    policy: OddRowsPolicy,
    layerStarts: Uint32Array,
  ): ContentNotesRecord;
  /** The same for points, which the exchange says how to bin; without `publish` the block is only looked at. */
  publishPoints(
    exchange: number,
    publish: boolean,
    block: PointBlock,
    policy: OddRowsPolicy,
    layerStarts: Uint32Array,
  ): PointBlockNotesRecord;
  /** @param descriptor of the file, which stays open as long as the reader is used. */
  openShowerReader(descriptor: number, showers: StoredShowersRecord, threads: number): ShowerReaderHandle;
  /**
   * Reads blocks of showers on threads of the core, publishes their hits under their first rows in the file if wanted, and says what
   * was noted of each; null for a block of which a chunk is not sound. Ends with ERR_DISPOSED when the exchange is closed meanwhile.
   */
  readStoredShowers(
    reader: ShowerReaderHandle,
    blocks: BlocksRecord,
    exchange: number,
    publish: boolean,
    policy: OddRowsPolicy,
    layerStarts: Uint32Array,
  ): (ContentNotesRecord | null)[];
  /**
   * Appends the block that was left under its first row to a table, without copying it.
   *
   * @param spectrum table of points by energy: as many voxels as bins; null for files of voxels.
   * @param weights by which the energies of hits are multiplied, one a voxel; null: none.
   */
  consumeHits(
    exchange: HitExchangeHandle,
    firstRow: number,
    table: ShowerTableHandle,
    spectrum: ShowerTableHandle | null,
    weights: Float64Array | null,
  ): void;
}
