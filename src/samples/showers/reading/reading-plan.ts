import type { RowReader } from '../../../formats/hdf5/reader/row-reader.js';
import type { ReadingPlan } from './reading-protocol.js';

/** Bytes of voxels or points in a block where chunks allow. */
export const blockBytes = { aimed: 8 * 2 ** 20, most: 16 * 2 ** 20 };

/**
 * How the rows are shared out: stretches begin and end where rows of chunks do, so that no chunk is decoded twice;
 * one thread reads all rows that are had only one after the other.
 *
 * @param rowBytes bytes of the voxels or points of a shower in memory.
 */
export function readingPlan(voxels: readonly RowReader[], rowBytes: number): ReadingPlan {
  const aimed = Math.max(1, Math.floor(blockBytes.aimed / rowBytes));
  const bandBytes = voxels.reduce((sum, rows) => sum + rows.bandBytes, 0);
  if (voxels.some(({ sequential }) => sequential)) {
    const all = voxels.reduce((sum, { rows }) => sum + rows, 0);
    return { stretchRows: Math.max(1, all), blockRows: aimed, bandBytes };
  }
  const band = bandRows(voxels, Math.floor(blockBytes.most / rowBytes)) ?? aimed;
  // A band too large for one block is cut after it has been decoded.
  if (band * rowBytes > blockBytes.most) return { stretchRows: band, blockRows: aimed, bandBytes };
  const stretch = band * Math.max(1, Math.floor(aimed / band));
  return { stretchRows: stretch, blockRows: stretch, bandBytes };
}

/** Rows after which chunks of all datasets end, where that is soon; otherwise those of the largest chunks. */
function bandRows(voxels: readonly RowReader[], soon: number): number | null {
  const heights = voxels.flatMap(({ rows, chunkRows }) => (chunkRows && chunkRows < rows ? [chunkRows] : []));
  const together = heights.reduce((rows, height) => (rows / greatestDivisor(rows, height)) * height, 1);
  if (heights.length > 0 && together <= soon) return together;
  return voxels.reduce((a, b) => (b.bandBytes > a.bandBytes ? b : a)).chunkRows;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
