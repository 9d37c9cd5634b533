import { CaloscopeError } from '../../../errors.js';
import { elementWords } from './element-type.js';
import { FileBytes } from './file-bytes.js';
import { readPlainGroup } from './plain-group.js';
import { type ElementRange, elementRange } from './selection.js';
import type { VirtualStorage } from './storage-layout.js';
import { readStoredElements, type StoredElements } from './stored-dataset.js';
import { type ElementRows, type RowBytes, StoredRows } from './stored-rows.js';
import { checkSuperblock } from './superblock.js';
import { notRead, readVirtualParts, type VirtualPart } from './virtual-mapping.js';

/** Elements `first` to `first + count` of a virtual dataset in row order, and where they begin in their source. */
interface Piece extends ElementRange {
  readonly file: string;
  readonly dataset: string;
  readonly sourceFirst: number;
}

interface OpenSource {
  readonly piece: Piece;
  readonly rows: StoredRows;
  close(): void;
}

/**
 * Rows of a virtual dataset, made of whole rows (or whole pieces in row order) of others, in this file or in files beside it.
 * Every element has exactly one source, which is there: nothing is filled in. Files are looked for in the folder of this one and
 * below it, never in the current folder.
 */
export class VirtualRows implements ElementRows {
  readonly rows: number;
  readonly rowElements: number;
  readonly rowBytes: number;
  readonly chunkRows = null;
  readonly bandBytes: number;
  readonly neverWritten = false;
  readonly missingChunks: number;
  readonly sequential = false;
  readonly #file: FileBytes;
  readonly #dataset: StoredElements;
  readonly #pieces: readonly Piece[];
  #open: OpenSource | null = null;

  /** @throws CaloscopeError ERR_EXTERNAL_DATA for a source that is missing or of a form that is not read, and as StoredRows. */
  constructor(file: FileBytes, dataset: StoredElements, storage: VirtualStorage) {
    const { extent, element } = dataset;
    if (element.kind === 'sequence' || element.kind === 'text')
      throw notRead('elements without a fixed length');
    this.#file = file;
    this.#dataset = dataset;
    this.rows = extent[0] ?? 1;
    this.rowElements = extent.slice(1).reduce((product, length) => product * length, 1);
    this.rowBytes = this.rowElements * element.bytes;
    this.#pieces = this.#placed(readVirtualParts(file, storage));
    requireWhole(this.#pieces, this.rows * this.rowElements);
    let [band, missing] = [0, 0];
    for (const piece of this.#pieces) {
      const { rows, close } = this.#source(piece);
      band = Math.max(band, rows.bandBytes);
      missing += rows.missingChunks;
      close();
    }
    this.bandBytes = band;
    this.missingChunks = missing;
  }

  next(first: number, most: number): RowBytes {
    const { bytes: size } = this.#dataset.element;
    const from = first * this.rowElements;
    const end = from + most * this.rowElements;
    const target = Buffer.allocUnsafeSlow(most * this.rowBytes);
    for (const piece of this.#pieces) {
      const start = Math.max(from, piece.first);
      const stop = Math.min(end, piece.first + piece.count);
      if (start >= stop) continue;
      const part = target.subarray((start - from) * size, (stop - from) * size);
      copyElements(this.#opened(piece), piece.sourceFirst + start - piece.first, part, size);
    }
    return { bytes: target, rows: most };
  }

  /** The source of a piece; that of the piece before is closed. */
  #opened(piece: Piece): StoredRows {
    if (this.#open?.piece !== piece) {
      this.#open?.close();
      this.#open = null;
      this.#open = this.#source(piece);
    }
    return this.#open.rows;
  }

  #placed(parts: readonly VirtualPart[]): Piece[] {
    const pieces = parts.map((part) => {
      const here = elementRange(part.here, this.#dataset.extent);
      if (!here) throw notRead('parts that are not whole rows');
      return { ...here, part };
    });
    return pieces
      .filter(({ count }) => count > 0)
      .sort((a, b) => a.first - b.first)
      .map(({ first, count, part }) => {
        const { file, dataset } = part;
        const source = this.#source({ first, count, file, dataset, sourceFirst: 0 });
        source.close();
        const range = elementRange(part.source, source.extent);
        if (!range) throw notRead('parts that are not whole rows');
        if (range.count !== count) throw notRead(`${count} elements for ${range.count} of ${file}`);
        return { first, count, file, dataset, sourceFirst: range.first };
      });
  }

  #source(piece: Piece): OpenSource & { readonly extent: readonly number[] } {
    const { file, close } =
      piece.file === '.' ? { file: this.#file, close: () => {} } : openBeside(this.#file, piece.file);
    try {
      const stored = readStoredElements(file, addressIn(file, piece));
      const words = [stored, this.#dataset].map(({ element }) => elementWords(element));
      if (words[0] !== words[1]) throw notRead(`${words[1]} for the ${words[0]} of ${piece.file}`);
      const rows = new StoredRows(file, stored);
      if (rows.neverWritten) throw sourceError(piece, 'its numbers were never written');
      return { piece, rows, close, extent: stored.extent };
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** Fills `target` with elements from `first` on in row order. */
function copyElements(rows: StoredRows, first: number, target: Buffer, size: number): void {
  let at = first * size;
  for (let done = 0; done < target.length; ) {
    const row = Math.floor(at / rows.rowBytes);
    const within = at - row * rows.rowBytes;
    const wanted = Math.ceil((within + target.length - done) / rows.rowBytes);
    const { bytes } = rows.next(row, Math.min(wanted, rows.rows - row));
    const copied = bytes.copy(target, done, within);
    done += copied;
    at += copied;
  }
}

/** @throws CaloscopeError ERR_EXTERNAL_DATA unless every element has one source. */
function requireWhole(pieces: readonly Piece[], total: number): void {
  let end = 0;
  for (const { first, count } of pieces) {
    if (first > end) break;
    if (first < end) throw notRead('parts that overlap');
    end += count;
  }
  if (end === total) return;
  throw new CaloscopeError(
    'ERR_EXTERNAL_DATA',
    `it is a virtual dataset of ${total} elements, and those from ${end} on have no source; write it again with all its parts`,
  );
}

/** A file in the folder of `file`, or below it. */
function openBeside(file: FileBytes, name: string): { file: FileBytes; close: () => void } {
  const opened = FileBytes.beside(file, name);
  try {
    checkSuperblock(opened.file);
  } catch (error) {
    opened.close();
    throw error instanceof CaloscopeError ? sourceError({ file: name, dataset: '' }, error.message) : error;
  }
  return opened;
}

function addressIn(file: FileBytes, piece: Piece): number {
  let at = checkSuperblock(file);
  for (const step of piece.dataset.split('/').filter((name) => name !== '' && name !== '.')) {
    at = (at === null ? null : readPlainGroup(file, at))?.links.get(step) ?? null;
  }
  if (at === null) throw sourceError(piece, 'it is not there, or not reached by plain links');
  return at;
}

function sourceError({ file, dataset }: { file: string; dataset: string }, what: string): CaloscopeError {
  return new CaloscopeError(
    'ERR_EXTERNAL_DATA',
    `it is a virtual dataset over ${dataset || 'a dataset'} of ${file}: ${what}; put the file in place, or write one self-contained file`,
  );
}
