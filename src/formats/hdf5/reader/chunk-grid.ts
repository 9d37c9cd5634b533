import type { ChunkedStorage } from './storage-layout.js';
import type { StoredElements } from './stored-dataset.js';

/** One stored chunk. `filterMask` has a bit set for each filter that was left out. */
export interface StoredChunk {
  readonly address: number;
  readonly size: number;
  readonly filterMask: number;
}

/** Chunk counts along the axes, and what an index needs to know of its dataset. */
export interface ChunkGrid {
  /** Chunks along each axis that hold rows of the dataset as it is now. */
  readonly counts: readonly number[];
  /** The same for the largest shape allowed; infinite where unlimited. */
  readonly maxCounts: readonly number[];
  readonly chunkShape: readonly number[];
  /** Bytes of a chunk before filters. */
  readonly chunkBytes: number;
  readonly filtered: boolean;
}

/** Receives a chunk with its place in the grid. */
export type ChunkVisitor = (coordinates: readonly number[], chunk: StoredChunk) => void;

/** The grid of a chunked dataset. */
export function chunkGrid(dataset: StoredElements, storage: ChunkedStorage): ChunkGrid {
  const { chunkShape } = storage;
  const along = (length: number, axis: number) => Math.ceil(length / (chunkShape[axis] as number));
  const chunkBytes = chunkShape.reduce((product, size) => product * size, dataset.element.bytes);
  return {
    counts: dataset.extent.map(along),
    maxCounts: dataset.maxExtent.map(along),
    chunkShape,
    chunkBytes,
    filtered: dataset.filters.length > 0,
  };
}

/** Place in row order of a grid. */
export function linearIndex(coordinates: readonly number[], counts: readonly number[]): number {
  return coordinates.reduce((sum, place, axis) => sum * (counts[axis] as number) + place, 0);
}

/** The reverse of {@link linearIndex}; the first axis may be unlimited. */
export function gridCoordinates(linear: number, counts: readonly number[]): number[] {
  const coordinates = new Array<number>(counts.length).fill(0);
  let rest = linear;
  for (let axis = counts.length - 1; axis > 0; axis--) {
    const count = counts[axis] as number;
    coordinates[axis] = rest % count;
    rest = Math.floor(rest / count);
  }
  coordinates[0] = rest;
  return coordinates;
}
