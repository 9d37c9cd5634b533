import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import { type ChunkGrid, type ChunkVisitor, gridCoordinates, type StoredChunk } from './chunk-grid.js';
import type { FileBytes } from './file-bytes.js';

/** How one element of an array of chunks is stored. */
interface ElementFormat {
  readonly bytes: number;
  readonly filtered: boolean;
  readonly chunkBytes: number;
}

function readElement(cursor: ByteCursor, format: ElementFormat): StoredChunk {
  const address = cursor.address();
  if (!format.filtered) return { address, size: format.chunkBytes, filterMask: 0 };
  const size = cursor.unsigned(format.bytes - 12);
  return { address, size, filterMask: cursor.unsigned(4) };
}

function elementFormat(client: number, bytes: number, grid: ChunkGrid): ElementFormat {
  const filtered = client === 1;
  if (client > 1 || filtered !== grid.filtered || (filtered ? bytes < 13 || bytes > 20 : bytes !== 8)) {
    throw corrupt('a chunk index of an unknown element format');
  }
  return { bytes, filtered, chunkBytes: grid.chunkBytes };
}

/** Reads a block with its checksum and checks its signature. */
function readBlock(
  file: FileBytes,
  address: number,
  bytes: number,
  signature: string,
  client: number,
): ByteCursor {
  const block = file.read(address, bytes);
  requireChecksum(block, 'a chunk index');
  const cursor = new ByteCursor(block.subarray(0, bytes - 4));
  cursor.expectSignature(signature);
  cursor.expectByte(0, 'the version of a chunk index');
  cursor.expectByte(client, 'the kind of a chunk index');
  return cursor;
}

/** Fixed array: the index of datasets whose shape cannot grow. */
export function readFixedArray(file: FileBytes, address: number, grid: ChunkGrid, visit: ChunkVisitor): void {
  const client = file.read(address + 5, 1).readUInt8();
  const header = readBlock(file, address, 28, 'FAHD', client);
  const format = elementFormat(client, header.unsigned(1), grid);
  const pageBits = header.unsigned(1);
  const total = header.unsigned(8);
  const dataBlock = header.address();
  if (dataBlock === undefinedAddress) return;
  file.require(dataBlock, total); // a flag or an element is at least a bit or a byte
  const place = (element: number, cursor: ByteCursor) =>
    visit(gridCoordinates(element, grid.maxCounts), readElement(cursor, format));

  const pageElements = 2 ** pageBits;
  const prefix = 4 + 1 + 1 + 8;
  if (total <= pageElements) {
    const block = readBlock(file, dataBlock, prefix + total * format.bytes + 4, 'FADB', client).skip(8);
    for (let i = 0; i < total; i++) place(i, block);
    return;
  }
  const pages = Math.ceil(total / pageElements);
  const bitmapBytes = Math.ceil(pages / 8);
  const bitmap = readBlock(file, dataBlock, prefix + bitmapBytes + 4, 'FADB', client)
    .skip(8)
    .slice(bitmapBytes);
  let position = dataBlock + prefix + bitmapBytes + 4;
  for (let page = 0; page < pages; page++) {
    const elements = Math.min(pageElements, total - page * pageElements);
    if (bitIsSet(bitmap, page)) {
      const cursor = readPage(file, position, elements, format);
      for (let i = 0; i < elements; i++) place(page * pageElements + i, cursor);
    }
    position += elements * format.bytes + 4;
  }
}

function readPage(file: FileBytes, address: number, elements: number, format: ElementFormat): ByteCursor {
  const bytes = file.read(address, elements * format.bytes + 4);
  requireChecksum(bytes, 'a page of a chunk index');
  return new ByteCursor(bytes);
}

