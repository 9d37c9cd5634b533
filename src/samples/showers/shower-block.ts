import type { Geometry } from '../../geometry/geometry.js';
import type { ShowerSample } from './shower-sample.js';

/** Neighboring showers of a sample, with all their voxels. */
export interface ShowerBlock {
  /** Row of the first shower in the sample, that of its file. */
  readonly firstRow: number;
  readonly rows: number;
  /** MeV, one a shower. */
  readonly incidentEnergies: Float64Array;
  /** MeV: rows × voxels of the geometry, shower by shower, zeros included; voxels below the threshold are zero. */
  readonly voxels: Float64Array;
  readonly geometry: Geometry;
}

/** A block is no larger, unless one shower is. */
const blockBytes = 8 * 2 ** 20;

/** All showers, block by block, so that a large sample never lies in memory with its zeros. */
export function* showerBlocks(showers: ShowerSample, threshold: number | null): Generator<ShowerBlock> {
  const { geometry, rows } = showers;
  const together = Math.max(1, Math.floor(blockBytes / (Float64Array.BYTES_PER_ELEMENT * geometry.voxels)));
  const energies = showers.incidentEnergies();
  for (let firstRow = 0; firstRow < rows; firstRow += together) {
    const count = Math.min(together, rows - firstRow);
    const incidentEnergies = energies.slice(firstRow, firstRow + count);
    const voxels = cut(showers.read(firstRow, count), threshold);
    yield { firstRow, rows: count, incidentEnergies, voxels, geometry };
  }
}

function cut(voxels: Float64Array, threshold: number | null): Float64Array {
  return threshold === null ? voxels : voxels.map((energy) => (energy < threshold ? 0 : energy));
}
