import { CaloscopeError } from '../../../errors.js';
import { filterName } from '../../../formats/hdf5/reader/chunk-filters.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32, typeName } from '../../../formats/hdf5/reader/number-type.js';
import { RowReader } from '../../../formats/hdf5/reader/row-reader.js';
import { readStoredDataset, type StoredDataset } from '../../../formats/hdf5/reader/stored-dataset.js';
import { energyUnits, type Layout } from '../../../layouts/schema.js';
import type { DenseBlock } from '../../../native/contract/reading.js';
import type { ContentProblem } from './content-checks.js';
import type { DatasetPlace, DatasetRecord, ReadingPlan, ShowerBlock } from './reading-protocol.js';

/** A dataset whose header was read. */
export interface DatasetHeader {
  readonly place: DatasetPlace;
  readonly stored: StoredDataset;
}

/** The datasets of a shower file: one of each kind or none, `voxels` in voxel order. */
export interface ShowerDatasets<Dataset> {
  readonly energy: Dataset;
  readonly voxels: readonly Dataset[];
  readonly logDensityRatio: Dataset | null;
}

interface OpenDataset extends DatasetHeader {
  readonly rows: RowReader;
}

/** Bytes of voxels in a block where chunks allow. */
const blockBytes = { aimed: 8 * 2 ** 20, most: 16 * 2 ** 20 };

/**
 * The numbers of a shower file whose datasets are known. Everything here is synchronous and meant for a worker thread;
 * several threads may each have one of the same file.
 */
export class StoredShowers {
  readonly rows: number;
  /** Voxels a shower. */
  readonly width: number;
  readonly plan: ReadingPlan;
  /** MeV of one unit of the stored incident energies. */
  readonly #energyInMev: number;
  readonly #energy: OpenDataset;
  readonly #voxels: readonly OpenDataset[];
  readonly #logDensityRatio: OpenDataset | null;
  /** False where float32 would not hold the stored voxel energies exactly. */
  readonly #exact: boolean;

