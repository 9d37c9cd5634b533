import { CaloscopeError } from '../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import type { FileBytes } from './file-bytes.js';

const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/**
 * Finds the superblock, checks it and the file's length against it, and sets the base address.
 *
 * The HDF5 library "opens" truncated and foreign files without a word in some builds, so it is not asked.
 *
 * @throws CaloscopeError ERR_NOT_HDF5, ERR_FILE_TRUNCATED, ERR_FILE_CORRUPT.
 */
export function checkSuperblock(file: FileBytes): void {
  const base = findSignature(file);
  file.setBase(base);
  const cursor = new ByteCursor(file.read(0, Math.min(96, file.size - base)), 8);
  if (cursor.remaining < 40) {
    throw new CaloscopeError('ERR_FILE_TRUNCATED', 'the file ends within its first header; copy it again');
  }
  const version = cursor.unsigned(1);
  if (version > 3) throw corrupt(`superblock version ${version} does not exist`);
  const endOfFile = version < 2 ? classicEnd(cursor, version) : modernEnd(cursor);
  if (endOfFile > file.size) {
    throw new CaloscopeError(
      'ERR_FILE_TRUNCATED',
      `the file has ${file.size} bytes where its header says ${endOfFile}; it was cut, copy it again`,
    );
  }
}

/** The signature stands at 0, 512, 1024, 2048, …: a user block of other content may come first. */
function findSignature(file: FileBytes): number {
  for (let position = 0; position + 8 <= file.size; position = Math.max(512, position * 2)) {
    if (file.read(position, 8).equals(signature)) return position;
  }
  throw new CaloscopeError('ERR_NOT_HDF5', `the file is not an HDF5 file${whatItIs(file)}`);
}

function whatItIs(file: FileBytes): string {
  if (file.size === 0) return ': it is empty';
  const start = file.read(0, Math.min(64, file.size));
  const known: [string, string][] = [
    ['\x1f\x8b', 'a gzip archive: unpack it first'],
    ['PK', 'a zip archive (or a NumPy .npz): unpack it first'],
    ['\x89PNG', 'a PNG picture'],
    ['\x93NUMPY', 'a NumPy array'],
    ['root', 'a ROOT file'],
    ['\x28\xb5\x2f\xfd', 'a Zstandard archive: unpack it first'],
    ['BZh', 'a bzip2 archive: unpack it first'],
    ['\xfd7zXZ', 'an xz archive: unpack it first'],
  ];
  const found = known.find(([magic]) => start.subarray(0, magic.length).toString('latin1') === magic);
  if (found) return `: it looks like ${found[1]}`;
  return start.every((byte) => byte >= 9 && byte < 127) ? ': it looks like a text file' : '';
}

/** Versions 0 and 1. */
function classicEnd(cursor: ByteCursor, version: number): number {
  cursor.skip(4);
  requireEightBytes(cursor.unsigned(1), cursor.unsigned(1));
  cursor.skip(version === 0 ? 9 : 13);
  cursor.skip(16); // base address, address of the free-space information
  return cursor.address();
}

/** Versions 2 and 3, protected by a checksum. */
function modernEnd(cursor: ByteCursor): number {
  requireEightBytes(cursor.unsigned(1), cursor.unsigned(1));
  requireChecksum(cursor.bytes.subarray(0, 48), 'the superblock');
  cursor.skip(1 + 16); // flags, base address, address of the extension
  return cursor.address();
}

function requireEightBytes(addressBytes: number, lengthBytes: number): void {
  if (addressBytes === 8 && lengthBytes === 8) return;
  throw corrupt(`addresses of ${addressBytes} and lengths of ${lengthBytes} bytes (only 8 are supported)`);
}
