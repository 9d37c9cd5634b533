import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';

export type Storage =
  | { readonly kind: 'compact'; readonly bytes: Buffer }
  | { readonly kind: 'contiguous'; readonly address: number; readonly length: number }
  | VirtualStorage
  | ChunkedStorage;

/** The parts of a virtual dataset are listed in an object of the heap. */
export interface VirtualStorage {
  readonly kind: 'virtual';
  readonly heap: number;
  readonly index: number;
}

export interface ChunkedStorage {
  readonly kind: 'chunked';
  readonly chunkShape: readonly number[];
  readonly address: number;
  readonly index: ChunkIndexKind;
}

/** The ways HDF5 finds its chunks; the parameters are those of the layout message. */
export type ChunkIndexKind =
  | { readonly kind: 'btree-1' }
  | { readonly kind: 'single'; readonly size: number | null; readonly filterMask: number }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'fixed-array' }
  | { readonly kind: 'extensible-array' }
  | { readonly kind: 'btree-2' };

/**
 * Storage as a layout message describes it, for a dataset of so many elements along each axis.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function parseStorage(body: Buffer, shape: readonly number[], elementBytes: number): Storage {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  if (version < 1 || version > 5) throw corrupt(`layout version ${version} does not exist`);
  const storage = version < 3 ? parseOldLayout(cursor, shape, elementBytes) : parseNewLayout(cursor, version);
  if (storage.kind === 'chunked') {
    const [sizes, element] = [storage.chunkShape.slice(0, -1), storage.chunkShape.at(-1)];
    if (
      sizes.length === 0 ||
      sizes.length !== shape.length ||
      element !== elementBytes ||
      sizes.some((size) => size < 1)
    ) {
      throw corrupt('chunks that do not fit the dataset');
    }
    return { ...storage, chunkShape: sizes };
  }
  if (storage.kind === 'virtual') return storage;
  const needed = shape.reduce((product, length) => product * length, elementBytes);
  const stored = storage.kind === 'compact' ? storage.bytes.length : storage.length;
  if (stored !== needed && !(storage.kind === 'contiguous' && storage.address === undefinedAddress)) {
    throw corrupt(`a dataset of ${needed} bytes has storage for ${stored}`);
  }
  return storage;
}

/** Versions 1 and 2, written before HDF5 1.6.3. */
function parseOldLayout(cursor: ByteCursor, shape: readonly number[], elementBytes: number): Storage {
  const dimensions = cursor.unsigned(1);
  const layoutClass = cursor.unsigned(1);
  cursor.skip(5);
  const address = layoutClass === 0 ? 0 : cursor.address();
  const sizes = Array.from({ length: dimensions }, () => cursor.unsigned(4));
  if (layoutClass === 0) return { kind: 'compact', bytes: cursor.slice(cursor.unsigned(4)) };
  if (layoutClass === 2) return { kind: 'chunked', chunkShape: sizes, address, index: { kind: 'btree-1' } };
  if (layoutClass !== 1) throw corrupt(`storage class ${layoutClass} does not exist`);
  return {
    kind: 'contiguous',
    address,
    length: shape.reduce((product, size) => product * size, elementBytes),
  };
}

function parseNewLayout(cursor: ByteCursor, version: number): Storage {
  const layoutClass = cursor.unsigned(1);
  if (layoutClass === 0) return { kind: 'compact', bytes: cursor.slice(cursor.unsigned(2)) };
  if (layoutClass === 1) return { kind: 'contiguous', address: cursor.address(), length: cursor.unsigned(8) };
  if (layoutClass === 3) return { kind: 'virtual', heap: cursor.address(), index: cursor.unsigned(4) };
  if (layoutClass !== 2) throw corrupt(`storage class ${layoutClass} does not exist`);
  return version === 3 ? parseClassicChunks(cursor) : parseIndexedChunks(cursor);
}

function parseClassicChunks(cursor: ByteCursor): ChunkedStorage {
  const dimensions = cursor.unsigned(1);
  const address = cursor.address();
  const chunkShape = Array.from({ length: dimensions }, () => cursor.unsigned(4));
  return { kind: 'chunked', chunkShape, address, index: { kind: 'btree-1' } };
}

function parseIndexedChunks(cursor: ByteCursor): ChunkedStorage {
  const flags = cursor.unsigned(1);
  if (flags & 1) throw corrupt('chunks at the edge without filters are not supported');
  const dimensions = cursor.unsigned(1);
  const sizeBytes = cursor.unsigned(1);
  const chunkShape = Array.from({ length: dimensions }, () => cursor.unsigned(sizeBytes));
  const index = parseIndexKind(cursor, (flags & 2) !== 0);
  return { kind: 'chunked', chunkShape, address: cursor.address(), index };
}

function parseIndexKind(cursor: ByteCursor, singleIsFiltered: boolean): ChunkIndexKind {
  const kind = cursor.unsigned(1);
  switch (kind) {
    case 1: {
      if (!singleIsFiltered) return { kind: 'single', size: null, filterMask: 0 };
      return { kind: 'single', size: cursor.unsigned(8), filterMask: cursor.unsigned(4) };
    }
    case 2:
      return { kind: 'implicit' };
    case 3:
      cursor.skip(1);
      return { kind: 'fixed-array' };
    case 4:
      cursor.skip(5);
      return { kind: 'extensible-array' };
    case 5:
      cursor.skip(6);
      return { kind: 'btree-2' };
    default:
      throw corrupt(`chunk index ${kind} does not exist`);
  }
}
