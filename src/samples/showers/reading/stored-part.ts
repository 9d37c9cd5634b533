import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32 } from '../../../formats/hdf5/reader/number-type.js';
import { RowReader } from '../../../formats/hdf5/reader/row-reader.js';
import { readStoredDataset, type StoredDataset } from '../../../formats/hdf5/reader/stored-dataset.js';
import { type Arrangement, arrangementOf } from '../../../layouts/arrangement.js';
import { columnOf } from '../../../layouts/column-shape.js';
import { energyUnits, type Layout, type ShowerNumber, type VoxelDataset } from '../../../layouts/schema.js';
import type { ShowerColumns } from '../../../native/contract/reading.js';
import type { DatasetPlace, PartDatasets } from './reading-protocol.js';

/** A dataset whose header was read. */
export interface DatasetHeader {
  readonly place: DatasetPlace;
  readonly stored: StoredDataset;
}

export interface OpenDataset extends DatasetHeader {
  readonly rows: RowReader;
}

/** One number a shower. */
type PlacedNumber<Dataset> =
  | { readonly dataset: Dataset; readonly column: number; readonly log10: boolean }
  | number;
type OpenNumber = PlacedNumber<OpenDataset>;

interface OpenVoxels extends OpenDataset {
  readonly arrangement: Arrangement;
}

/** The voxels of some showers; all have one number type. */
type Voxels = Float32Array | Float64Array;

/** Neighboring showers of a file that lie in one set of datasets. Synchronous, meant for a worker thread. */
export class StoredPart {
  readonly rows: number;
  /** Voxels a shower. */
  readonly width: number;
  readonly voxels: readonly OpenVoxels[];
  readonly logDensityRatioDataset: OpenDataset | null;
  readonly #layout: Layout;
  readonly #incidentEnergies: OpenNumber;
  readonly #conditions: readonly OpenNumber[];
  /** MeV of one unit of the stored voxel energies. */
  readonly #factor: number;

  /** @throws CaloscopeError ERR_DATASET_SHAPE, ERR_LAYOUT, ERR_ROW_MISMATCH, ERR_FILL_ONLY and what {@link RowReader} throws. */
  constructor(file: FileBytes, layout: Layout, datasets: PartDatasets<DatasetHeader>) {
    this.#layout = layout;
    const arrangements = datasets.voxels.map(({ stored }, i) =>
      arrangementOf(layout.voxels.datasets[i] as VoxelDataset, stored.shape),
    );
    const energies = placedNumber(layout.incidentEnergies, datasets.incidentEnergies);
    const conditions = layout.conditions.map((condition, i) =>
      placedNumber(condition, datasets.conditions[i] as DatasetHeader | number),
    );
    this.rows = equalRows(datasets);
    this.#incidentEnergies = openNumber(file, energies);
    this.#conditions = conditions.map((condition) => openNumber(file, condition));
    this.voxels = datasets.voxels.map((header, i) => ({
      ...openRows(file, header),
      arrangement: arrangements[i] as Arrangement,
    }));
    this.logDensityRatioDataset = datasets.logDensityRatio && openRows(file, datasets.logDensityRatio);
    this.width = this.voxels.reduce((sum, { arrangement }) => sum + arrangement.voxels, 0);
    this.#factor = energyUnits[layout.voxels.unit] * layout.voxels.factor;
  }

  /** False where float32 would not hold the stored voxel energies exactly. */
  get exact(): boolean {
    return this.voxels.every(({ stored }) => fitsFloat32(stored.type));
  }

