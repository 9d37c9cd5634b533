import type { Geometry } from '../../geometry/geometry.js';
import { rowsFrom } from '../source-rows.js';
import type { ShowerSample } from './shower-sample.js';

/** Neighboring showers of a sample, with all their voxels. */
export interface ShowerBlock {
  readonly rows: number;
  /** The row of each shower in what was passed as the sample; of files, counted through them. */
  readonly sourceRows: Float64Array;
  /** MeV, one a shower. */
  readonly incidentEnergies: Float64Array;
  /** MeV: rows × voxels of the geometry, shower by shower, zeros included; voxels below the threshold are zero. */
  readonly voxels: Float64Array;
  readonly geometry: Geometry;
}

/** A block is no larger, unless one shower is. */
const blockBytes = 8 * 2 ** 20;

/**
 * All showers, block by block, so that a large sample never lies in memory with its zeros.
 *
 * @param sourceRows of all showers of the sample; null: all are there, in order.
 */
export function* showerBlocks(
  showers: ShowerSample,
  threshold: number | null,
  sourceRows: Float64Array | null = null,
): Generator<ShowerBlock> {
  const { geometry, rows } = showers;
  const together = Math.max(1, Math.floor(blockBytes / (Float64Array.BYTES_PER_ELEMENT * geometry.voxels)));
  const energies = showers.incidentEnergies();
  for (let firstRow = 0; firstRow < rows; firstRow += together) {
    const count = Math.min(together, rows - firstRow);
    const incidentEnergies = energies.slice(firstRow, firstRow + count);
    const voxels = cut(showers.read(firstRow, count), threshold);
    const sources = sourceRows?.slice(firstRow, firstRow + count) ?? rowsFrom(firstRow, count);
    yield { rows: count, sourceRows: sources, incidentEnergies, voxels, geometry };
  }
}

function cut(voxels: Float64Array, threshold: number | null): Float64Array {
  return threshold === null ? voxels : voxels.map((energy) => (energy < threshold ? 0 : energy));
}
