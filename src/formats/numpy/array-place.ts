import type { FileBytes } from '../hdf5/reader/file-bytes.js';
import type { PackedBytes } from './inflated-bytes.js';

/** Where an array lies in a file; plain data, which crosses threads. */
export interface ArrayPlace {
  readonly name: string;
  /** Of its bytes as they are stored, header and numbers. */
  readonly start: number;
  /** Header and numbers together, unpacked. */
  readonly bytes: number;
  /** How they are packed (numpy.savez_compressed); null: they are not. */
  readonly packed: PackedArray | null;
}

export interface PackedArray {
  readonly bytes: number;
  /** Of header and numbers. */
  readonly crc32: number;
}

/** Packed bytes that are read at once. */
const pieceBytes = 2 ** 16;

/** The packed bytes of an array, piece by piece. */
export function packedBytes(file: FileBytes, start: number, { bytes }: PackedArray): PackedBytes {
  let at = 0;
  return () => {
    const piece = file.read(start + at, Math.min(pieceBytes, bytes - at));
    at += piece.length;
    return piece;
  };
}
