import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { native } from '../../../native/binding.js';
import type {
  ContentNotesRecord,
  OddRowsPolicy,
  ShowerReaderHandle,
  StoredNumbersRecord,
} from '../../../native/contract/reading.js';
import { callNative } from '../../../native/run-job.js';
import type { ReadingPlan } from './reading-protocol.js';
import type { StoredPart } from './stored-part.js';
import type { StoredShowers } from './stored-showers.js';

/** Bytes of the voxels of a block, and of all blocks that are read at once: enough chunks for every thread. */
const blockBytes = 2 * 2 ** 20;
const stretchBytes = { perThread: 16 * 2 ** 20, most: 256 * 2 ** 20 };
/** Above this only hits are held of the chunks with the same rows; a block of hits may be of more showers. */
const mostBandBytes = 128 * 2 ** 20;
const blockBytesOfHits = 64 * 2 ** 20;

/** What is wanted of blocks of showers. */
export interface BlocksOrder {
  readonly exchange: number;
  /** Whether the hits are left in the exchange, or the showers only looked at. */
  readonly publish: boolean;
  readonly policy: OddRowsPolicy;
  readonly layerStarts: readonly number[];
}

/** The showers of a file whose chunks the core reads, unpacks and turns into hits on threads of its own. */
export class CoreReading {
  readonly plan: ReadingPlan;
  readonly #file: FileBytes;
  readonly #showers: StoredShowers;
  readonly #records: readonly (readonly StoredNumbersRecord[])[];
  readonly #zerosDropped: boolean;
  readonly #threads: number;
  /** The part that is read, and its reader. */
  #open: { readonly part: StoredPart; readonly reader: ShowerReaderHandle } | null = null;

  /** null: some dataset is of a form that only the reader in TypeScript knows. */
  static of(file: FileBytes, showers: StoredShowers, threads: number): CoreReading | null {
    const records: StoredNumbersRecord[][] = [];
    for (const { voxels } of showers.parts) {
      const datasets: StoredNumbersRecord[] = [];
      for (const { rows, arrangement } of voxels) {
        const list = rows.chunkList(file);
        if (list === null) return null;
        datasets.push({ ...numbersRecord(list), voxels: placeOfEach(arrangement.stored) });
      }
      records.push(datasets);
    }
    return showers.rows === 0 ? null : new CoreReading(file, showers, records, threads);
  }

  private constructor(
    file: FileBytes,
    showers: StoredShowers,
    records: readonly (readonly StoredNumbersRecord[])[],
    threads: number,
  ) {
    this.#file = file;
    this.#showers = showers;
    this.#records = records;
    this.#threads = threads;
    const voxels = showers.parts.flatMap((part) => part.voxels.map(({ rows }) => rows));
    const bandBytes = showers.parts.reduce(
      (most, part) =>
        Math.max(
          most,
          part.voxels.reduce((sum, { rows }) => sum + rows.bandBytes, 0),
        ),
      0,
    );
    this.#zerosDropped = bandBytes > mostBandBytes;
    const rowBytes = showers.width * (showers.exact ? 4 : 8);
    const aimed = this.#zerosDropped ? blockBytesOfHits : blockBytes;
    const blockRows = Math.max(1, Math.floor(aimed / rowBytes));
    const bandRows = voxels.reduce((most, { chunkRows }) => Math.max(most, chunkRows ?? 1), 1);
    const together = Math.min(stretchBytes.most, stretchBytes.perThread * threads);
    const stretchRows = this.#zerosDropped ? bandRows : Math.floor(together / rowBytes);
    this.plan = {
      stretchRows: blockRows * Math.max(1, Math.ceil(stretchRows / blockRows)),
      blockRows,
      bandBytes,
    };
  }

  /**
   * What was noted of each block of some rows, which is read; null for one that the reader in TypeScript is to read: because it lies in
   * several parts, or because something is wrong with it, which that reader can tell.
   */
  read(firstRow: number, rows: number, order: BlocksOrder): (ContentNotesRecord | null)[] {
    const { blockRows } = this.plan;
    const found: (ContentNotesRecord | null)[] = [];
    const end = firstRow + rows;
    for (let first = firstRow; first < end; ) {
      const { part, partStart } = this.#showers.partOf(first);
      const partEnd = Math.min(end, partStart + part.rows);
      const blocks: number[] = [];
      let next = first;
      while (next < partEnd && Math.min(next + blockRows, end) <= partEnd) {
        blocks.push(Math.min(blockRows, end - next));
        next += blocks.at(-1) as number;
      }
      if (blocks.length > 0) found.push(...this.#readBlocks(part, first, first - partStart, blocks, order));
      if (next < partEnd) {
        found.push(null);
        next += blockRows;
      }
      first = next;
    }
    return found;
  }

  #readBlocks(
    part: StoredPart,
    rowOfFile: number,
    firstRow: number,
    blocks: readonly number[],
    { exchange, publish, policy, layerStarts }: BlocksOrder,
  ): (ContentNotesRecord | null)[] {
    const rows = blocks.reduce((sum, count) => sum + count, 0);
    let incidentEnergies: Float64Array;
    try {
      incidentEnergies = part.numbers.incidentEnergies(firstRow, rows, false);
    } catch {
      return blocks.map(() => null);
    }
    const stretch = { firstRow, rowOfFile, blockRows: Uint32Array.from(blocks), incidentEnergies };
    const starts = Uint32Array.from(layerStarts);
    return callNative(() =>
      native().readStoredShowers(this.#readerOf(part), stretch, exchange, publish, policy, starts),
    );
  }

  #readerOf(part: StoredPart): ShowerReaderHandle {
    if (this.#open?.part !== part) {
      if (this.#open) native().dispose(this.#open.reader);
      this.#open = null;
      const record = {
        datasets: this.#records[this.#showers.parts.indexOf(part)] as readonly StoredNumbersRecord[],
        factor: part.factor,
        wide: !this.#showers.exact,
        zerosDropped: this.#zerosDropped,
      };
      this.#open = { part, reader: native().openShowerReader(this.#file.descriptor, record, this.#threads) };
    }
    return this.#open.reader;
  }
}

function numbersRecord(
  list: Omit<StoredNumbersRecord, 'extent' | 'chunkShape' | 'voxels'> & {
    readonly extent: readonly number[];
    readonly chunkShape: readonly number[];
  },
): Omit<StoredNumbersRecord, 'voxels'> {
  return { ...list, extent: Float64Array.from(list.extent), chunkShape: Float64Array.from(list.chunkShape) };
}

/** Voxel of each stored number, from the place of each voxel; none where they are stored in order. */
function placeOfEach(stored: Uint32Array | null): Uint32Array {
  const voxels = new Uint32Array(stored?.length ?? 0);
  stored?.forEach((place, voxel) => {
    voxels[place] = voxel;
  });
  return voxels;
}
