import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import type { FileBytes } from './file-bytes.js';
import { type NumberType, parseNumberType } from './number-type.js';
import { type HeaderMessage, messageType, readObjectHeader } from './object-header.js';

/** What the header of a dataset says: shape, number type, place and filters of its numbers. */
export interface StoredDataset {
  readonly shape: readonly number[];
  /** Largest shape it may be resized to; infinite where unlimited. */
  readonly maxShape: readonly number[];
  readonly type: NumberType;
  readonly storage: Storage;
  readonly filters: readonly Filter[];
  /** The bytes of one number that was never written. */
  readonly fillValue: Buffer;
}

export type Storage =
  | { readonly kind: 'compact'; readonly bytes: Buffer }
  | { readonly kind: 'contiguous'; readonly address: number; readonly length: number }
  | ChunkedStorage;

export interface ChunkedStorage {
  readonly kind: 'chunked';
  readonly chunkShape: readonly number[];
  readonly address: number;
  readonly index: ChunkIndexKind;
}

/** The ways HDF5 finds its chunks; the parameters are those of the layout message. */
export type ChunkIndexKind =
  | { readonly kind: 'btree-1' }
  | { readonly kind: 'single'; readonly size: number | null; readonly filterMask: number }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'fixed-array' }
  | { readonly kind: 'extensible-array' }
  | { readonly kind: 'btree-2' };

export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly number[];
}

/**
 * Reads and checks the header at `address`. No number of the dataset is touched.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_TYPE, ERR_DATASET_SHAPE, ERR_EXTERNAL_DATA,
 * ERR_FILTER_UNSUPPORTED.
 */
export function readStoredDataset(file: FileBytes, address: number): StoredDataset {
  const messages = readObjectHeader(file, address);
  if (findMessage(messages, messageType.externalFiles)) {
    throw new CaloscopeError(
      'ERR_EXTERNAL_DATA',
      'its numbers are said to be in another file, which is never opened; write one self-contained file',
    );
  }
  const type = parseNumberType(requireMessage(file, messages, messageType.datatype, 'datatype'));
  const { shape, maxShape } = parseDataspace(
    requireMessage(file, messages, messageType.dataspace, 'dataspace'),
  );
  const storage = parseLayout(requireMessage(file, messages, messageType.layout, 'layout'), shape, type);
  const pipeline = findMessage(messages, messageType.filters);
  const filters = pipeline ? parseFilters(resolveShared(file, pipeline)) : [];
  return { shape, maxShape, type, storage, filters, fillValue: parseFillValue(messages, type) };
}

function findMessage(messages: readonly HeaderMessage[], type: number): HeaderMessage | undefined {
  return messages.find((message) => message.type === type);
}

function requireMessage(
  file: FileBytes,
  messages: readonly HeaderMessage[],
  type: number,
  name: string,
): Buffer {
  const message = findMessage(messages, type);
  if (!message) throw corrupt(`an object without a ${name} message stands where a dataset should`);
  return resolveShared(file, message);
}

/** A committed datatype lives in an object header of its own; other sharing is not used by dataset writers. */
function resolveShared(file: FileBytes, message: HeaderMessage): Buffer {
  if (!message.shared) return message.body;
  const cursor = new ByteCursor(message.body);
  const version = cursor.unsigned(1);
  const kind = cursor.unsigned(1);
  if (version === 1) cursor.skip(6);
  if (version > 3 || (version === 3 && kind !== 2))
    throw corrupt('a shared header message that cannot be followed');
  const target = findMessage(readObjectHeader(file, cursor.address()), message.type);
  if (!target || target.shared) throw corrupt('a shared header message that leads nowhere');
  return target.body;
}

function parseDataspace(body: Buffer): { shape: number[]; maxShape: number[] } {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  const rank = cursor.unsigned(1);
  const flags = cursor.unsigned(1);
  if (version !== 1 && version !== 2) throw corrupt(`dataspace version ${version} does not exist`);
  if (version === 1) cursor.skip(5);
  else if (cursor.unsigned(1) === 2) {
    throw new CaloscopeError('ERR_DATASET_SHAPE', 'it has no extent at all (a null dataspace)');
  }
  if (rank > 32) throw corrupt(`a dataset of ${rank} dimensions`);
  const shape = Array.from({ length: rank }, () => cursor.unsigned(8));
  const maxShape = flags & 1 ? shape.map(() => cursor.unsigned(8)) : [...shape];
  if (shape.some((length, axis) => !Number.isFinite(length) || length > (maxShape[axis] as number))) {
    throw corrupt('a dataset is larger than its own limits');
  }
  return { shape, maxShape };
}

function parseLayout(body: Buffer, shape: readonly number[], type: NumberType): Storage {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  if (version < 1 || version > 5) throw corrupt(`layout version ${version} does not exist`);
  const storage = version < 3 ? parseOldLayout(cursor, shape, type) : parseNewLayout(cursor, version);
  if (storage.kind === 'chunked') {
    const [sizes, element] = [storage.chunkShape.slice(0, -1), storage.chunkShape.at(-1)];
    if (sizes.length !== shape.length || element !== type.bytes || sizes.some((size) => size < 1)) {
      throw corrupt('chunks that do not fit the dataset');
    }
    return { ...storage, chunkShape: sizes };
  }
  const needed = shape.reduce((product, length) => product * length, type.bytes);
  const stored = storage.kind === 'compact' ? storage.bytes.length : storage.length;
  if (stored !== needed && !(storage.kind === 'contiguous' && storage.address === undefinedAddress)) {
    throw corrupt(`a dataset of ${needed} bytes has storage for ${stored}`);
  }
  return storage;
}

