import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import type { FileBytes } from './file-bytes.js';

const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** What the superblock says. */
interface Superblock {
  readonly endOfFile: number;
  /** Address of the header of the root group; null where the file has anything that only the library knows. */
  readonly root: number | null;
}

/**
 * Finds the superblock, checks it and the file's length against it, and sets the base address.
 *
 * The HDF5 library "opens" truncated and foreign files without a word in some builds, so it is not asked.
 *
 * @returns address of the header of the root group, or null where the file uses more than the plain format: several
 * files, an extension of the superblock, marks of a writer that did not finish.
 * @throws CaloscopeError ERR_NOT_HDF5, ERR_FILE_TRUNCATED, ERR_FILE_IN_USE, ERR_FILE_CORRUPT.
 */
export function checkSuperblock(file: FileBytes): number | null {
  const base = findSignature(file);
  file.setBase(base);
  const cursor = new ByteCursor(file.read(0, Math.min(96, file.size - base)), 8);
  if (cursor.remaining < 40) {
    throw new CaloscopeError('ERR_FILE_TRUNCATED', 'the file ends within its first header; copy it again');
  }
  const version = cursor.unsigned(1);
  if (version > 3) throw corrupt(`superblock version ${version} does not exist`);
  const { endOfFile, root } =
    version < 2 ? readClassic(cursor, version, base) : readModern(cursor, version, base);
  if (endOfFile > file.size) {
    throw new CaloscopeError(
      'ERR_FILE_TRUNCATED',
      `the file has ${file.size} bytes where its header says ${endOfFile}; it was cut, copy it again`,
    );
  }
  return root;
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
  const start = file.read(0, Math.min(256, file.size));
  const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\/.*^size (\d+)$/ms.exec(
    start.toString('latin1'),
  );
  if (pointer) {
    const size = Number(pointer[1]).toLocaleString('en-US');
    return `: it is a Git LFS pointer to ${size} bytes; fetch them with "git lfs pull"`;
  }
  const known: [string, string][] = [
    ['\x1f\x8b', 'a gzip archive: unpack it first'],
    ['PK', 'a zip archive (or a NumPy .npz): unpack it first'],
    ['\x89PNG', 'a PNG picture'],
    ['\x93NUMPY', 'a NumPy array'],
    [
      'root',
      `a ROOT file: write its branches with uproot, python3 -c 'import uproot, numpy; numpy.savez("out.npz", **uproot.open("in.root")["TREE"].arrays(library="np"))'; of hits see docs/layouts.md`,
    ],
    ['\x28\xb5\x2f\xfd', 'a Zstandard archive: unpack it first'],
    ['BZh', 'a bzip2 archive: unpack it first'],
    ['\xfd7zXZ', 'an xz archive: unpack it first'],
  ];
  const found = known.find(([magic]) => start.subarray(0, magic.length).toString('latin1') === magic);
  if (found) return `: it looks like ${found[1]}`;
  return start.every((byte) => byte >= 9 && byte < 127) ? ': it looks like a text file' : '';
}

/** Versions 0 and 1. */
function readClassic(cursor: ByteCursor, version: number, base: number): Superblock {
  cursor.skip(4);
  requireEightBytes(cursor.unsigned(1), cursor.unsigned(1));
  cursor.skip(1 + 2 + 2); // reserved, sizes of tree nodes
  const flags = cursor.unsigned(4);
  cursor.skip(version === 0 ? 0 : 4); // size of chunk index nodes
  const storedBase = cursor.address();
  cursor.skip(8); // address of the free-space information
  const endOfFile = cursor.address();
  if (cursor.remaining < 24) return { endOfFile, root: null };
  const driver = cursor.address();
  const root = cursor.skip(8).address();
  const plain = storedBase === base && flags === 0 && driver === undefinedAddress;
  return { endOfFile, root: plain ? root : null };
}

/** Versions 2 and 3, protected by a checksum. */
function readModern(cursor: ByteCursor, version: number, base: number): Superblock {
  requireEightBytes(cursor.unsigned(1), cursor.unsigned(1));
  requireChecksum(cursor.bytes.subarray(0, 48), 'the superblock');
  const flags = cursor.unsigned(1);
  requireNoWriter(version, flags);
  const storedBase = cursor.address();
  const extension = cursor.address();
  const endOfFile = cursor.address();
  const root = cursor.address();
  const plain = storedBase === base && flags === 0 && extension === undefinedAddress;
  return { endOfFile, root: plain ? root : null };
}

/** A mark of the third version, which readers of the format must heed: bit 0 for a writer, bit 2 for one beside readers. */
function requireNoWriter(version: number, flags: number): void {
  if (version < 3 || (flags & 5) === 0) return;
  const message =
    'it is still open for writing, or its writer was killed: if no program writes to it, "h5clear -s FILE" makes it readable';
  throw new CaloscopeError('ERR_FILE_IN_USE', message);
}

function requireEightBytes(addressBytes: number, lengthBytes: number): void {
  if (addressBytes === 8 && lengthBytes === 8) return;
  throw corrupt(`addresses of ${addressBytes} and lengths of ${lengthBytes} bytes (only 8 are supported)`);
}
