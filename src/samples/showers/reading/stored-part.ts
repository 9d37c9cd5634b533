import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32 } from '../../../formats/hdf5/reader/number-type.js';
import { type Arrangement, arrangementOf } from '../../../layouts/arrangement.js';
import type { Layout, VoxelDataset, VoxelLayout } from '../../../layouts/schema.js';
import { energyUnits } from '../../../layouts/units.js';
import type { ShowerColumns } from '../../../native/contract/reading.js';
import {
  allocate,
  type DatasetHeader,
  eachOnce,
  inDataset,
  type OpenDataset,
  openRows,
  readRows,
} from './open-dataset.js';
import type { PartDatasets } from './reading-protocol.js';
import { ShowerNumbers } from './shower-numbers.js';

interface OpenVoxels extends OpenDataset {
  readonly arrangement: Arrangement;
}

/** The voxels of some showers; all have one number type. */
type Voxels = Float32Array | Float64Array;

/** Neighboring showers of a file that lie in one set of datasets. Synchronous, meant for a worker thread. */
export class StoredPart {
  readonly numbers: ShowerNumbers;
  /** Voxels a shower. */
  readonly width: number;
  readonly voxels: readonly OpenVoxels[];
  /** MeV of one unit of the stored voxel energies. */
  readonly factor: number;

  /** @throws CaloscopeError ERR_DATASET_SHAPE, ERR_LAYOUT, ERR_ROW_MISMATCH, ERR_FILL_ONLY and what {@link RowReader} throws. */
  constructor(file: FileBytes, layout: Layout, datasets: PartDatasets<DatasetHeader>) {
    const { datasets: described, unit, factor } = layout.voxels as VoxelLayout;
    const arrangements = datasets.showers.map(({ stored }, i) =>
      arrangementOf(described[i] as VoxelDataset, stored.shape),
    );
    this.numbers = new ShowerNumbers(file, layout, datasets, datasets.showers);
    this.voxels = datasets.showers.map((header, i) => ({
      ...openRows(file, header),
      arrangement: arrangements[i] as Arrangement,
    }));
    this.width = this.voxels.reduce((sum, { arrangement }) => sum + arrangement.voxels, 0);
    this.factor = energyUnits[unit] * factor;
  }

  get rows(): number {
    return this.numbers.rows;
  }

  /** False where float32 would not hold the stored voxel energies exactly. */
  get exact(): boolean {
    return this.voxels.every(({ stored }) => fitsFloat32(stored.type));
  }

  /** All datasets, each once. */
  get datasets(): OpenDataset[] {
    return eachOnce([...this.numbers.datasets, ...this.voxels]);
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
    if (asStored || this.factor === 1) return;
    const filled = target.subarray(at * this.width, (at + rows) * this.width);
    for (let i = 0; i < filled.length; i++) (filled[i] as number) *= this.factor;
  }

  /** Voxels in MeV, where they were decoded if that can be: they hold until the next call. */
  columns(firstRow: number, rows: number, wide: boolean): ShowerColumns[] {
    if (this.factor !== 1 || this.voxels.some(({ arrangement }) => arrangement.stored !== null)) {
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