  /** @throws CaloscopeError ERR_FILL_ONLY and what {@link RowReader} throws. */
  constructor(file: FileBytes, layout: Layout, headers: ShowerDatasets<DatasetHeader>) {
    this.#energyInMev = energyUnits[layout.incidentEnergies.unit];
    this.#energy = openRows(file, headers.energy);
    this.#voxels = headers.voxels.map((header) => openRows(file, header));
    this.#logDensityRatio = headers.logDensityRatio && openRows(file, headers.logDensityRatio);
    this.rows = this.#energy.rows.rows;
    this.width = this.#voxels.reduce((sum, { rows }) => sum + rows.rowLength, 0);
    this.#exact = this.#voxels.every(({ stored }) => fitsFloat32(stored.type));
    this.plan = readingPlan(
      this.#voxels.map(({ rows }) => rows),
      this.width * (this.#exact ? 4 : 8),
    );
  }

  /** Stored types of the voxels. */
  get storedType(): string {
    return [...new Set(this.#voxels.map(({ stored }) => typeName(stored.type)))].join(', ');
  }

  get hasLogDensityRatio(): boolean {
    return this.#logDensityRatio !== null;
  }

  get datasets(): DatasetRecord[] {
    return this.#all.map(describeDataset);
  }

  /** Oddities of the storage. */
  get problems(): ContentProblem[] {
    return this.#all.flatMap(missingChunkProblems);
  }

  get #all(): OpenDataset[] {
    return [this.#energy, ...this.#voxels, ...(this.#logDensityRatio ? [this.#logDensityRatio] : [])];
  }

  /**
   * Showers with all voxels side by side.
   *
   * @param asStored energies in the units of the file; otherwise in MeV.
   */
  dense(firstRow: number, rows: number, asStored: boolean): ShowerBlock {
    const { width } = this;
    const length = rows * width;
    const voxels = allocate(() => (this.#exact ? new Float32Array(length) : new Float64Array(length)));
    let column = 0;
    for (const dataset of this.#voxels) {
      readRows(dataset, firstRow, rows, voxels, column, width);
      column += dataset.rows.rowLength;
    }
    const incidentEnergies = this.#incidentEnergies(firstRow, rows, asStored ? 1 : this.#energyInMev);
    const logDensityRatio = this.logDensityRatio(firstRow, rows);
    const block = { firstRow, rows, incidentEnergies, voxels };
    return logDensityRatio ? { ...block, logDensityRatio } : block;
  }

  /** Showers in MeV. Their voxels are where they were decoded: they hold until the next call. */
  view(firstRow: number, rows: number): DenseBlock {
    const columns = this.#voxels.map((dataset) => ({
      numbers: inDataset(dataset.place.path, () =>
        allocate(() => dataset.rows.view(firstRow, rows, !this.#exact)),
      ),
      rowLength: dataset.rows.rowLength,
    }));
    const incidentEnergies = this.#incidentEnergies(firstRow, rows, this.#energyInMev);
    return { firstRow, incidentEnergies, columns };
  }

  /** ln(p_reference/p_generated) of toy showers, where the file has it. */
  logDensityRatio(firstRow: number, rows: number): Float64Array | null {
    return this.#logDensityRatio && readColumn(this.#logDensityRatio, firstRow, rows);
  }

  #incidentEnergies(firstRow: number, rows: number, unit: number): Float64Array {
    const energies = readColumn(this.#energy, firstRow, rows);
    for (let i = 0; i < rows && unit !== 1; i++) (energies[i] as number) *= unit;
    return energies;
  }
}

/** Reads the header of a dataset, without its numbers. */
export function readHeader(file: FileBytes, place: DatasetPlace): DatasetHeader {
  return { place, stored: inDataset(place.path, () => readStoredDataset(file, place.address)) };
}

/** Puts the name of the dataset before the message of an error. */
export function inDataset<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    throw new CaloscopeError(error.code, `dataset ${path}: ${error.message}`, { cause: error });
  }
}

function openRows(file: FileBytes, { place, stored }: DatasetHeader): OpenDataset {
  return inDataset(place.path, () => {
    const rows = new RowReader(file, stored);
    if (rows.neverWritten) {
      throw new CaloscopeError('ERR_FILL_ONLY', 'its numbers were never written; write the file again');
    }
    return { place, stored, rows };
  });
}

/**
 * How the rows are shared out: stretches begin and end where rows of chunks do, so that no chunk is decoded twice.
 *
 * @param rowBytes bytes of the voxels of a shower in memory.
 */
function readingPlan(voxels: readonly RowReader[], rowBytes: number): ReadingPlan {
  const aimed = Math.max(1, Math.floor(blockBytes.aimed / rowBytes));
  const bandBytes = voxels.reduce((sum, rows) => sum + rows.bandBytes, 0);
  const band = bandRows(voxels, Math.floor(blockBytes.most / rowBytes)) ?? aimed;
  // A band too large for one block is cut after it has been decoded.
  if (band * rowBytes > blockBytes.most) return { stretchRows: band, blockRows: aimed, bandBytes };
  const stretch = band * Math.max(1, Math.floor(aimed / band));
  return { stretchRows: stretch, blockRows: stretch, bandBytes };
}

/** Rows after which chunks of all datasets end, where that is soon; otherwise those of the largest chunks. */
function bandRows(voxels: readonly RowReader[], soon: number): number | null {
  const heights = voxels.flatMap(({ rows, chunkRows }) => (chunkRows && chunkRows < rows ? [chunkRows] : []));
  const together = heights.reduce((rows, height) => (rows / greatestDivisor(rows, height)) * height, 1);
  if (heights.length > 0 && together <= soon) return together;
  return voxels.reduce((a, b) => (b.bandBytes > a.bandBytes ? b : a)).chunkRows;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function describeDataset({ place, stored }: OpenDataset): DatasetRecord {
  return {
    path: place.path,
    shape: stored.shape,
    type: typeName(stored.type),
    chunks: stored.storage.kind === 'chunked' ? stored.storage.chunkShape : null,
    filters: stored.filters.map(filterName),
  };
}

function missingChunkProblems({ place, rows }: OpenDataset): ContentProblem[] {
  if (rows.missingChunks === 0) return [];
  const message = `${rows.missingChunks} chunks of ${place.path} were never written; they read as the fill value`;
  return [{ code: 'fill-only', message, severity: 'warning' }];
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
  inDataset(dataset.place.path, () => dataset.rows.read(firstRow, rows, target, at, stride));
}

function allocate<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CaloscopeError('ERR_MEMORY', 'not enough memory for a block of showers; free some', { cause });
  }
}
