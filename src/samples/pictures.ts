import type { ThreadedJobOptions } from '../native/threads.js';

/** One of the two directions in which the cells of a layer are counted. */
export interface CellAxis {
  /** `x`, `η`, `r`, `α`. */
  readonly label: string;
  /** `mm`, `voxel`, `rad`. */
  readonly unit: string;
  /** Rising; one more than cells. */
  readonly edges: readonly number[];
}

/**
 * A layer as it is drawn. Cell number = number on `second` · cells of `first` + number on `first`. Cells are voxels, or blocks of them
 * where a layer has more than can be told apart.
 */
export interface PicturedLayer {
  /** The layer's own number. */
  readonly layer: number;
  /** Columns × rows, or rings × angular bins about the axis. */
  readonly kind: 'grid' | 'polar';
  readonly first: CellAxis;
  readonly second: CellAxis;
  /** Voxels on an edge of a cell, along `first` and `second`; the last cell may have fewer. */
  readonly voxelsPerCell: readonly [number, number];
}

/** Voxels of a layer, numbered as cells are; the layers follow each other. */
export interface VoxelGrid {
  readonly layer: number;
  readonly kind: PicturedLayer['kind'];
  readonly first: number;
  readonly second: number;
}

/** Means over rows with their standard errors, one entry a cell. */
export interface CellMeans {
  readonly means: readonly number[];
  readonly errors: readonly number[];
}

/** What rows of some weights look like. */
export interface MeanPicture {
  /** Kish's effective number: (Σw)²/Σw². */
  readonly effectiveRows: number;
  readonly layers: readonly LayerMeans[];
}

/** What a layer has on average. */
export interface LayerMeans {
  /** MeV a cell. */
  readonly energies: CellMeans;
  /** Voxels of a row above zero, over the voxels of the cell. */
  readonly hitRates: CellMeans;
}

export interface PictureOptions extends ThreadedJobOptions {
  /** MeV; voxels below count as zero; null: none do. */
  readonly threshold: number | null;
}

/** What rows look like, layer by layer. */
export interface Pictures {
  /** In the order of the voxels. */
  readonly layers: readonly PicturedLayer[];
  readonly grids: readonly VoxelGrid[];
  /**
   * Means of each column of weights, null for equal ones. Time grows with the hits, memory with the cells.
   */
  means(weights: readonly (Float64Array | null)[], options: PictureOptions): Promise<readonly MeanPicture[]>;
  /** In how many rows each voxel is above zero. */
  hitCounts(options: PictureOptions): Promise<Float64Array>;
  /** Energies of one row in MeV, one entry a cell, layer by layer. */
  ofRow(row: number, threshold: number | null): readonly (readonly number[])[];
}
