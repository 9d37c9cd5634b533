import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';
import { parseDataspace } from './dataspace.js';
import { type ElementType, numbersInElement, numbersOfSequence, parseElementType } from './element-type.js';
import type { FileBytes } from './file-bytes.js';
import type { NumberType } from './number-type.js';
import {
  findMessage,
  type HeaderMessage,
  messageType,
  readObjectHeader,
  resolveShared,
} from './object-header.js';
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
  return storedElements(file, readObjectHeader(file, address));
}

/** The same of a header that was read before. */
export function storedElements(file: FileBytes, messages: readonly HeaderMessage[]): StoredElements {
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
  return numbersOf(readStoredElements(file, address), members);
}

/** The numbers in elements. @throws CaloscopeError ERR_DATASET_TYPE, ERR_DATASET_MISSING. */
export function numbersOf(stored: StoredElements, members: readonly string[] = []): StoredDataset {
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
  return sequencesOf(readStoredElements(file, address));
}

/** The sequences in elements. @throws CaloscopeError ERR_DATASET_TYPE. */
export function sequencesOf(stored: StoredElements): StoredSequences {
  return { ...stored, type: numbersOfSequence(stored.element) };
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
