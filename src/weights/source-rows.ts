import { sourceRowOf } from '../samples/source-rows.js';
import type { ExtremeShower, WeightHealth } from './density-ratio.js';

/**
 * The health with rows as they are in the file.
 *
 * @param sourceRows the row of each in the file; null where no row was left out.
 */
export function withSourceRows(health: WeightHealth, sourceRows: Float64Array | null): WeightHealth {
  const inFile = ({ row, logWeight }: ExtremeShower) => ({
    row: sourceRowOf({ sourceRows }, row),
    logWeight,
  });
  return { ...health, smallest: health.smallest.map(inFile), largest: health.largest.map(inFile) };
}
