import { inflateSync } from 'node:zlib';
import { CaloscopeError } from '../../../errors.js';
import { corrupt } from './byte-cursor.js';
import { fletcher32 } from './checksums.js';
import { type ElementType, numbersInElement } from './element-type.js';
import { unpackScaleOffset } from './scale-offset.js';
import type { Filter } from './stored-dataset.js';

/** Registered numbers of the filters that are undone here. */
const filterId = { deflate: 1, shuffle: 2, fletcher32: 3, scaleOffset: 6 } as const;

const otherFilters = new Map([
  [4, 'szip'],
  [5, 'nbit'],
  [32000, 'lzf'],
  [32001, 'blosc'],
  [32004, 'lz4'],
  [32008, 'bitshuffle'],
  [32013, 'zfp'],
  [32015, 'zstd'],
  [32026, 'blosc2'],
]);

/**
 * Refuses filters that cannot be undone, before any chunk is read.
 *
 * @throws CaloscopeError ERR_FILTER_UNSUPPORTED.
 */
export function checkFilters(filters: readonly Filter[]): void {
  const supported: readonly number[] = Object.values(filterId);
  const seen = new Set<number>();
  for (const filter of filters) {
    const name = otherFilters.get(filter.id) ?? (filter.name || 'unknown');
    if (!supported.includes(filter.id)) {
      throw unsupported(`it is packed with filter ${filter.id} (${name}), which is not available`);
    }
    // Nested deflate serves no writer; it is how a few bytes become gigabytes.
    if (seen.has(filter.id)) throw unsupported(`it is packed twice with filter ${filter.id} (${name})`);
    seen.add(filter.id);
  }
}

function unsupported(what: string): CaloscopeError {
  return new CaloscopeError('ERR_FILTER_UNSUPPORTED', `${what}; rewrite the dataset with gzip`);
}

/** Names as h5py gives them. */
export function filterName(filter: Filter): string {
  const names = new Map<number, string>([
    [filterId.deflate, 'gzip'],
    [filterId.shuffle, 'shuffle'],
    [filterId.fletcher32, 'fletcher32'],
    [filterId.scaleOffset, 'scale-offset'],
  ]);
  return names.get(filter.id) ?? (filter.name || `filter ${filter.id}`);
}

/** True where deflate's largest ratio bounds how much a stored chunk can hold. */
export function boundedByDeflate(filters: readonly Filter[]): boolean {
  return !filters.some((filter) => filter.id === filterId.scaleOffset);
}

/** What the chunks of one dataset are decoded with. */
export interface ChunkFormat {
  readonly filters: readonly Filter[];
  readonly element: ElementType;
  /** Bytes of a chunk before filters. */
  readonly chunkBytes: number;
}

/**
 * Undoes the filters of one chunk. The result has exactly the bytes of a chunk: a deflate stream that holds
 * fewer or more is an error here, where the HDF5 library would hand out unset memory.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function decodeChunk(stored: Buffer, filterMask: number, format: ChunkFormat): Buffer {
  const applied = format.filters.filter((_, place) => ((filterMask >>> place) & 1) === 0);
  const lengths = lengthsBefore(applied, format.chunkBytes);
  let bytes = stored;
  for (let i = applied.length - 1; i >= 0; i--) {
    bytes = undoFilter(bytes, applied[i] as Filter, lengths[i] as number | null, format);
  }
  if (bytes.length !== format.chunkBytes) {
    throw corrupt(`a chunk holds ${bytes.length} bytes where ${format.chunkBytes} belong`);
  }
  return bytes;
}

/** Length of the bytes that go into each filter on writing; null after one that packs. */
function lengthsBefore(applied: readonly Filter[], chunkBytes: number): (number | null)[] {
  let length: number | null = chunkBytes;
  return applied.map((filter) => {
    const before = length;
    if (filter.id === filterId.fletcher32) length = length === null ? null : length + 4;
    else if (filter.id !== filterId.shuffle) length = null;
    return before;
  });
}

function undoFilter(bytes: Buffer, filter: Filter, length: number | null, format: ChunkFormat): Buffer {
  switch (filter.id) {
    case filterId.deflate:
      return inflate(bytes, length, format.chunkBytes);
    case filterId.shuffle:
      return unshuffle(bytes, filter.parameters[0] ?? format.element.bytes);
    case filterId.fletcher32:
      return verify(bytes);
    default:
      return unpackScaleOffset(bytes, filter.parameters, numbersInElement(format.element, []).number);
  }
}

function inflate(bytes: Buffer, expected: number | null, chunkBytes: number): Buffer {
  // What scale-offset packed is at most its header longer than the numbers.
  const limit = expected ?? chunkBytes + 1024;
  let result: Buffer;
  try {
    // One byte more than expected: the output then fits one buffer, and a longer stream shows.
    result = inflateSync(bytes, { maxOutputLength: limit, chunkSize: Math.max(64, limit + 1) });
  } catch (error) {
    throw corrupt(
      `a gzip chunk does not unpack (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'})`,
    );
  }
  if (expected !== null && result.length !== expected) {
    throw corrupt(`a gzip chunk unpacks to ${result.length} bytes where ${expected} belong`);
  }
  return result;
}

/** The shuffle filter stores first all first bytes of the numbers, then all second bytes, and so on. */
function unshuffle(bytes: Buffer, size: number): Buffer {
  if (size < 1) throw corrupt('shuffled numbers of no bytes');
  const count = Math.floor(bytes.length / size);
  const result = Buffer.allocUnsafeSlow(bytes.length);
  for (let k = 0; k < size; k++) {
    const plane = k * count;
    for (let i = 0, at = k; i < count; i++, at += size) result[at] = bytes[plane + i] as number;
  }
  bytes.copy(result, count * size, count * size);
  return result;
}

function verify(bytes: Buffer): Buffer {
  const end = bytes.length - 4;
  if (end < 0) throw corrupt('a chunk without its checksum');
  const content = bytes.subarray(0, end);
  const sum = fletcher32(content);
  // HDF5 before 1.6.3 stored the bytes of each half exchanged; both orders are valid.
  const exchanged = (((sum & 0x00ff00ff) << 8) | ((sum & 0xff00ff00) >>> 8)) >>> 0;
  const stored = bytes.readUInt32LE(end);
  if (stored !== sum && stored !== exchanged) throw corrupt('the checksum of a chunk is wrong');
  return content;
}