/** Versions 1 and 2, written before HDF5 1.6.3. */
function parseOldLayout(cursor: ByteCursor, shape: readonly number[], type: NumberType): Storage {
  const dimensions = cursor.unsigned(1);
  const layoutClass = cursor.unsigned(1);
  cursor.skip(5);
  const address = layoutClass === 0 ? 0 : cursor.address();
  const sizes = Array.from({ length: dimensions }, () => cursor.unsigned(4));
  if (layoutClass === 0) return { kind: 'compact', bytes: cursor.slice(cursor.unsigned(4)) };
  if (layoutClass === 2) return { kind: 'chunked', chunkShape: sizes, address, index: { kind: 'btree-1' } };
  if (layoutClass !== 1) throw corrupt(`storage class ${layoutClass} does not exist`);
  return { kind: 'contiguous', address, length: shape.reduce((product, size) => product * size, type.bytes) };
}

function parseNewLayout(cursor: ByteCursor, version: number): Storage {
  const layoutClass = cursor.unsigned(1);
  if (layoutClass === 0) return { kind: 'compact', bytes: cursor.slice(cursor.unsigned(2)) };
  if (layoutClass === 1) return { kind: 'contiguous', address: cursor.address(), length: cursor.unsigned(8) };
  if (layoutClass === 3) {
    throw new CaloscopeError(
      'ERR_EXTERNAL_DATA',
      'it is a virtual dataset over other files, which are never opened; write one self-contained file',
    );
  }
  if (layoutClass !== 2) throw corrupt(`storage class ${layoutClass} does not exist`);
  return version === 3 ? parseClassicChunks(cursor) : parseIndexedChunks(cursor);
}

function parseClassicChunks(cursor: ByteCursor): ChunkedStorage {
  const dimensions = cursor.unsigned(1);
  const address = cursor.address();
  const chunkShape = Array.from({ length: dimensions }, () => cursor.unsigned(4));
  return { kind: 'chunked', chunkShape, address, index: { kind: 'btree-1' } };
}

function parseIndexedChunks(cursor: ByteCursor): ChunkedStorage {
  const flags = cursor.unsigned(1);
  if (flags & 1) throw corrupt('chunks at the edge without filters are not supported');
  const dimensions = cursor.unsigned(1);
  const sizeBytes = cursor.unsigned(1);
  const chunkShape = Array.from({ length: dimensions }, () => cursor.unsigned(sizeBytes));
  const index = parseIndexKind(cursor, (flags & 2) !== 0);
  return { kind: 'chunked', chunkShape, address: cursor.address(), index };
}

function parseIndexKind(cursor: ByteCursor, singleIsFiltered: boolean): ChunkIndexKind {
  const kind = cursor.unsigned(1);
  switch (kind) {
    case 1: {
      if (!singleIsFiltered) return { kind: 'single', size: null, filterMask: 0 };
      return { kind: 'single', size: cursor.unsigned(8), filterMask: cursor.unsigned(4) };
    }
    case 2:
      return { kind: 'implicit' };
    case 3:
      cursor.skip(1);
      return { kind: 'fixed-array' };
    case 4:
      cursor.skip(5);
      return { kind: 'extensible-array' };
    case 5:
      cursor.skip(6);
      return { kind: 'btree-2' };
    default:
      throw corrupt(`chunk index ${kind} does not exist`);
  }
}

function parseFilters(body: Buffer): Filter[] {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  const count = cursor.unsigned(1);
  if (version !== 1 && version !== 2) throw corrupt(`filter list version ${version} does not exist`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.unsigned(2);
    const nameBytes = version === 1 || id >= 256 ? cursor.unsigned(2) : 0;
    cursor.skip(2); // optional or not: a chunk says by its mask what was left out
    const parameterCount = cursor.unsigned(2);
    const padded = version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes;
    const name = cursor.slice(padded).toString('latin1').replace(/\0.*$/s, '');
    const parameters = Array.from({ length: parameterCount }, () => cursor.unsigned(4));
    if (version === 1 && parameterCount % 2 === 1) cursor.skip(4);
    return { id, name, parameters };
  });
}

/** Unset fill values are zero. */
function parseFillValue(messages: readonly HeaderMessage[], type: NumberType): Buffer {
  const zero = Buffer.alloc(type.bytes);
  const message = findMessage(messages, messageType.fillValue);
  const old = findMessage(messages, messageType.fillValueOld);
  let value: Buffer = zero;
  if (message && !message.shared) {
    const cursor = new ByteCursor(message.body);
    const version = cursor.unsigned(1);
    const flags = version === 3 ? cursor.unsigned(1) : cursor.skip(2).unsigned(1);
    const defined = version === 3 ? (flags & 0x20) !== 0 : version === 1 || flags === 1;
    if (defined) value = cursor.slice(cursor.unsigned(4));
  } else if (old && !old.shared) {
    const cursor = new ByteCursor(old.body);
    value = cursor.slice(cursor.unsigned(4));
  }
  if (value.length === 0) return zero;
  if (value.length !== type.bytes) throw corrupt('a fill value of another size than the numbers');
  return value;
}
