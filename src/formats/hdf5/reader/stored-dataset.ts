import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';
import { type ElementType, numbersInElement, numbersOfSequence, parseElementType } from './element-type.js';
import type { FileBytes } from './file-bytes.js';
import type { NumberType } from './number-type.js';
import { type HeaderMessage, messageType, readObjectHeader } from './object-header.js';
import { parseStorage, type Storage } from './storage-layout.js';

/** What the header of a dataset says: shape, type, place and filters of its elements. */
export interface StoredElements {
  /** Elements along each axis. */
  readonly extent: readonly number[];
  /** Largest extent it may be resized to; infinite where unlimited. */
  readonly maxExtent: readonly number[];
  readonly element: ElementType;
  readonly storage: Storage;
  readonly filters: readonly Filter[];
  /** The bytes of one element that was never written. */
  readonly fillValue: Buffer;
}

/** A dataset whose elements are numbers, arrays of numbers, or have them as a member. */
export interface StoredDataset extends StoredElements {
  /** The axes of the dataset, then those of an array in each element. */
  readonly shape: readonly number[];
  readonly type: NumberType;
  /** Numbers of an element that are read. */
  readonly perElement: number;
  /** Bytes before them in the element. */
  readonly numbersAt: number;
}

/** A dataset whose elements are sequences of numbers, each of its own length. */
export interface StoredSequences extends StoredElements {
  readonly type: NumberType;
}

export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly number[];
}

/**
 * Reads and checks the header at `address`. No element of the dataset is touched.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_SHAPE, ERR_EXTERNAL_DATA.
 */
export function readStoredElements(file: FileBytes, address: number): StoredElements {
  const messages = readObjectHeader(file, address);
  if (findMessage(messages, messageType.externalFiles)) {
    throw new CaloscopeError(
      'ERR_EXTERNAL_DATA',
      'its numbers are said to be in another file, which is never opened; write one self-contained file',
    );
  }
  const element = parseElementType(requireMessage(file, messages, messageType.datatype, 'datatype'));
  const { shape, maxShape } = parseDataspace(
    requireMessage(file, messages, messageType.dataspace, 'dataspace'),
  );
  const layout = requireMessage(file, messages, messageType.layout, 'layout');
  const storage = parseStorage(layout, shape, element.bytes);
  const pipeline = findMessage(messages, messageType.filters);
  const filters = pipeline ? parseFilters(resolveShared(file, pipeline)) : [];
  const fillValue = parseFillValue(messages, element.bytes);
  return { extent: shape, maxExtent: maxShape, element, storage, filters, fillValue };
}

/**
 * The same for a dataset of numbers.
 *
 * @param members names of the member of a compound that holds the numbers, then of a member of that, …
 * @throws CaloscopeError also ERR_DATASET_TYPE, ERR_DATASET_MISSING for a member that is not there.
 */
export function readStoredDataset(
  file: FileBytes,
  address: number,
  members: readonly string[] = [],
): StoredDataset {
  const stored = readStoredElements(file, address);
  const { number, at, shape } = numbersInElement(stored.element, members);
  return {
    ...stored,
    shape: [...stored.extent, ...shape],
    type: number,
    perElement: shape.reduce((product, length) => product * length, 1),
    numbersAt: at,
  };
}

/** The same for a dataset of sequences. @throws CaloscopeError also ERR_DATASET_TYPE. */
export function readStoredSequences(file: FileBytes, address: number): StoredSequences {
  const stored = readStoredElements(file, address);
  return { ...stored, type: numbersOfSequence(stored.element) };
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
function parseFillValue(messages: readonly HeaderMessage[], elementBytes: number): Buffer {
  const zero = Buffer.alloc(elementBytes);
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
  if (value.length !== elementBytes) throw corrupt('a fill value of another size than the elements');
  return value;
}
