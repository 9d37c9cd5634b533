import { CaloscopeError } from '../../../../errors.js';
import { corrupt } from '../byte-cursor.js';
import { joinBitPlanes } from './bit-planes.js';
import { unpackLz4 } from './lz4.js';
import { unpackZstandard } from './zstandard/zstandard.js';

/** Places of the parameters of filter 32008: element size, elements a block (0: as usual), what packs the blocks. */
const place = { elementBytes: 2, blockElements: 3, packing: 4 } as const;

/** What packs a block of `length` bytes. */
const packings = new Map<number, (packed: Buffer, length: number) => Buffer>([
  [
    2,
    (packed, length) => {
      const block = Buffer.allocUnsafe(length);
      unpackLz4(packed, block);
      return block;
    },
  ],
  [3, unpackZstandard],
]);

/**
 * Undoes filter 32008 (Bitshuffle, alone, with LZ4 or with Zstandard): the chunk is cut into blocks, the bits of each are
 * sorted by their place in the number and then packed; numbers beyond the last eight are as they are.
 *
 * @param length bytes of the result.
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function undoBitshuffle(stored: Buffer, parameters: readonly number[], length: number): Buffer {
  const size = parameters[place.elementBytes] ?? 0;
  const packing = parameters[place.packing] ?? 0;
  if (size < 1 || length % size !== 0) throw corrupt('bit-shuffled numbers of an impossible size');
  const unpack = packings.get(packing);
  if (packing !== 0 && !unpack) {
    throw new CaloscopeError(
      'ERR_FILTER_UNSUPPORTED',
      `its bit-shuffled blocks are packed in an unknown way (${packing})`,
    );
  }
  const head = packing === 0 ? 0 : 12;
  if (stored.length < head) throw corrupt('a bit-shuffled chunk without a head');
  if (head > 0 && (stored.readUInt32BE(0) !== 0 || stored.readUInt32BE(4) !== length)) {
    throw corrupt(`a bit-shuffled chunk that is not of ${length} bytes`);
  }
  const blockElements =
    head > 0 ? Math.floor(stored.readUInt32BE(8) / size) : (parameters[place.blockElements] ?? 0);
  return joinBlocks(stored.subarray(head), length, {
    size,
    elements: blockElements || usualBlock(size),
    unpack,
  });
}

/** Elements a block where the writer left the choice to the filter: about 8 kB, in eights. */
function usualBlock(size: number): number {
  return Math.max(128, Math.floor(8192 / size / 8) * 8);
}

interface Blocks {
  readonly size: number;
  readonly elements: number;
  readonly unpack: ((packed: Buffer, length: number) => Buffer) | undefined;
}

function joinBlocks(stored: Buffer, length: number, { size, elements, unpack }: Blocks): Buffer {
  if (elements % 8 !== 0) throw corrupt('bit-shuffled blocks of an impossible size');
  const result = Buffer.allocUnsafeSlow(length);
  const shuffled = Math.floor(length / size / 8) * 8 * size;
  let at = 0;
  const take = (bytes: number): Buffer => {
    if (at + bytes > stored.length) throw corrupt('a bit-shuffled chunk ends too early');
    at += bytes;
    return stored.subarray(at - bytes, at);
  };
  for (let out = 0; out < shuffled; ) {
    const bytes = Math.min(elements * size, shuffled - out);
    const block = unpack ? unpack(take(take(4).readUInt32BE(0)), bytes) : take(bytes);
    joinBitPlanes(block, result.subarray(out, out + bytes), size);
    out += bytes;
  }
  take(length - shuffled).copy(result, shuffled);
  if (at !== stored.length) throw corrupt('a bit-shuffled chunk holds more than it should');
  return result;
}
