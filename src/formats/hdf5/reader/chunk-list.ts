import { largestRatio } from './chunk-filters.js';
import { type ChunkIndex, checkChunk } from './chunk-index.js';
import type { FileBytes } from './file-bytes.js';
import type { StoredDataset } from './stored-dataset.js';

/** A dataset as whoever unpacks its chunks without this reader needs it: floats, little-endian, behind gzip, shuffle, fletcher32. */
export interface ChunkList {
  /** Numbers along each axis, rows first; those of an array in each element are the last axes. */
  readonly extent: readonly number[];
  readonly chunkShape: readonly number[];
  readonly numberBytes: 4 | 8;
  /** Registered number and first parameter of each filter, in the order of writing. */
  readonly filters: Uint32Array;
  /** In row order of the grid: place in the file (-1: never written), bytes there, filters that were left out as bits. */
  readonly positions: Float64Array;
  readonly sizes: Float64Array;
  readonly filtersLeftOut: Uint32Array;
  /** The numbers lie in one piece, which is cut into chunks of whole rows here; the last one may be shorter. */
  readonly onePiece: boolean;
  /** The bytes of one number that was never written. */
  readonly fillValue: Uint8Array;
}

/** Bytes of the chunks that one piece is cut into. */
const cutBytes = 2 ** 20;
const [gzip, shuffle, fletcher32] = [1, 2, 3];
/** No chunk is of this size: it is left to the reader, which says what is wrong with it. */
const unsound = 0;

/** The chunks of a dataset; null where its numbers, filters or storage are others. */
export function chunkListOf(
  file: FileBytes,
  dataset: StoredDataset,
  index: ChunkIndex | null,
): ChunkList | null {
  const { storage, extent, element, type, shape, perElement } = dataset;
  const numberBytes = type.bytes;
  const floats = type.kind === 'float' && type.littleEndian && (numberBytes === 4 || numberBytes === 8);
  const known = dataset.filters.every(({ id }) => id === gzip || id === shuffle || id === fletcher32);
  if (!floats || !known || extent.length === 0 || perElement * numberBytes !== element.bytes) return null;
  const common = { extent: shape, numberBytes, fillValue: dataset.fillValue.subarray(0, numberBytes) };
  if (storage.kind === 'contiguous') {
    return { ...common, ...cutPiece(file.positionOf(storage.address), shape, numberBytes) };
  }
  // A fill value of an array is one number only where all are equal.
  if (storage.kind !== 'chunked' || index === null || perElement !== 1) return null;
  return {
    ...common,
    chunkShape: storage.chunkShape,
    filters: Uint32Array.from(
      dataset.filters.flatMap(({ id, parameters }) => [
        id,
        id === shuffle ? (parameters[0] ?? element.bytes) : 0,
      ]),
    ),
    ...placedChunks(file, index, largestRatio(dataset.filters)),
    onePiece: false,
  };
}

type Placed = Pick<ChunkList, 'positions' | 'sizes' | 'filtersLeftOut'>;

function placedChunks(file: FileBytes, index: ChunkIndex, ratio: number): Placed {
  const total = index.grid.counts.reduce((product, count) => product * count, 1);
  const positions = new Float64Array(total).fill(-1);
  const sizes = new Float64Array(total);
  const filtersLeftOut = new Uint32Array(total);
  for (let i = 0; i < total; i++) {
    const chunk = index.get(i);
    if (!chunk) continue;
    positions[i] = file.positionOf(chunk.address);
    sizes[i] = isSound(() => checkChunk(chunk, index.grid, ratio)) ? chunk.size : unsound;
    filtersLeftOut[i] = chunk.filterMask;
  }
  return { positions, sizes, filtersLeftOut };
}

function isSound(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function cutPiece(
  start: number,
  shape: readonly number[],
  numberBytes: number,
): Omit<ChunkList, 'extent' | 'numberBytes' | 'fillValue'> {
  const [rows = 0, ...row] = shape;
  const rowBytes = row.reduce((product, length) => product * length, numberBytes);
  const height = Math.max(1, Math.floor(cutBytes / Math.max(1, rowBytes)));
  const count = Math.ceil(rows / height);
  return {
    chunkShape: [height, ...row],
    filters: new Uint32Array(0),
    positions: Float64Array.from({ length: count }, (_, i) => start + i * height * rowBytes),
    sizes: Float64Array.from({ length: count }, (_, i) => Math.min(height, rows - i * height) * rowBytes),
    filtersLeftOut: new Uint32Array(count),
    onePiece: true,
  };
}
