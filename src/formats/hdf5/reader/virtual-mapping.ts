import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';
import { requireChecksum } from './checksums.js';
import type { FileBytes } from './file-bytes.js';
import { rewriteCommand } from './filters/rewriting.js';
import { GlobalHeap } from './global-heap.js';
import { readSelection, type Selection } from './selection.js';
import type { VirtualStorage } from './storage-layout.js';

/** A part of a virtual dataset, and the dataset whose elements it shows. */
export interface VirtualPart {
  /** Name of a file, `.` for this one. */
  readonly file: string;
  readonly dataset: string;
  readonly source: Selection;
  readonly here: Selection;
}

const mostParts = 100_000;

/** Flags of a part, since version 1 of the list. */
const [fileOfOther, datasetOfOther, sameFile] = [1, 2, 4] as const;

/** The parts of a virtual dataset. @throws CaloscopeError ERR_FILE_CORRUPT, ERR_EXTERNAL_DATA for parts that are not boxes. */
export function readVirtualParts(file: FileBytes, storage: VirtualStorage): VirtualPart[] {
  const block = new GlobalHeap(file).object(storage.heap, storage.index);
  requireChecksum(block, 'a list of the parts of a virtual dataset');
  const cursor = new ByteCursor(block.subarray(0, block.length - 4));
  const version = cursor.unsigned(1);
  if (version > 1) throw notRead(`version ${version} of the list of its parts`);
  const count = cursor.unsigned(8);
  if (count > mostParts) throw notRead(`${count} parts`);
  const parts: VirtualPart[] = [];
  for (let i = 0; i < count; i++) {
    const flags = version === 0 ? 0 : cursor.unsigned(1);
    const name = (flags & sameFile) !== 0 ? '.' : nameOf(cursor, (flags & fileOfOther) !== 0, parts, 'file');
    const dataset = nameOf(cursor, (flags & datasetOfOther) !== 0, parts, 'dataset');
    const [source, here] = [readSelection(cursor), readSelection(cursor)];
    if (source === undefined || here === undefined)
      throw notRead('parts with steps, several blocks or no end');
    parts.push({ file: name, dataset, source, here });
  }
  return parts;
}

/** A name, or the number of a part before that has the same one. */
function nameOf(
  cursor: ByteCursor,
  ofOther: boolean,
  parts: readonly VirtualPart[],
  name: 'file' | 'dataset',
): string {
  if (!ofOther) return text(cursor);
  const other = parts[cursor.unsigned(8)];
  if (!other) throw corrupt('a part of a virtual dataset without a name');
  return other[name];
}

/** A virtual dataset of a form that is not read. The command reads all of it: missing files show as fill values there. */
export function notRead(what: string): CaloscopeError {
  return new CaloscopeError(
    'ERR_EXTERNAL_DATA',
    `it is a virtual dataset with ${what}, which is not read; with all its files in place write it as one file: ${rewriteCommand(false)}`,
  );
}

function text(cursor: ByteCursor): string {
  const end = cursor.bytes.indexOf(0, cursor.position);
  if (end < 0) throw corrupt('a name in a list of parts does not end');
  const bytes = cursor.slice(end + 1 - cursor.position);
  return bytes.toString('utf8', 0, bytes.length - 1);
}
