import { createRequire } from 'node:module';
import type * as Fflate from 'fflate';
import { CaloscopeError } from '../../errors.js';

/** Not at every start; and whoever unpacks cannot wait for an import. */
const load = () => createRequire(import.meta.url)('fflate') as typeof Fflate;

/** Where the next bytes of a packed stream come from; empty at its end. */
export type PackedBytes = () => Uint8Array;

/**
 * Unpacks a raw deflate stream (RFC 1951) from its beginning, so many bytes at a time: an array of any size in little memory, in a
 * thread that must not wait, for which Node's own zlib has no call.
 */
export class InflatedBytes {
  readonly #more: PackedBytes;
  readonly #stream: Fflate.Inflate;
  /** What is unpacked and was not handed out. */
  #unpacked = new Uint8Array(0);
  #ended = false;

  constructor(more: PackedBytes) {
    this.#more = more;
    const { Inflate } = load();
    this.#stream = new Inflate((bytes) => {
      this.#unpacked = bytes;
    });
  }

  /**
   * Fills `target` with the next bytes.
   *
   * @throws CaloscopeError ERR_FILE_TRUNCATED where the stream ends before, ERR_FILE_CORRUPT.
   */
  read(target: Uint8Array): void {
    for (let filled = 0; filled < target.length; ) {
      if (this.#unpacked.length === 0) this.#unpack();
      const taken = this.#unpacked.subarray(0, target.length - filled);
      target.set(taken, filled);
      this.#unpacked = this.#unpacked.subarray(taken.length);
      filled += taken.length;
    }
  }

  /** Gives the stream the next packed bytes, of which there may come none yet. */
  #unpack(): void {
    if (this.#ended) throw endsEarly();
    const packed = this.#more();
    this.#ended = packed.length === 0;
    try {
      this.#stream.push(packed, this.#ended);
    } catch (error) {
      throw (error as { code?: number }).code === load().FlateErrorCode.UnexpectedEOF
        ? endsEarly()
        : damaged();
    }
  }
}

function damaged(): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', 'its packed bytes are damaged; copy the file again');
}

function endsEarly(): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_TRUNCATED',
    'its packed bytes end before its numbers do; copy the file again',
  );
}
