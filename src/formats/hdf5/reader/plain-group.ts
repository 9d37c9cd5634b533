import { attributeName, attributesAreInHeader } from './attributes.js';
import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import type { FileBytes } from './file-bytes.js';
import { messageType, readObjectHeader } from './object-header.js';

/**
 * Names and header addresses in a group of the two plain forms: the symbol table of the classic format, and link messages
 * in the header. Whatever else HDF5 knows (soft and external links, groups of very many links) is left to its library.
 */
export interface PlainGroup {
  /** Address by name; null where the link is not a plain one. */
  readonly links: ReadonlyMap<string, number | null>;
  /** Names of the attributes of the group. */
  readonly attributes: ReadonlySet<string>;
}

/**
 * The group whose header is at `address`, or null where it has another form or is no group.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
 */
export function readPlainGroup(file: FileBytes, address: number): PlainGroup | null {
  const messages = readObjectHeader(file, address);
  if (messages.some(({ shared }) => shared)) return null;
  const of = (type: number) => messages.filter((message) => message.type === type);
  if (!attributesAreInHeader(messages)) return null;
  const attributes = new Set(of(messageType.attribute).map(({ body }) => attributeName(body)));
  const [table, ...moreTables] = of(messageType.symbolTable);
  const [info, ...moreInfos] = of(messageType.linkInfo);
  if (moreTables.length > 0 || moreInfos.length > 0) return null;
  if (table && !info) return { links: readSymbolTable(file, table.body), attributes };
  if (!info || table || !linksAreInHeader(info.body)) return null;
  const links = new Map<string, number | null>();
  for (const { body } of of(messageType.link)) addLink(links, ...parseLink(body));
  return { links, attributes };
}

function addLink(links: Map<string, number | null>, name: string, address: number | null): void {
  if (links.has(name)) throw corrupt('a group names a link twice');
  links.set(name, address);
}

/** The links are found by a B-tree over their names, which lie in a heap. */
function readSymbolTable(file: FileBytes, body: Buffer): Map<string, number | null> {
  const cursor = new ByteCursor(body);
  const [tree, heapAddress] = [cursor.address(), cursor.address()];
  const heap = readLocalHeap(file, heapAddress);
  const links = new Map<string, number | null>();
  const seen = new Set<number>();
  let last: Buffer = Buffer.alloc(0);
  const readNode = (address: number) => {
    const head = new ByteCursor(file.read(address, 8));
    head.expectSignature('SNOD');
    head.expectByte(1, 'the version of a symbol table node');
    const count = head.skip(1).unsigned(2);
    const entries = new ByteCursor(file.read(address + 8, count * 40));
    for (let i = 0; i < count; i++) {
      const name = nameInHeap(heap, entries.unsigned(8));
      if (links.size > 0 && Buffer.compare(name, last) <= 0) throw corrupt('a group out of order');
      last = name;
      const header = entries.address();
      const kind = entries.unsigned(4);
      entries.skip(20);
      addLink(links, name.toString('utf8'), kind <= 1 && header !== undefinedAddress ? header : null);
    }
  };
  const walk = (address: number, expectedLevel: number | null): void => {
    if (seen.has(address)) throw corrupt('a group runs in a circle');
    seen.add(address);
    const head = new ByteCursor(file.read(address, 24));
    head.expectSignature('TREE');
    head.expectByte(0, 'the kind of a B-tree');
    const level = head.unsigned(1);
    const count = head.unsigned(2);
    if (level > 32 || (expectedLevel !== null && level !== expectedLevel))
      throw corrupt('a B-tree of wrong levels');
    const entries = new ByteCursor(file.read(address + 24, count * 16 + 8));
    for (let i = 0; i < count; i++) {
      const child = entries.skip(8).address();
      if (level > 0) walk(child, level - 1);
      else readNode(child);
    }
  };
  walk(tree, null);
  return links;
}

function readLocalHeap(file: FileBytes, address: number): Buffer {
  const cursor = new ByteCursor(file.read(address, 32));
  cursor.expectSignature('HEAP');
  cursor.expectByte(0, 'the version of a heap');
  const length = cursor.skip(3).unsigned(8);
  const data = cursor.skip(8).address();
  return file.read(data, length);
}

function nameInHeap(heap: Buffer, offset: number): Buffer {
  const end = offset < heap.length ? heap.indexOf(0, offset) : -1;
  if (end <= offset) throw corrupt('a link without a name');
  return heap.subarray(offset, end);
}

/** False where so many links are there that they lie in a heap. */
function linksAreInHeader(body: Buffer): boolean {
  const cursor = new ByteCursor(body);
  cursor.expectByte(0, 'the version of a link info message');
  const flags = cursor.unsigned(1);
  if (flags & 1) cursor.skip(8); // largest creation index
  return cursor.address() === undefinedAddress;
}

function parseLink(body: Buffer): [name: string, address: number | null] {
  const cursor = new ByteCursor(body);
  cursor.expectByte(1, 'the version of a link message');
  const flags = cursor.unsigned(1);
  const kind = flags & 8 ? cursor.unsigned(1) : 0;
  if (flags & 4) cursor.skip(8); // creation order
  if (flags & 16) cursor.skip(1); // character set
  const length = cursor.unsigned(1 << (flags & 3));
  const name = cursor.slice(length).toString('utf8');
  if (name === '') throw corrupt('a link without a name');
  return [name, kind === 0 ? cursor.address() : null];
}