  /** All datasets, each once. */
  get datasets(): OpenDataset[] {
    const numbers = [this.#incidentEnergies, ...this.#conditions];
    const columns = numbers.flatMap((number) => (typeof number === 'number' ? [] : [number.dataset]));
    const all = [
      ...columns,
      ...this.voxels,
      ...(this.logDensityRatioDataset ? [this.logDensityRatioDataset] : []),
    ];
    return all.filter(({ place }, i) => all.findIndex((other) => other.place.path === place.path) === i);
  }

  /** Puts showers with all voxels side by side into `target`, from row `at` of it on. */
  fill(firstRow: number, rows: number, target: Voxels, at: number, asStored: boolean): void {
    let column = 0;
    for (const dataset of this.voxels) {
      const { arrangement } = dataset;
      const start = at * this.width + column;
      if (arrangement.stored === null) {
        readRows(dataset, firstRow, rows, target, start, this.width);
      } else {
        const numbers = this.#stored(dataset, firstRow, rows, target instanceof Float64Array);
        gather(numbers, arrangement.stored, target, start, this.width);
      }
      column += arrangement.voxels;
    }
    if (asStored || this.#factor === 1) return;
    const filled = target.subarray(at * this.width, (at + rows) * this.width);
    for (let i = 0; i < filled.length; i++) (filled[i] as number) *= this.#factor;
  }

  /** Voxels in MeV, where they were decoded if that can be: they hold until the next call. */
  columns(firstRow: number, rows: number, wide: boolean): ShowerColumns[] {
    if (this.#factor !== 1 || this.voxels.some(({ arrangement }) => arrangement.stored !== null)) {
      const numbers = allocate(() => new (wide ? Float64Array : Float32Array)(rows * this.width));
      this.fill(firstRow, rows, numbers, 0, false);
      return [{ numbers, rowLength: this.width }];
    }
    return this.voxels.map((dataset) => ({
      numbers: this.#stored(dataset, firstRow, rows, wide),
      rowLength: dataset.rows.rowLength,
    }));
  }

  #stored(dataset: OpenDataset, firstRow: number, rows: number, wide: boolean): Voxels {
    return inDataset(dataset.place.path, () => allocate(() => dataset.rows.view(firstRow, rows, wide)));
  }

  incidentEnergies(firstRow: number, rows: number, asStored: boolean): Float64Array {
    const energies = readNumber(this.#incidentEnergies, firstRow, rows);
    const unit = asStored ? 1 : energyUnits[this.#layout.incidentEnergies.unit];
    for (let i = 0; i < rows && unit !== 1; i++) (energies[i] as number) *= unit;
    return energies;
  }

  conditions(firstRow: number, rows: number): Float64Array[] {
    return this.#conditions.map((condition) => readNumber(condition, firstRow, rows));
  }

  /** ln(p_reference/p_generated) of toy showers, where the file has it. */
  logDensityRatio(firstRow: number, rows: number): Float64Array | null {
    const dataset = this.logDensityRatioDataset;
    return dataset && readNumber({ dataset, column: 0, log10: false }, firstRow, rows);
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

export function allocate<T>(create: () => T): T {
  try {
    return create();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CaloscopeError('ERR_MEMORY', 'not enough memory for a block of showers', { cause });
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

/** @throws CaloscopeError ERR_ROW_MISMATCH. */
function equalRows({
  incidentEnergies,
  voxels,
  conditions,
  logDensityRatio,
}: PartDatasets<DatasetHeader>): number {
  const all = [incidentEnergies, ...voxels, ...conditions, ...(logDensityRatio ? [logDensityRatio] : [])];
  const [first, ...others] = all.filter((dataset) => typeof dataset !== 'number');
  const rows = first?.stored.shape[0] ?? 0;
  for (const { place, stored } of others) {
    if (stored.shape[0] === rows) continue;
    const message = `${first?.place.path} has ${rows} rows, ${place.path} has ${stored.shape[0]}; every shower needs one of each`;
    throw new CaloscopeError('ERR_ROW_MISMATCH', message);
  }
  return rows;
}

/** @throws CaloscopeError ERR_DATASET_SHAPE. */
function placedNumber(named: ShowerNumber, found: DatasetHeader | number): PlacedNumber<DatasetHeader> {
  if (typeof found === 'number' || !('dataset' in named)) return found as number;
  return {
    dataset: found,
    column: columnOf(named, found.stored.shape),
    log10: named.transform === 'log10',
  };
}

function openNumber(file: FileBytes, number: PlacedNumber<DatasetHeader>): OpenNumber {
  return typeof number === 'number' ? number : { ...number, dataset: openRows(file, number.dataset) };
}

function readNumber(number: OpenNumber, firstRow: number, rows: number): Float64Array {
  if (typeof number === 'number') return new Float64Array(rows).fill(number);
  const { dataset, column, log10 } = number;
  const width = dataset.rows.rowLength;
  const stored = new Float64Array(rows * width);
  readRows(dataset, firstRow, rows, stored, 0, width);
  const values =
    width === 1
      ? stored
      : Float64Array.from({ length: rows }, (_, row) => stored[row * width + column] as number);
  return log10 ? values.map((value) => 10 ** value) : values;
}

function readRows(
  dataset: OpenDataset,
  firstRow: number,
  rows: number,
  target: Voxels,
  at: number,
  stride: number,
): void {
  inDataset(dataset.place.path, () => dataset.rows.read(firstRow, rows, target, at, stride));
}

/** Row i of `numbers` in the order of `places` goes to `target[at + i·stride …]`. */
function gather(numbers: Voxels, places: Uint32Array, target: Voxels, at: number, stride: number): void {
  const width = places.length;
  const rows = numbers.length / width;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * width, at + row * stride];
    for (let i = 0; i < width; i++) target[to + i] = numbers[from + (places[i] as number)] as number;
  }
}
