import type { ready } from 'h5wasm/node';
import { CaloscopeError } from '../errors.js';
import type { ContentProblem } from './content-checks.js';
import { corrupt } from './hdf5/byte-cursor.js';
import { filterName } from './hdf5/chunk-filters.js';
import { FileBytes } from './hdf5/file-bytes.js';
import { Hdf5Links } from './hdf5/links.js';
import { fitsFloat32, typeName } from './hdf5/number-type.js';
import { RowReader } from './hdf5/row-reader.js';
import { readStoredDataset, type StoredDataset } from './hdf5/stored-dataset.js';
import { checkSuperblock } from './hdf5/superblock.js';
import {
  checkColumn,
  checkVoxelShape,
  findLayout,
  type Layout,
  logDensityRatioDataset,
  recogniseLayout,
  toyAttribute,
} from './layouts.js';
import type { DatasetRecord, OpenRequest, ShowerBlock, ShowerFileMetadata } from './reading-protocol.js';

interface OpenDataset {
  readonly path: string;
  readonly stored: StoredDataset;
  readonly rows: RowReader;
}

/** Bytes of voxels in a block where chunks allow. */
const blockBytes = { aimed: 8 * 2 ** 20, most: 16 * 2 ** 20 };

/**
 * An open shower file: found, checked, ready to be read block by block. Everything here is synchronous and meant for a
 * worker thread.
 */
export class ShowerSource {
  readonly metadata: ShowerFileMetadata;
  readonly #file: FileBytes;
  readonly #layout: Layout;
  readonly #energy: OpenDataset;
  readonly #voxels: readonly OpenDataset[];
  readonly #logDensityRatio: OpenDataset | null;