function bitIsSet(bitmap: Uint8Array, bit: number): boolean {
  return ((bitmap[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0;
}

interface ExtensibleHeader {
  readonly client: number;
  readonly format: ElementFormat;
  readonly offsetBytes: number;
  readonly indexElements: number;
  readonly minimumElements: number;
  readonly minimumPointers: number;
  readonly pageElements: number;
  readonly superBlocks: number;
  readonly indexBlock: number;
  /** Elements that were ever set: nothing is looked for beyond. */
  readonly used: number;
}

/** Extensible array: the index of datasets with one unlimited dimension. */
export function readExtensibleArray(
  file: FileBytes,
  address: number,
  grid: ChunkGrid,
  visit: ChunkVisitor,
): void {
  const header = readExtensibleHeader(file, address, grid);
  if (header.indexBlock === undefinedAddress) return;
  const unlimited = grid.maxCounts.findIndex((count) => !Number.isFinite(count));
  const swizzled = unlimitedFirst(grid.maxCounts, unlimited);
  const place = (element: number, cursor: ByteCursor) => {
    const chunk = readElement(cursor, header.format);
    if (element < header.used) visit(unlimitedBack(gridCoordinates(element, swizzled), unlimited), chunk);
  };
  const directBlocks = 2 * (header.minimumPointers - 1);
  const inIndex = 2 * Math.log2(header.minimumPointers);
  const superPointers = Math.max(0, header.superBlocks - inIndex);
  const indexBytes = 14 + header.indexElements * header.format.bytes + (directBlocks + superPointers) * 8 + 4;
  const index = readBlock(file, header.indexBlock, indexBytes, 'EAIB', header.client).skip(8);
  let element = 0;
  for (; element < header.indexElements; element++) place(element, index);

  for (let level = 0; level < header.superBlocks && element < header.used; level++) {
    const { blocks, elements } = superBlockShape(level, header);
    if (level < inIndex) {
      for (let i = 0; i < blocks; i++, element += elements) {
        readDataBlock(file, index.address(), header, elements, null, element, place);
      }
    } else {
      readSuperBlock(file, index.address(), header, level, element, place);
      element += blocks * elements;
    }
  }
}

type PlaceElement = (element: number, cursor: ByteCursor) => void;

function readExtensibleHeader(file: FileBytes, address: number, grid: ChunkGrid): ExtensibleHeader {
  const client = file.read(address + 5, 1).readUInt8();
  const header = readBlock(file, address, 72, 'EAHD', client);
  const format = elementFormat(client, header.unsigned(1), grid);
  const maximumBits = header.unsigned(1);
  const indexElements = header.unsigned(1);
  const minimumElements = header.unsigned(1);
  const minimumPointers = header.unsigned(1);
  const pageBits = header.unsigned(1);
  header.skip(4 * 8); // numbers and sizes of the blocks
  const used = header.unsigned(8);
  header.skip(8); // elements reserved
  const powersOfTwo = [minimumElements, minimumPointers].every(
    (n) => n > 0 && Number.isInteger(Math.log2(n)),
  );
  if (!powersOfTwo || maximumBits > 64 || pageBits > 32)
    throw corrupt('a chunk index of impossible measures');
  return {
    client,
    format,
    offsetBytes: Math.ceil(maximumBits / 8),
    indexElements,
    minimumElements,
    minimumPointers,
    pageElements: 2 ** pageBits,
    superBlocks: 1 + maximumBits - Math.log2(minimumElements),
    indexBlock: header.address(),
    used,
  };
}

/** Super block u holds 2^⌊u/2⌋ data blocks of 2^⌈u/2⌉ times the smallest number of elements. */
function superBlockShape(level: number, header: ExtensibleHeader): { blocks: number; elements: number } {
  return {
    blocks: 2 ** Math.floor(level / 2),
    elements: 2 ** Math.floor((level + 1) / 2) * header.minimumElements,
  };
}

function readSuperBlock(
  file: FileBytes,
  address: number,
  header: ExtensibleHeader,
  level: number,
  firstElement: number,
  place: PlaceElement,
): void {
  if (address === undefinedAddress) return;
  const { blocks, elements } = superBlockShape(level, header);
  const pages = elements > header.pageElements ? elements / header.pageElements : 0;
  const bitmapBytes = Math.ceil(pages / 8);
  const bytes = 14 + header.offsetBytes + blocks * bitmapBytes + blocks * 8 + 4;
  const block = readBlock(file, address, bytes, 'EASB', header.client).skip(8 + header.offsetBytes);
  const bitmaps = block.slice(blocks * bitmapBytes);
  for (let i = 0; i < blocks; i++) {
    const bitmap = pages > 0 ? bitmaps.subarray(i * bitmapBytes, (i + 1) * bitmapBytes) : null;
    readDataBlock(file, block.address(), header, elements, bitmap, firstElement + i * elements, place);
  }
}

/** `bitmap` says which pages of a paged block were written; null for a block without pages. */
function readDataBlock(
  file: FileBytes,
  address: number,
  header: ExtensibleHeader,
  elements: number,
  bitmap: Uint8Array | null,
  firstElement: number,
  place: PlaceElement,
): void {
  if (address === undefinedAddress) return;
  const prefix = 14 + header.offsetBytes;
  if (!bitmap) {
    const bytes = prefix + elements * header.format.bytes + 4;
    const block = readBlock(file, address, bytes, 'EADB', header.client).skip(8 + header.offsetBytes);
    for (let i = 0; i < elements; i++) place(firstElement + i, block);
    return;
  }
  readBlock(file, address, prefix + 4, 'EADB', header.client);
  const pageBytes = header.pageElements * header.format.bytes + 4;
  for (let page = 0; page * header.pageElements < elements; page++) {
    if (!bitIsSet(bitmap, page)) continue;
    const cursor = readPage(
      file,
      address + prefix + 4 + page * pageBytes,
      header.pageElements,
      header.format,
    );
    for (let i = 0; i < header.pageElements; i++)
      place(firstElement + page * header.pageElements + i, cursor);
  }
}

/** The array counts with the unlimited axis slowest, whichever axis that is. */
function unlimitedFirst(counts: readonly number[], unlimited: number): number[] {
  if (unlimited < 0) throw corrupt('an extensible chunk index of a dataset that cannot grow');
  return [counts[unlimited] as number, ...counts.filter((_, axis) => axis !== unlimited)];
}

function unlimitedBack(coordinates: readonly number[], unlimited: number): number[] {
  const rest = coordinates.slice(1);
  return [...rest.slice(0, unlimited), coordinates[0] as number, ...rest.slice(unlimited)];
}
