import { ByteCursor, corrupt, undefinedAddress } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import type { ChunkGrid, ChunkVisitor } from './chunk-grid.js';
import type { FileBytes } from './file-bytes.js';

interface Tree {
  readonly type: number;
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** For each level: the most records a node holds, and the bytes in which a pointer gives counts. */
  readonly levels: readonly { readonly countBytes: number; readonly totalBytes: number }[];
}

/** Version 2 B-tree: the index of datasets with several unlimited dimensions. */
export function readVersion2Tree(
  file: FileBytes,
  address: number,
  grid: ChunkGrid,
  visit: ChunkVisitor,
): void {
  const bytes = file.read(address, 38);
  requireChecksum(bytes, 'a chunk index');
  const header = new ByteCursor(bytes);
  header.expectSignature('BTHD');
  header.expectByte(0, 'the version of a B-tree');
  const type = header.unsigned(1);
  const nodeBytes = header.unsigned(4);
  const recordBytes = header.unsigned(2);
  const depth = header.unsigned(2);
  header.skip(2); // when to split and merge
  const root = header.address();
  const rootRecords = header.unsigned(2);
  const rank = grid.counts.length;
  const sizeBytes = recordBytes - 8 - 4 - 8 * rank;
  const sound =
    type === 11 ? grid.filtered && sizeBytes >= 1 && sizeBytes <= 8 : type === 10 && !grid.filtered;
  if (!sound || depth > 16 || nodeBytes < 64) throw corrupt('a chunk index of an unknown record format');
  if (root === undefinedAddress) return;

  const tree: Tree = { type, nodeBytes, recordBytes, levels: levelFormats(nodeBytes, recordBytes, depth) };
  const seen = new Set<number>();
  walkNode(file, tree, { address: root, records: rootRecords, level: depth }, seen, (cursor) => {
    const chunkAddress = cursor.address();
    const size = type === 11 ? cursor.unsigned(sizeBytes) : grid.chunkBytes;
    const filterMask = type === 11 ? cursor.unsigned(4) : 0;
    visit(
      grid.counts.map(() => cursor.unsigned(8)),
      { address: chunkAddress, size, filterMask },
    );
  });
}

/** How many bytes the pointers to the nodes of each level need (level 0: the leaves). */
function levelFormats(nodeBytes: number, recordBytes: number, depth: number): Tree['levels'] {
  const overhead = 10;
  const bytesFor = (value: number) => Math.floor(Math.log2(value) / 8) + 1;
  let most = Math.floor((nodeBytes - overhead) / recordBytes);
  const countBytes = bytesFor(most);
  let cumulative = most;
  const levels = [{ countBytes, totalBytes: 0 }];
  for (let level = 1; level <= depth; level++) {
    const below = levels[level - 1] as Tree['levels'][number];
    const pointerBytes = 8 + countBytes + below.totalBytes;
    most = Math.floor((nodeBytes - overhead - pointerBytes) / (recordBytes + pointerBytes));
    if (most < 1) throw corrupt('nodes of a chunk index that hold nothing');
    cumulative = (most + 1) * cumulative + most;
    levels.push({ countBytes, totalBytes: bytesFor(cumulative) });
  }
  return levels;
}

interface Node {
  readonly address: number;
  readonly records: number;
  readonly level: number;
}

function walkNode(
  file: FileBytes,
  tree: Tree,
  node: Node,
  seen: Set<number>,
  visitRecord: (cursor: ByteCursor) => void,
): void {
  if (seen.has(node.address)) throw corrupt('the chunk index runs in a circle');
  seen.add(node.address);
  const below = node.level > 0 ? tree.levels[node.level - 1] : undefined;
  const pointerBytes = below ? 8 + below.countBytes + below.totalBytes : 0;
  const used = 6 + node.records * tree.recordBytes + (below ? (node.records + 1) * pointerBytes : 0);
  const bytes = file.read(node.address, used + 4);
  requireChecksum(bytes, 'a chunk index');
  const cursor = new ByteCursor(bytes);
  cursor.expectSignature(below ? 'BTIN' : 'BTLF');
  cursor.expectByte(0, 'the version of a B-tree node');
  cursor.expectByte(tree.type, 'the kind of a B-tree node');
  for (let i = 0; i < node.records; i++) {
    visitRecord(new ByteCursor(cursor.slice(tree.recordBytes)));
  }
  if (!below) return;
  for (let i = 0; i <= node.records; i++) {
    const address = cursor.address();
    const records = cursor.unsigned(below.countBytes);
    cursor.skip(below.totalBytes);
    walkNode(file, tree, { address, records, level: node.level - 1 }, seen, visitRecord);
  }
}
