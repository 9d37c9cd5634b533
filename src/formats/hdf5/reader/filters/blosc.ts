import { CaloscopeError } from '../../../../errors.js';
import { corrupt } from '../byte-cursor.js';
import { joinBitPlanes } from './bit-planes.js';
import { unpackBloscLz } from './blosclz.js';
import { inflate } from './deflate.js';
import { unpackLz4 } from './lz4.js';
import { unshuffle } from './shuffle.js';
import { unpackZstandard } from './zstandard/zstandard.js';

const headBytes = 16;
const flag = { shuffled: 1, copied: 2, bitShuffled: 4, inOnePiece: 16 } as const;
/** Blocks of more and of shorter pieces are not split by the bytes of their numbers. */
const split = { mostBytes: 16, fewestNumbers: 128 } as const;

/** What packs the pieces of blocks, by the upper three bits of the flags. */
const packings: readonly (((packed: Buffer, length: number) => Buffer) | null)[] = [
  unpackBloscLz,
  (packed, length) => {
    const piece = Buffer.allocUnsafe(length);
    unpackLz4(packed, piece);
    return piece;
  },
  null, // Snappy
  (packed, length) => inflate(packed, length),
  unpackZstandard,
];

/**
 * Undoes filter 32001 (Blosc 1): blocks, shuffled and packed on their own, found by a table; a block may be split by the bytes of its
 * numbers (README_CHUNK_FORMAT of C-Blosc).
 *
 * @param length bytes of the result.
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILTER_UNSUPPORTED for Snappy.
 */
export function undoBlosc(stored: Buffer, length: number): Buffer {
  if (stored.length < headBytes) throw damaged();
  const flags = stored[2] as number;
  const size = stored[3] as number;
  const blockBytes = stored.readUInt32LE(8);
  const fits = stored.readUInt32LE(4) === length && stored.readUInt32LE(12) === stored.length;
  if (!fits || size < 1 || (length > 0 && blockBytes < 1)) throw damaged();
  if ((flags & flag.copied) !== 0) {
    if (stored.length !== headBytes + length) throw damaged();
    return stored.subarray(headBytes);
  }
  const unpack = packings[flags >> 5];
  if (!unpack) {
    throw new CaloscopeError(
      'ERR_FILTER_UNSUPPORTED',
      'its Blosc chunks are packed with Snappy or in an unknown way; write them with another',
    );
  }
  const result = Buffer.allocUnsafeSlow(length);
  const blocks = Math.ceil(length / blockBytes);
  if (headBytes + 4 * blocks > stored.length) throw damaged();
  for (let i = 0; i < blocks; i++) {
    const target = result.subarray(i * blockBytes, Math.min(length, (i + 1) * blockBytes));
    const whole = target.length === blockBytes;
    const splits =
      (flags & flag.inOnePiece) === 0 &&
      whole &&
      size <= split.mostBytes &&
      blockBytes / size >= split.fewestNumbers;
    const block = unpackPieces(
      stored,
      stored.readUInt32LE(headBytes + 4 * i),
      target.length,
      splits ? size : 1,
      unpack,
    );
    unshuffleInto(block, target, flags, size);
  }
  return result;
}

/** Pieces of equal length, each after its packed length; one that did not shrink is as it was. */
function unpackPieces(
  stored: Buffer,
  start: number,
  length: number,
  pieces: number,
  unpack: (packed: Buffer, length: number) => Buffer,
): Buffer {
  const block = Buffer.allocUnsafe(length);
  const pieceBytes = length / pieces;
  if (!Number.isInteger(pieceBytes)) throw damaged();
  for (let i = 0, at = start; i < pieces; i++) {
    if (at + 4 > stored.length) throw damaged();
    const packedBytes = stored.readUInt32LE(at);
    at += 4;
    if (at + packedBytes > stored.length) throw damaged();
    const packed = stored.subarray(at, at + packedBytes);
    const piece = packedBytes === pieceBytes ? packed : unpack(packed, pieceBytes);
    if (piece.length !== pieceBytes) throw damaged();
    piece.copy(block, i * pieceBytes);
    at += packedBytes;
  }
  return block;
}

function unshuffleInto(block: Buffer, target: Buffer, flags: number, size: number): void {
  const numbers = Math.floor(block.length / size);
  if ((flags & flag.shuffled) !== 0 && size > 1) {
    unshuffle(block, size).copy(target);
  } else if ((flags & flag.bitShuffled) !== 0 && numbers % 8 === 0 && numbers > 0) {
    joinBitPlanes(block, target.subarray(0, numbers * size), size);
    block.copy(target, numbers * size, numbers * size);
  } else {
    block.copy(target);
  }
}

function damaged() {
  return corrupt('a Blosc chunk does not unpack');
}
