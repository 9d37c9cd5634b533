import { ByteCursor, corrupt } from './byte-cursor.js';
import type { FileBytes } from './file-bytes.js';

/** Collections that are held take no more than this together, unless it is one. */
const heldBytes = 32 * 2 ** 20;

/** Bytes of a reference to an object: length (4), address of its collection (8), index in it (4). */
export const heapReferenceBytes = 16;

/** Where an object lies within its collection. */
interface HeapObject {
  readonly at: number;
  readonly bytes: number;
}

interface Collection {
  readonly bytes: Buffer;
  readonly objects: ReadonlyMap<number, HeapObject>;
}

/** The heap of a file for what has no fixed length. Its collections are read as a whole; those used last are held. */
export class GlobalHeap {
  readonly #file: FileBytes;
  readonly #held = new Map<number, Collection>();
  #heldBytes = 0;

  constructor(file: FileBytes) {
    this.#file = file;
  }

  /**
   * Elements of `elementBytes` each that the reference at byte `at` of `reference` leads to.
   *
   * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
   */
  elements(reference: Buffer, at: number, elementBytes: number): Buffer {
    const cursor = new ByteCursor(reference, at);
    const needed = cursor.unsigned(4) * elementBytes;
    if (needed === 0) return reference.subarray(0, 0);
    const object = this.object(cursor.address(), cursor.unsigned(4));
    if (object.length < needed) throw corrupt('a sequence is longer than what is stored of it');
    return object.subarray(0, needed);
  }

  /** Bytes of an object. @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED. */
  object(collection: number, index: number): Buffer {
    const { bytes, objects } = this.#collection(collection);
    const found = objects.get(index);
    if (!found) throw corrupt(`a heap has no object ${index}`);
    return bytes.subarray(found.at, found.at + found.bytes);
  }

  #collection(address: number): Collection {
    const held = this.#held.get(address);
    if (held) return held;
    const read = readCollection(this.#file, address);
    for (const [oldest, { bytes }] of this.#held) {
      if (this.#heldBytes + read.bytes.length <= heldBytes) break;
      this.#held.delete(oldest);
      this.#heldBytes -= bytes.length;
    }
    this.#held.set(address, read);
    this.#heldBytes += read.bytes.length;
    return read;
  }
}

function readCollection(file: FileBytes, address: number): Collection {
  const headBytes = 16;
  const head = new ByteCursor(file.read(address, headBytes));
  head.expectSignature('GCOL');
  head.expectByte(1, 'the version of a heap');
  const length = head.skip(3).unsigned(8);
  if (length < headBytes) throw corrupt('a heap that is smaller than its head');
  const bytes = file.read(address, length);
  const objects = new Map<number, HeapObject>();
  for (let at = headBytes; at + headBytes <= length; ) {
    const cursor = new ByteCursor(bytes, at);
    const index = cursor.unsigned(2);
    if (index === 0) break; // the rest is free
    const size = cursor.skip(6).unsigned(8);
    if (at + headBytes + size > length) throw corrupt('an object of a heap reaches past its end');
    if (objects.has(index)) throw corrupt('a heap names an object twice');
    objects.set(index, { at: at + headBytes, bytes: size });
    at += headBytes + Math.ceil(size / 8) * 8;
  }
  return { bytes, objects };
}
