import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import { readExtensibleArray, readFixedArray } from './chunk-arrays.js';
import { readVersion2Tree } from './chunk-btree2.js';
import {
  type ChunkGrid,
  type ChunkVisitor,
  chunkGrid,
  gridCoordinates,
  linearIndex,
  type StoredChunk,
} from './chunk-grid.js';
import type { FileBytes } from './file-bytes.js';
import type { ChunkedStorage } from './storage-layout.js';
import type { StoredElements } from './stored-dataset.js';

/**
 * The chunks of a dataset by their linear place in the grid (row order). Chunks that were never written are
 * missing. Every chunk has been checked to lie in the file.
 */
export class ChunkIndex {
  readonly grid: ChunkGrid;
  readonly #slots = new Map<number, number>();
  readonly #addresses: number[] = [];
  readonly #sizes: number[] = [];
  readonly #masks: number[] = [];

  constructor(file: FileBytes, dataset: StoredElements, storage: ChunkedStorage) {
    this.grid = chunkGrid(dataset, storage);
    if (storage.address === undefinedAddress) return;
    const visit: ChunkVisitor = (coordinates, chunk) => this.#add(file, coordinates, chunk);
    readIndex(file, storage, this.grid, visit);
  }

  /** Number of chunks that were written. */
  get size(): number {
    return this.#slots.size;
  }

  get(linear: number): StoredChunk | undefined {
    const slot = this.#slots.get(linear);
    if (slot === undefined) return undefined;
    return {
      address: this.#addresses[slot] as number,
      size: this.#sizes[slot] as number,
      filterMask: this.#masks[slot] as number,
    };
  }

  #add(file: FileBytes, coordinates: readonly number[], chunk: StoredChunk): void {
    if (chunk.address === undefinedAddress) return;
    // Chunks beyond the present shape may remain after a dataset was made smaller.
    if (coordinates.some((place, axis) => place >= (this.grid.counts[axis] as number))) return;
    const linear = linearIndex(coordinates, this.grid.counts);
    if (this.#slots.has(linear)) throw corrupt('the chunk index names a chunk twice');
    if (!file.contains(chunk.address, chunk.size))
      throw corrupt('the chunk index points past the end of the file');
    this.#slots.set(linear, this.#addresses.length);
    this.#addresses.push(chunk.address);
    this.#sizes.push(chunk.size);
    this.#masks.push(chunk.filterMask);
  }
}

function readIndex(file: FileBytes, storage: ChunkedStorage, grid: ChunkGrid, visit: ChunkVisitor): void {
  const { address, index } = storage;
  if (index.kind === 'single') {
    const chunk = { address, size: index.size ?? grid.chunkBytes, filterMask: index.filterMask };
    visit(new Array<number>(grid.counts.length).fill(0), chunk);
    return;
  }
  const readers = {
    'btree-1': readVersion1Tree,
    implicit: readImplicit,
    'fixed-array': readFixedArray,
    'extensible-array': readExtensibleArray,
    'btree-2': readVersion2Tree,
  };
  readers[index.kind](file, address, grid, visit);
}

/** All chunks one after the other, without filters. */
function readImplicit(file: FileBytes, address: number, grid: ChunkGrid, visit: ChunkVisitor): void {
  const total = grid.maxCounts.reduce((product, count) => product * count, 1);
  file.require(address, total * grid.chunkBytes);
  for (let i = 0; i < total; i++) {
    const chunk = { address: address + i * grid.chunkBytes, size: grid.chunkBytes, filterMask: 0 };
    visit(gridCoordinates(i, grid.maxCounts), chunk);
  }
}

/** The B-tree of the classic format. It has no checksum, so order, levels and multiples are checked. */
function readVersion1Tree(file: FileBytes, root: number, grid: ChunkGrid, visit: ChunkVisitor): void {
  const rank = grid.counts.length;
  const keyBytes = 8 + 8 * (rank + 1);
  const seen = new Set<number>();
  let previous: number[] = [];
  const walk = (address: number, expectedLevel: number | null): void => {
    if (seen.has(address)) throw corrupt('the chunk index runs in a circle');
    seen.add(address);
    const head = new ByteCursor(file.read(address, 24));
    head.expectSignature('TREE');
    head.expectByte(1, 'the kind of a B-tree');
    const level = head.unsigned(1);
    const entries = head.unsigned(2);
    if (level > 32 || (expectedLevel !== null && level !== expectedLevel))
      throw corrupt('a B-tree of wrong levels');
    const cursor = new ByteCursor(file.read(address + 24, entries * (keyBytes + 8) + keyBytes));
    for (let i = 0; i < entries; i++) {
      const size = cursor.unsigned(4);
      const filterMask = cursor.unsigned(4);
      const offsets = Array.from({ length: rank }, () => cursor.unsigned(8));
      cursor.skip(8);
      const child = cursor.address();
      if (level > 0) {
        walk(child, level - 1);
        continue;
      }
      if (previous.length > 0 && !comesAfter(offsets, previous)) throw corrupt('a chunk index out of order');
      previous = offsets;
      visit(chunkCoordinates(offsets, grid.chunkShape), { address: child, size, filterMask });
    }
  };
  walk(root, null);
}

function comesAfter(offsets: readonly number[], previous: readonly number[]): boolean {
  const axis = offsets.findIndex((offset, i) => offset !== previous[i]);
  return axis >= 0 && (offsets[axis] as number) > (previous[axis] as number);
}

function chunkCoordinates(offsets: readonly number[], chunkShape: readonly number[]): number[] {
  return offsets.map((offset, axis) => {
    const place = offset / (chunkShape[axis] as number);
    if (!Number.isInteger(place)) throw corrupt('the chunk index names a place between two chunks');
    return place;
  });
}

/** A chunk above this size is refused: it has to be held as a whole. */
const largestChunkBytes = 2 ** 30;

/**
 * Refuses chunks that cannot be held or that cannot be true.
 *
 * @param largestRatio the most that what is stored can grow.
 * @throws CaloscopeError ERR_TOO_LARGE, ERR_FILE_CORRUPT.
 */
export function checkChunk(chunk: StoredChunk, grid: ChunkGrid, largestRatio: number): void {
  if (chunk.size > 2 * largestChunkBytes) throw corrupt(`a stored chunk of ${chunk.size} bytes`);
  if (grid.chunkBytes > (chunk.size + 64) * largestRatio) {
    throw corrupt(`a stored chunk of ${chunk.size} bytes cannot hold the ${grid.chunkBytes} it should`);
  }
}

/** @throws CaloscopeError ERR_TOO_LARGE for a chunk shape, or a band of chunks, above 1 GiB. */
export function checkChunkShape(grid: ChunkGrid, bandBytes: number): void {
  if (grid.chunkBytes <= largestChunkBytes && bandBytes <= largestChunkBytes) return;
  const bytes = Math.max(grid.chunkBytes, bandBytes);
  throw new CaloscopeError(
    'ERR_TOO_LARGE',
    `its chunks (${grid.chunkShape.join('×')}) need ${(bytes / 2 ** 30).toFixed(1)} GiB at once, more than 1 GiB; ` +
      'rewrite it with fewer rows a chunk',
  );
}
