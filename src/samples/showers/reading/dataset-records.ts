import { filterName } from '../../../formats/hdf5/reader/chunk-filters.js';
import { typeName } from '../../../formats/hdf5/reader/number-type.js';
import type { ContentProblem } from './oddities.js';
import type { DatasetHeader, OpenDataset } from './open-dataset.js';
import type { DatasetRecord } from './reading-protocol.js';

/** How a dataset is stored. */
export function describeDataset({ place, stored }: DatasetHeader): DatasetRecord {
  return {
    path: place.path,
    shape: stored.shape,
    type: `${stored.element.kind === 'sequence' ? 'sequences of ' : ''}${typeName(stored.type)}`,
    chunks: stored.storage.kind === 'chunked' ? stored.storage.chunkShape : null,
    filters: stored.filters.map(filterName),
  };
}

/** Oddities of its storage. */
export function storageProblems(dataset: OpenDataset): ContentProblem[] {
  return [...missingChunkProblems(dataset), ...roundingProblems(dataset)];
}

function missingChunkProblems({ place, rows }: OpenDataset): ContentProblem[] {
  if (rows.missingChunks === 0) return [];
  const message = `${rows.missingChunks} chunks of ${place.path} were never written; they read as the fill value`;
  return [{ code: 'fill-only', message, severity: 'warning' }];
}

/** Scale-offset keeps floats as whole steps above the least one of a chunk, and NaN as one of those. */
function roundingProblems({ place, stored }: OpenDataset): ContentProblem[] {
  if (stored.type.kind !== 'float' || !stored.filters.map(filterName).includes('scale-offset')) return [];
  const message = `${place.path} is packed with scale-offset, which rounded its numbers when the file was written and made ordinary numbers of NaN; have it written with gzip`;
  return [{ code: 'rounded-numbers', message, severity: 'warning' }];
}
