import type { EvaluationResult } from '../../evaluation/result.js';
import { absent, isFiniteNumber } from '../drawing/numbers.js';
import { fileName } from './title.js';

/** A row in its file, and the number of the file where there are several. */
export interface ShownPlace {
  readonly row: number;
  readonly file?: number | undefined;
}

/** `17`, where a sample has several files `17 of b.hdf5`; paths stand whole where names do not tell the files apart. */
export function rowName(
  { samples }: EvaluationResult,
  role: 'reference' | 'generated',
  { row, file }: ShownPlace,
): string {
  if (!isFiniteNumber(row)) return absent;
  const { files } = samples[role];
  const source = isFiniteNumber(file) ? files[file]?.source : undefined;
  if (source === undefined) return String(row);
  const short = fileName(source);
  const told = files.filter((one) => fileName(one.source) === short).length === 1;
  return `${row} of ${told ? short : source}`;
}
