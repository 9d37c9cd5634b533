import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lookup3 } from '#caloscope/formats/hdf5/reader/checksums';
import { FileBytes } from '#caloscope/formats/hdf5/reader/file-bytes';
import { checkSuperblock } from '#caloscope/formats/hdf5/reader/superblock';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-superblock-'));
afterAll(() => rmSync(folder, { recursive: true }));

function check(content: Buffer | string): number | null {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  try {
    return checkSuperblock(new FileBytes(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** The first 48 bytes of a file of version 2 or 3, as the format defines them. */
function superblock(version: number, flags: number): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.write('\x89HDF\r\n\x1a\n', 'latin1');
  bytes.set([version, 8, 8, flags], 8);
  bytes.writeBigUInt64LE(2n ** 64n - 1n, 20); // no extension
  bytes.writeBigUInt64LE(48n, 28); // end of the file
  bytes.writeBigUInt64LE(48n, 36); // root group
  bytes.writeUInt32LE(lookup3(bytes.subarray(0, 44)), 44);
  return bytes;
}

describe('a file', () => {
  it('whose writer is at work, or was killed, is said to be that', () => {
    for (const flags of [1, 4, 5]) {
      const opening = () => check(superblock(3, flags));
      expect(opening).toThrow(expect.objectContaining({ code: 'ERR_FILE_IN_USE' }));
      expect(opening).toThrow(/h5clear -s/);
    }
    expect(check(superblock(3, 0))).toBe(48);
    expect(check(superblock(2, 0))).toBe(48);
  });

  it('that is a pointer of Git LFS is said to be that', () => {
    const oid = '0123456789abcdef'.repeat(4);
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 173797023\n`;
    expect(() => check(pointer)).toThrow(expect.objectContaining({ code: 'ERR_NOT_HDF5' }));
    expect(() => check(pointer)).toThrow(
      /Git LFS pointer to 173,797,023 bytes; fetch them with "git lfs pull"/,
    );
    expect(() => check('root\0\0'.padEnd(300, '\0'))).toThrow(/a ROOT file.*import uproot/);
    expect(() => check('version 1 of my notes\n')).toThrow(/looks like a text file/);
  });
});
