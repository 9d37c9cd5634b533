import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CaloscopeError } from '../../../errors.js';

/**
 * The bytes of one open HDF5 file. Addresses count from the superblock, as they are stored in the file
 * (a user block before it is skipped). Nothing is ever read past the end of the file.
 */
export class FileBytes {
  readonly size: number;
  /** Open for reading; its opener closes it. */
  readonly descriptor: number;
  readonly #path: string | null;
  #base = 0;

  /**
   * @param descriptor of the file, open for reading; its opener closes it.
   * @param path of the file, beside which others may be opened that it names; null: none.
   */
  constructor(descriptor: number, path: string | null = null) {
    this.descriptor = descriptor;
    this.#path = path;
    this.size = fstatSync(descriptor).size;
  }

  /**
   * Opens a file that `file` names, in its folder or below.
   *
   * @throws CaloscopeError ERR_EXTERNAL_DATA where the name leads elsewhere, or to no file.
   */
  static beside(file: FileBytes, name: string): { file: FileBytes; close: () => void } {
    const inside = normalize(name.replaceAll('\\', '/'));
    const elsewhere =
      inside.startsWith('..') || inside.startsWith('/') || /^[A-Za-z]:/.test(inside) || name.includes('%');
    if (file.#path === null || elsewhere) {
      throw new CaloscopeError(
        'ERR_EXTERNAL_DATA',
        `its numbers are said to be in ${name}, which is never opened: only files in the same folder or below are; ` +
          'write one self-contained file',
      );
    }
    const descriptor = openPlain(join(dirname(file.#path), inside), name);
    return { file: new FileBytes(descriptor), close: () => closeSync(descriptor) };
  }

  /** Sets the file position of address 0. */
  setBase(position: number): void {
    this.#base = position;
  }

  /** Place in the file of an address. */
  positionOf(address: number): number {
    return this.#base + address;
  }

  /**
   * `length` bytes from `address` in a buffer of their own.
   *
   * @throws CaloscopeError ERR_FILE_TRUNCATED when they reach past the end of the file.
   */
  read(address: number, length: number): Buffer {
    const target = Buffer.allocUnsafeSlow(this.require(address, length));
    this.readInto(address, target);
    return target;
  }

  /** Like {@link read}, into memory of the caller. */
  readInto(address: number, target: Uint8Array): void {
    this.require(address, target.length);
    let done = 0;
    while (done < target.length) {
      const got = readSync(this.descriptor, target, done, target.length - done, this.#base + address + done);
      if (got === 0) throw pastTheEnd(address, target.length);
      done += got;
    }
  }

  /** Checks that the bytes lie in the file, before anything is allocated for them; gives `length`. */
  require(address: number, length: number): number {
    if (!this.contains(address, length)) throw pastTheEnd(address, length);
    return length;
  }

  contains(address: number, length: number): boolean {
    return address >= 0 && length >= 0 && this.#base + address + length <= this.size;
  }
}

/** @throws CaloscopeError ERR_EXTERNAL_DATA for what is no file, or cannot be opened. */
function openPlain(path: string, name: string): number {
  let trouble = 'is not beside it';
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return openSync(path, 'r');
  } catch (error) {
    trouble = `cannot be opened (${(error as NodeJS.ErrnoException).code})`;
  }
  throw new CaloscopeError(
    'ERR_EXTERNAL_DATA',
    `its numbers are said to be in ${name}, which ${trouble}; put that file there, or write one self-contained file`,
  );
}

function pastTheEnd(address: number, length: number): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_TRUNCATED',
    `the file points to ${length} bytes at ${address}, past its end; it was cut or damaged, copy it again`,
  );
}
