import { fstatSync, readSync } from 'node:fs';
import { CaloscopeError } from '../../../errors.js';

/**
 * The bytes of one open HDF5 file. Addresses count from the superblock, as they are stored in the file
 * (a user block before it is skipped). Nothing is ever read past the end of the file.
 */
export class FileBytes {
  readonly size: number;
  readonly #descriptor: number;
  #base = 0;

  /** @param descriptor of the file, open for reading; its opener closes it. */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
  }

  /** Sets the file position of address 0. */
  setBase(position: number): void {
    this.#base = position;
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
      const got = readSync(this.#descriptor, target, done, target.length - done, this.#base + address + done);
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

function pastTheEnd(address: number, length: number): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_TRUNCATED',
    `the file points to ${length} bytes at ${address}, past its end; it was cut or damaged, copy it again`,
  );
}
