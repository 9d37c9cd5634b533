import { type NumberedRows, placeOfRow } from '../samples/source-rows.js';
import type { ExtremeShower, WeightHealth } from './density-ratio.js';

/** The health with rows as they are in the files of the sample. */
export function withSourceRows(
  health: WeightHealth,
  of: Pick<NumberedRows, 'sourceRows' | 'files'>,
): WeightHealth {
  const inFile = ({ row, logWeight }: ExtremeShower) => ({ ...placeOfRow(of, row), logWeight });
  return { ...health, smallest: health.smallest.map(inFile), largest: health.largest.map(inFile) };
}
