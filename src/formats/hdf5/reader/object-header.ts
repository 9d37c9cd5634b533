import { ByteCursor, corrupt } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import type { FileBytes } from './file-bytes.js';

/** Header messages that say how a dataset is stored and what a group holds; numbers of the HDF5 file format. */
export const messageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValueOld: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

export interface HeaderMessage {
  readonly type: number;
  /** True where the bytes only point to a message that objects share. */
  readonly shared: boolean;
  readonly body: Buffer;
}

interface Segment {
  readonly address: number;
  readonly length: number;
}

/** More continuation blocks than any sound dataset has. */
const segmentLimit = 4096;
/** Far above the largest sound header (64 kB attributes live elsewhere). */
const headerBytesLimit = 64 * 2 ** 20;

/** All messages of the object header at `address`, in file order. */
export function readObjectHeader(file: FileBytes, address: number): HeaderMessage[] {
  const start = file.read(address, 4);
  return start.toString('latin1') === 'OHDR' ? readModern(file, address) : readClassic(file, address);
}

/** Version 1: messages are padded to 8 bytes, nothing is protected. */
function readClassic(file: FileBytes, address: number): HeaderMessage[] {
  const prefix = new ByteCursor(file.read(address, 16));
  prefix.expectByte(1, 'the version of an object header');
  prefix.skip(1);
  const count = prefix.unsigned(2);
  prefix.skip(4);
  const first = { address: address + 16, length: prefix.unsigned(4) };
  const messages: HeaderMessage[] = [];
  walkSegments(first, (segment, found) => {
    const cursor = new ByteCursor(file.read(segment.address, segment.length));
    while (cursor.remaining >= 8) {
      const type = cursor.unsigned(2);
      const size = cursor.unsigned(2);
      const flags = cursor.unsigned(1);
      const body = cursor.skip(3).slice(size);
      keepMessage({ type, shared: (flags & 2) !== 0, body }, messages, found);
    }
  });
  // The stored number counts every message, the continuations among them.
  if (messages.length > count) throw corrupt('an object header holds more messages than it says');
  return messages;
}

/** Version 2: a checksum a segment. */
function readModern(file: FileBytes, address: number): HeaderMessage[] {
  const prefix = new ByteCursor(file.read(address, Math.min(64, file.size - address)), 4);
  prefix.expectByte(2, 'the version of an object header');
  const flags = prefix.unsigned(1);
  if (flags & 0x20) prefix.skip(16); // times
  if (flags & 0x10) prefix.skip(4); // attribute limits
  const sizeBytes = 1 << (flags & 3);
  const chunkBytes = prefix.unsigned(sizeBytes);
  const first = { address, length: prefix.position + chunkBytes + 4 };
  const messages: HeaderMessage[] = [];
  let headerBytes = prefix.position;
  walkSegments(first, (segment, found) => {
    const bytes = file.read(segment.address, segment.length);
    requireChecksum(bytes, 'an object header');
    const cursor = new ByteCursor(bytes.subarray(0, bytes.length - 4));
    if (headerBytes === 0) cursor.expectSignature('OCHK');
    else cursor.skip(headerBytes);
    headerBytes = 0;
    const messageHeader = flags & 4 ? 6 : 4;
    while (cursor.remaining >= messageHeader) {
      const type = cursor.unsigned(1);
      const size = cursor.unsigned(2);
      const messageFlags = cursor.unsigned(1);
      const body = cursor.skip(messageHeader - 4).slice(size);
      keepMessage({ type, shared: (messageFlags & 2) !== 0, body }, messages, found);
    }
  });
  return messages;
}

/** Visits the first segment and all those that continuation messages name, each address once. */
function walkSegments(first: Segment, visit: (segment: Segment, found: Segment[]) => void): void {
  const waiting = [first];
  const seen = new Set<number>();
  let total = 0;
  for (let segment = waiting.shift(); segment !== undefined; segment = waiting.shift()) {
    total += segment.length;
    if (seen.has(segment.address) || seen.size > segmentLimit || total > headerBytesLimit) {
      throw corrupt('an object header does not end');
    }
    seen.add(segment.address);
    visit(segment, waiting);
  }
}

function keepMessage(message: HeaderMessage, messages: HeaderMessage[], continuations: Segment[]): void {
  if (message.type === messageType.continuation) {
    const cursor = new ByteCursor(message.body);
    continuations.push({ address: cursor.address(), length: cursor.unsigned(8) });
    return;
  }
  messages.push(message);
}

export function findMessage(messages: readonly HeaderMessage[], type: number): HeaderMessage | undefined {
  return messages.find((message) => message.type === type);
}

/** Body of a message, where that is shared of the one it points to: a committed datatype lives in an object header of its own; other sharing is not used by dataset writers. */
export function resolveShared(file: FileBytes, message: HeaderMessage): Buffer {
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
