import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import { parseDataspace } from './dataspace.js';
import { type ElementType, parseElementType } from './element-type.js';
import type { FileBytes } from './file-bytes.js';
import { GlobalHeap } from './global-heap.js';
import { decodeNumbers } from './number-type.js';
import { type HeaderMessage, messageType, resolveShared } from './object-header.js';

/** Attributes of an object that are one number or one string. */
export interface Attributes {
  readonly values: Readonly<Record<string, string | number>>;
  /** False where some are kept outside of the header, where only the library reads them. */
  readonly complete: boolean;
}

/** Reads attributes from the messages of a header. Those that are neither a number nor a string are left out. */
export function readAttributes(file: FileBytes, messages: readonly HeaderMessage[]): Attributes {
  const values: Record<string, string | number> = {};
  const heap = new GlobalHeap(file);
  for (const message of messages) {
    if (message.type !== messageType.attribute || message.shared) continue;
    const value = readValue(file, heap, message.body);
    if (value !== null) values[attributeName(message.body)] = value;
  }
  return { values, complete: attributesAreInHeader(messages) };
}

/** False where so many attributes are there, or so large ones, that they lie in a heap. */
export function attributesAreInHeader(messages: readonly HeaderMessage[]): boolean {
  for (const { body } of messages.filter(({ type }) => type === messageType.attributeInfo)) {
    const cursor = new ByteCursor(body);
    cursor.expectByte(0, 'the version of an attribute info message');
    const flags = cursor.unsigned(1);
    if (flags & 1) cursor.skip(2);
    if (cursor.address() !== undefinedAddress) return false;
  }
  return true;
}

/** The name in an attribute message. */
export function attributeName(body: Buffer): string {
  return attributeHead(body).name;
}

interface AttributeHead {
  readonly name: string;
  readonly flags: number;
  /** Bytes of the type and of the dataspace, as they lie in the message. */
  readonly sizes: readonly [type: number, space: number];
  readonly padded: boolean;
  readonly rest: ByteCursor;
}

function attributeHead(body: Buffer): AttributeHead {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  if (version < 1 || version > 3) throw corrupt(`attribute version ${version} does not exist`);
  const flags = cursor.unsigned(1);
  const nameBytes = cursor.unsigned(2);
  const sizes = [cursor.unsigned(2), cursor.unsigned(2)] as const;
  if (version === 3) cursor.skip(1); // character set
  const padded = version === 1;
  const name = cursor
    .slice(padded ? toEights(nameBytes) : nameBytes)
    .toString('utf8')
    .replace(/\0.*$/s, '');
  return { name, flags: version === 1 ? 0 : flags, sizes, padded, rest: cursor };
}

function toEights(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Null where the attribute is not one number or one string. */
function readValue(file: FileBytes, heap: GlobalHeap, body: Buffer): string | number | null {
  const { flags, sizes, padded, rest } = attributeHead(body);
  const [typeBody, spaceBody] = sizes.map((bytes) => rest.slice(padded ? toEights(bytes) : bytes)) as [
    Buffer,
    Buffer,
  ];
  const part = (type: number, shared: boolean, bytes: Buffer) =>
    resolveShared(file, { type, shared, body: bytes });
  const type = parseElementType(part(messageType.datatype, (flags & 1) !== 0, typeBody));
  if (!isOne(part(messageType.dataspace, (flags & 2) !== 0, spaceBody))) return null;
  return oneValue(type, rest.slice(type.bytes), heap);
}

function isOne(space: Buffer): boolean {
  try {
    return parseDataspace(space).shape.every((length) => length === 1);
  } catch (error) {
    if (error instanceof CaloscopeError && error.code === 'ERR_DATASET_SHAPE') return false; // nothing at all
    throw error;
  }
}

function oneValue(type: ElementType, bytes: Buffer, heap: GlobalHeap): string | number | null {
  if (type.kind === 'number') {
    const number = new Float64Array(1);
    decodeNumbers(type.number, bytes, 0, 1, number, 0);
    return number[0] as number;
  }
  if (type.kind !== 'text') return null;
  const text = type.variable ? heap.elements(bytes, 0, 1) : bytes;
  return text.toString('utf8').replace(/\0.*$/s, '').trimEnd();
}
