import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { columnOf } from '../../../layouts/column-shape.js';
import type { Layout, ShowerNumber, StoredColumn } from '../../../layouts/schema.js';
import { energyUnits } from '../../../layouts/units.js';
import { type DatasetHeader, type OpenDataset, openRows, readRows } from './open-dataset.js';
import type { PartDatasets } from './reading-protocol.js';

/** One number a shower. */
type PlacedNumber<Dataset> =
  | { readonly dataset: Dataset; readonly column: number; readonly transform: StoredColumn['transform'] }
  | number;
type OpenNumber = PlacedNumber<OpenDataset>;

/** What is known of neighboring showers beside the energies in them. Synchronous, meant for a worker thread. */
export interface NumbersOfShowers {
  readonly rows: number;
  readonly logDensityRatioDataset: OpenDataset | null;
  /** All that hold them. */
  readonly datasets: readonly OpenDataset[];
  /** In the unit of the file where `asStored`, otherwise in MeV. */
  incidentEnergies(firstRow: number, rows: number, asStored: boolean): Float64Array;
  conditions(firstRow: number, rows: number): Float64Array[];
  /** ln(p_reference/p_generated) of toy showers, where the file has it. */
  logDensityRatio(firstRow: number, rows: number): Float64Array | null;
}

/** The numbers of showers that are datasets. */
export class ShowerNumbers implements NumbersOfShowers {
  readonly rows: number;
  readonly logDensityRatioDataset: OpenDataset | null;
  readonly #layout: Layout;
  readonly #incidentEnergies: OpenNumber;
  readonly #conditions: readonly OpenNumber[];

  /**
   * @param ofShowers datasets beside these that have a row a shower.
   * @throws CaloscopeError ERR_DATASET_SHAPE, ERR_ROW_MISMATCH, ERR_FILL_ONLY and what RowReader throws.
   */
  constructor(
    file: FileBytes,
    layout: Layout,
    datasets: PartDatasets<DatasetHeader>,
    ofShowers: readonly DatasetHeader[],
  ) {
    this.#layout = layout;
    const energies = placedNumber(layout.incidentEnergies, datasets.incidentEnergies);
    const conditions = layout.conditions.map((condition, i) =>
      placedNumber(condition, datasets.conditions[i] as DatasetHeader | number),
    );
    this.rows = equalRows(datasets, ofShowers);
    this.#incidentEnergies = openNumber(file, energies);
    this.#conditions = conditions.map((condition) => openNumber(file, condition));
    this.logDensityRatioDataset = datasets.logDensityRatio && openRows(file, datasets.logDensityRatio);
  }

  get datasets(): OpenDataset[] {
    const numbers = [this.#incidentEnergies, ...this.#conditions];
    const found = numbers.flatMap((number) => (typeof number === 'number' ? [] : [number.dataset]));
    return [...found, ...(this.logDensityRatioDataset ? [this.logDensityRatioDataset] : [])];
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

  logDensityRatio(firstRow: number, rows: number): Float64Array | null {
    const dataset = this.logDensityRatioDataset;
    return dataset && readNumber({ dataset, column: 0, transform: 'none' }, firstRow, rows);
  }
}

/** Rows of the datasets that have one a shower. @throws CaloscopeError ERR_ROW_MISMATCH. */
function equalRows(
  { incidentEnergies, conditions, logDensityRatio }: PartDatasets<DatasetHeader>,
  ofShowers: readonly DatasetHeader[],
): number {
  const all = [incidentEnergies, ...ofShowers, ...conditions, ...(logDensityRatio ? [logDensityRatio] : [])];
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
  const { transform } = named;
  const { shape } = found.stored;
  if (transform !== 'norm') return { dataset: found, column: columnOf(named, shape), transform };
  if (shape.length === 2 && named.column === null) return { dataset: found, column: 0, transform };
  const message = `dataset ${named.dataset} has shape (${shape.join(',')}), needed is (N,k), a vector a shower, without a column`;
  throw new CaloscopeError('ERR_DATASET_SHAPE', message);
}

function openNumber(file: FileBytes, number: PlacedNumber<DatasetHeader>): OpenNumber {
  return typeof number === 'number' ? number : { ...number, dataset: openRows(file, number.dataset) };
}

function readNumber(number: OpenNumber, firstRow: number, rows: number): Float64Array {
  if (typeof number === 'number') return new Float64Array(rows).fill(number);
  const { dataset, column, transform } = number;
  const width = dataset.rows.rowLength;
  const stored = new Float64Array(rows * width);
  readRows(dataset, firstRow, rows, stored, 0, width);
  if (width === 1 && transform === 'none') return stored;
  return Float64Array.from({ length: rows }, (_, row) => {
    if (transform === 'norm') return Math.hypot(...stored.subarray(row * width, (row + 1) * width));
    const value = stored[row * width + column] as number;
    return transform === 'log10' ? 10 ** value : value;
  });
}
