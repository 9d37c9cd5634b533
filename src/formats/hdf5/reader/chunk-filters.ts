import { CaloscopeError } from '../../../errors.js';
import { corrupt } from './byte-cursor.js';
import { fletcher32 } from './checksums.js';
import { type ElementType, numbersInElement } from './element-type.js';
import { undoBitshuffle } from './filters/bitshuffle.js';
import { undoBlosc } from './filters/blosc.js';
import { inflate } from './filters/deflate.js';
import { unpackLz4Blocks } from './filters/lz4-blocks.js';
import { unpackLzf } from './filters/lzf.js';
import { rewriteCommand } from './filters/rewriting.js';
import { unpackScaleOffset } from './filters/scale-offset.js';
import { unshuffle } from './filters/shuffle.js';
import { unpackZstandard } from './filters/zstandard/zstandard.js';
import type { Filter } from './stored-dataset.js';

/** What the chunks of one dataset are decoded with. */
export interface ChunkFormat {
  readonly filters: readonly Filter[];
  readonly element: ElementType;
  /** Bytes of a chunk before filters. */
  readonly chunkBytes: number;
}

/** What is known where one filter is undone. */
interface Undoing {
  readonly parameters: readonly number[];
  readonly element: ElementType;
  /** Bytes of the result, or the most that it can have where another filter was before this one. */
  readonly length: number;
  readonly exact: boolean;
}

interface KnownFilter {
  /** As h5py gives it. */
  readonly name: string;
  /** Bytes that writing adds; null where it packs. */
  readonly adds: number | null;
  /** The result is at most so many times as long as what is stored. */
  readonly largestRatio: number;
  undo(bytes: Buffer, undoing: Undoing): Buffer;
}

/** A filter that has to know the length of its result, so that it must be the first that packed. */
function ofKnownLength(name: string, largestRatio: number, undo: KnownFilter['undo']): KnownFilter {
  return {
    name,
    adds: null,
    largestRatio,
    undo: (bytes, undoing) => {
      if (!undoing.exact) throw unsupported(`it is packed with ${name} after another packing`, true);
      return undo(bytes, undoing);
    },
  };
}

/** By the registered number. */
const knownFilters = new Map<number, KnownFilter>([
  [1, { name: 'gzip', adds: null, largestRatio: 1032, undo: (bytes, { length }) => inflate(bytes, length) }],
  [
    2,
    {
      name: 'shuffle',
      adds: 0,
      largestRatio: 1,
      undo: (bytes, { parameters, element }) => unshuffle(bytes, parameters[0] ?? element.bytes),
    },
  ],
  [3, { name: 'fletcher32', adds: 4, largestRatio: 1, undo: withoutChecksum }],
  [
    6,
    {
      name: 'scale-offset',
      adds: null,
      largestRatio: Number.POSITIVE_INFINITY,
      undo: (bytes, { parameters, element, length }) =>
        unpackScaleOffset(bytes, parameters, numbersInElement(element, []).number, length),
    },
  ],
  [
    32000,
    { name: 'lzf', adds: null, largestRatio: 88, undo: (bytes, { length }) => unpackLzf(bytes, length) },
  ],
  [32001, ofKnownLength('blosc', Number.POSITIVE_INFINITY, (bytes, { length }) => undoBlosc(bytes, length))],
  [32004, ofKnownLength('lz4', 255, (bytes, { length }) => unpackLz4Blocks(bytes, length))],
  [
    32008,
    ofKnownLength('bitshuffle', 2 ** 15, (bytes, { parameters, length }) =>
      undoBitshuffle(bytes, parameters, length),
    ),
  ],
  [32015, ofKnownLength('zstd', 2 ** 15, (bytes, { length }) => unpackZstandard(bytes, length))],
]);

/** Names of filters that are not undone here; those above 255 are plugins. */
const otherFilters = new Map([
  [4, 'szip'],
  [5, 'nbit'],
  [307, 'bzip2'],
  [32013, 'zfp'],
  [32017, 'sz'],
  [32024, 'sz3'],
  [32026, 'blosc2'],
  [32028, 'sperr'],
]);

/**
 * Refuses filters that cannot be undone, before any chunk is read.
 *
 * @throws CaloscopeError ERR_FILTER_UNSUPPORTED.
 */
export function checkFilters(filters: readonly Filter[]): void {
  const seen = new Set<number>();
  for (const filter of filters) {
    const name = filterName(filter);
    if (!knownFilters.has(filter.id)) {
      const what = `it is packed with filter ${filter.id} (${name}), which is not available`;
      throw unsupported(what, filter.id >= 256);
    }
    // Nested deflate serves no writer; it is how a few bytes become gigabytes.
    if (seen.has(filter.id))
      throw unsupported(`it is packed twice with filter ${filter.id} (${name})`, false);
    seen.add(filter.id);
  }
}

function unsupported(what: string, needsPlugin: boolean): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILTER_UNSUPPORTED',
    `${what}; rewrite it with gzip: ${rewriteCommand(needsPlugin)}`,
  );
}

/** Names as h5py gives them. */
export function filterName({ id, name }: Filter): string {
  return knownFilters.get(id)?.name ?? otherFilters.get(id) ?? (name || `filter ${id}`);
}

/** The most that a stored chunk can grow by undoing its filters. */
export function largestRatio(filters: readonly Filter[]): number {
  return filters.reduce((ratio, { id }) => ratio * (knownFilters.get(id)?.largestRatio ?? 1), 1);
}

/**
 * Undoes the filters of one chunk. The result has exactly the bytes of a chunk: a packed stream that holds
 * fewer or more is an error here, where the HDF5 library would hand out unset memory.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function decodeChunk(stored: Buffer, filterMask: number, format: ChunkFormat): Buffer {
  const applied = format.filters.filter((_, place) => ((filterMask >>> place) & 1) === 0);
  const lengths = lengthsBefore(applied, format.chunkBytes);
  let bytes = stored;
  for (let i = applied.length - 1; i >= 0; i--) {
    const { id, parameters } = applied[i] as Filter;
    const known = lengths[i] ?? null;
    // What scale-offset packed is at most its header longer than the numbers; others take a little more at worst.
    const length = known ?? Math.ceil(format.chunkBytes * 1.1) + 1024;
    const filter = knownFilters.get(id) as KnownFilter;
    bytes = filter.undo(bytes, { parameters, element: format.element, length, exact: known !== null });
    if (known !== null && bytes.length !== known) {
      throw corrupt(`a ${filter.name} chunk unpacks to ${bytes.length} bytes where ${known} belong`);
    }
  }
  if (bytes.length !== format.chunkBytes) {
    throw corrupt(`a chunk holds ${bytes.length} bytes where ${format.chunkBytes} belong`);
  }
  return bytes;
}

/** Length of the bytes that go into each filter on writing; null after one that packs. */
function lengthsBefore(applied: readonly Filter[], chunkBytes: number): (number | null)[] {
  let length: number | null = chunkBytes;
  return applied.map(({ id }) => {
    const before = length;
    const adds = knownFilters.get(id)?.adds ?? null;
    length = length === null || adds === null ? null : length + adds;
    return before;
  });
}

function withoutChecksum(bytes: Buffer): Buffer {
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