  /** @throws CaloscopeError with any of the codes for files. */
  constructor(library: Awaited<typeof ready>, request: OpenRequest) {
    this.#file = new FileBytes(request.path);
    checkSuperblock(this.#file);
    const links = new Hdf5Links(library, request.path);
    try {
      const group = links.resolve(request.group ?? '/');
      const names = new Set(links.names(group));
      const groups = findLayout(names) ? [] : links.findGroups((found) => findLayout(found) !== null);
      this.#layout = recogniseLayout(names, request.expectedLayout, groups);
      const headers = this.#readHeaders(links, group, names);
      this.#energy = this.#openRows(headers.energy);
      this.#voxels = headers.voxels.map((header) => this.#openRows(header));
      this.#logDensityRatio = headers.logDensityRatio && this.#openRows(headers.logDensityRatio);
      this.metadata = this.#describe(links.hasRootAttribute(toyAttribute));
    } finally {
      links.close();
    }
  }

  /** Headers of all datasets, with types, shapes and numbers of rows checked against each other. */
  #readHeaders(links: Hdf5Links, group: string, names: ReadonlySet<string>) {
    const open = (name: string) => openHeader(this.#file, links, `${group === '/' ? '' : group}/${name}`);
    const { energyDataset, voxelDatasets } = this.#layout;
    const energy = open(energyDataset);
    const voxels = voxelDatasets.map(({ name }) => open(name));
    const logDensityRatio = names.has(logDensityRatioDataset) ? open(logDensityRatioDataset) : null;
    checkColumn(energyDataset, energy.stored.shape);
    if (logDensityRatio) checkColumn(logDensityRatioDataset, logDensityRatio.stored.shape);
    voxelDatasets.forEach((dataset, i) => {
      checkVoxelShape(dataset, (voxels[i] as Header).stored.shape);
    });
    const rows = energy.stored.shape[0];
    for (const { path, stored } of [...voxels, ...(logDensityRatio ? [logDensityRatio] : [])]) {
      if (stored.shape[0] !== rows) {
        const message = `${energy.path} has ${rows} rows, ${path} has ${stored.shape[0]}; every shower needs one of each`;
        throw new CaloscopeError('ERR_ROW_MISMATCH', message);
      }
    }
    return { energy, voxels, logDensityRatio };
  }

  #openRows({ path, stored }: Header): OpenDataset {
    return inDataset(path, () => {
      const rows = new RowReader(this.#file, stored);
      if (rows.neverWritten) {
        throw new CaloscopeError('ERR_FILL_ONLY', 'its numbers were never written; write the file again');
      }
      return { path, stored, rows };
    });
  }

  #describe(toy: boolean): ShowerFileMetadata {
    const all = [this.#energy, ...this.#voxels, ...(this.#logDensityRatio ? [this.#logDensityRatio] : [])];
    const types = new Set(this.#voxels.map(({ stored }) => typeName(stored.type)));
    return {
      layout: this.#layout.name,
      rows: this.#energy.rows.rows,
      voxels: this.#voxels.reduce((sum, { rows }) => sum + rows.rowLength, 0),
      storedType: [...types].join(', '),
      energyUnit: this.#layout.energyUnit,
      toy,
      hasLogDensityRatio: this.#logDensityRatio !== null,
      bytes: this.#file.size,
      datasets: all.map(describeDataset),
      problems: all.flatMap(missingChunkProblems),
    };
  }

  /**
   * All showers in file order. Blocks end where rows of chunks end, so that no chunk is decoded twice.
   *
   * @param asStored true gives energies in the unit of the file.
   */
  *blocks(asStored: boolean): Generator<ShowerBlock, void, void> {
    const { rows, voxels } = this.metadata;
    const exact = this.#voxels.every(({ stored }) => fitsFloat32(stored.type));
    const rowBytes = voxels * (exact ? 4 : 8);
    for (const [firstRow, count] of blockRanges(rows, rowBytes, this.#largestChunkRows())) {
      yield this.#readBlock(firstRow, count, exact, asStored);
    }
  }

  /** Chunk height of the dataset with the largest chunks. */
  #largestChunkRows(): number | null {
    const largest = this.#voxels.reduce((a, b) => (b.rows.bandBytes > a.rows.bandBytes ? b : a));
    return largest.rows.chunkRows;
  }

  #readBlock(firstRow: number, rows: number, exact: boolean, asStored: boolean): ShowerBlock {
    const width = this.metadata.voxels;
    const voxels = allocate(() => (exact ? new Float32Array(rows * width) : new Float64Array(rows * width)));
    let column = 0;
    for (const dataset of this.#voxels) {
      readRows(dataset, firstRow, rows, voxels, column, width);
      column += dataset.rows.rowLength;
    }
    const incidentEnergies = readColumn(this.#energy, firstRow, rows);
    if (!asStored && this.#layout.energyInMev !== 1) {
      for (let i = 0; i < rows; i++) (incidentEnergies[i] as number) *= this.#layout.energyInMev;
    }
    const block = { firstRow, rows, incidentEnergies, voxels };
    if (!this.#logDensityRatio) return block;
    return { ...block, logDensityRatio: readColumn(this.#logDensityRatio, firstRow, rows) };
  }

  close(): void {
    this.#file.close();
  }
}

type Header = Omit<OpenDataset, 'rows'>;

function openHeader(file: FileBytes, links: Hdf5Links, wanted: string): Header {
  const path = links.resolve(wanted);
  return inDataset(wanted, () => {
    const stored = readStoredDataset(file, links.headerAddress(path));
    const checked = links.libraryShape(path);
    if (
      checked?.length !== stored.shape.length ||
      checked.some((length, axis) => length !== stored.shape[axis])
    ) {
      throw corrupt('its header can be read in two ways');
    }
    return { path: wanted, stored };
  });
}

/** Puts the name of the dataset before the message of an error. */
function inDataset<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    throw new CaloscopeError(error.code, `dataset ${path}: ${error.message}`, { cause: error });
  }
}

function describeDataset({ path, stored }: OpenDataset): DatasetRecord {
  return {
    path,
    shape: stored.shape,
    type: typeName(stored.type),
    chunks: stored.storage.kind === 'chunked' ? stored.storage.chunkShape : null,
    filters: stored.filters.map(filterName),
  };
}

function missingChunkProblems({ path, rows }: OpenDataset): ContentProblem[] {
  if (rows.missingChunks === 0) return [];
  const message = `${rows.missingChunks} chunks of ${path} were never written; they read as the fill value`;
  return [{ code: 'fill-only', message, severity: 'warning' }];
}

/** First row and number of rows of each block. */
function* blockRanges(rows: number, rowBytes: number, chunkRows: number | null): Generator<[number, number]> {
  const aimed = Math.max(1, Math.floor(blockBytes.aimed / rowBytes));
  const band = chunkRows ?? aimed;
  const whole = band * rowBytes <= blockBytes.most;
  // Several bands make a block, or a band too large for one is cut after it has been decoded.
  const stretch = whole ? band * Math.max(1, Math.floor(aimed / band)) : band;
  const step = whole ? stretch : aimed;
  for (let start = 0; start < rows; start += stretch) {
    const end = Math.min(rows, start + stretch);
    for (let first = start; first < end; first += step) yield [first, Math.min(step, end - first)];
  }
}

function readColumn(dataset: OpenDataset, firstRow: number, rows: number): Float64Array {
  const column = new Float64Array(rows);
  readRows(dataset, firstRow, rows, column, 0, 1);
  return column;
}

function readRows(
  dataset: OpenDataset,
  firstRow: number,
  rows: number,
  target: Float32Array | Float64Array,
  at: number,
  stride: number,
): void {
  inDataset(dataset.path, () => dataset.rows.read(firstRow, rows, target, at, stride));
}

function allocate<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CaloscopeError('ERR_MEMORY', 'not enough memory for a block of showers; free some', { cause });
  }
}
