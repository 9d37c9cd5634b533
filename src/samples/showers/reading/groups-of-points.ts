import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32, typeName } from '../../../formats/hdf5/reader/number-type.js';
import { columnOf } from '../../../layouts/column-shape.js';
import type { GroupPointLayout, PointQuantity } from '../../../layouts/schema.js';
import type { PointColumnRecord } from '../../../native/contract/reading.js';
import {
  allocate,
  type DatasetHeader,
  type OpenDataset,
  openRows,
  readHeader,
  readRows,
} from './open-dataset.js';
import type { PlacedPoints, PointSource } from './point-source.js';
import { blockBytes } from './reading-plan.js';
import type { ReadingPlan } from './reading-protocol.js';
import type { ShowerGroup, ShowerGroups } from './shower-groups.js';

/** Packed points become so many times larger, about. */
const usualRatio = 4;

/** The numbers of the points of some showers in one dataset of each group, one shower after the other. */
interface Numbers {
  width: number;
  wide: boolean;
  values: Float32Array | Float64Array;
}

/** Points of which each shower has a group of its own. */
export class GroupsOfPoints implements PointSource {
  readonly ofShowers = [];
  /** Of the first shower. */
  readonly datasets: readonly DatasetHeader[];
  readonly plan: ReadingPlan;
  readonly #file: FileBytes;
  readonly #layout: GroupPointLayout;
  readonly #groups: ShowerGroups;
  readonly #named: readonly string[];

  /** @throws CaloscopeError ERR_DATASET_MISSING, ERR_DATASET_SHAPE, and others for files, of the first group. */
  constructor(file: FileBytes, layout: GroupPointLayout, groups: ShowerGroups) {
    this.#file = file;
    this.#layout = layout;
    this.#groups = groups;
    this.#named = [...new Set(Object.values(layout.quantities).map(({ dataset }) => dataset))];
    const [first] = groups.of(0, Math.min(1, groups.rows));
    this.datasets = first ? this.#open(first) : [];
    const rowBytes = (usualRatio * file.size) / Math.max(1, groups.rows);
    const rows = Math.max(1, Math.floor(blockBytes.aimed / rowBytes));
    this.plan = { stretchRows: rows, blockRows: rows, bandBytes: 0 };
  }

  get storedType(): string {
    return [...new Set(this.datasets.map(({ stored }) => typeName(stored.type)))].join(', ');
  }

  read(firstRow: number, rows: number): PlacedPoints {
    const first = new Float64Array(rows);
    const count = new Float64Array(rows);
    const byDataset = new Map<string, Numbers>();
    let points = 0;
    for (const [row, group] of this.#groups.of(firstRow, rows).entries()) {
      const datasets = this.#open(group);
      first[row] = points;
      count[row] = datasets[0]?.rows.rows ?? 0;
      for (const [i, name] of this.#named.entries())
        append(byDataset, name, datasets[i] as OpenDataset, points);
      points += count[row] as number;
    }
    const columns: Partial<Record<PointQuantity, PointColumnRecord>> = {};
    for (const [quantity, { dataset, column }] of Object.entries(this.#layout.quantities)) {
      const { values, width } = byDataset.get(dataset) ?? { values: new Float32Array(0), width: 1 };
      const numbers = values.subarray(0, points * width);
      columns[quantity as PointQuantity] = { numbers, at: column ?? 0, showerStride: 0, stride: width };
    }
    return { first, count, columns };
  }

  /** The datasets of a shower. @throws CaloscopeError ERR_DATASET_MISSING, ERR_DATASET_SHAPE, ERR_ROW_MISMATCH. */
  #open(group: ShowerGroup): OpenDataset[] {
    const datasets = this.#named.map((name) => {
      const place = { path: `${group.path}/${name}`, address: group.address(name) };
      return openRows(this.#file, readHeader(this.#file, place));
    });
    const [first, ...others] = datasets;
    for (const { place, rows } of others) {
      if (rows.rows === first?.rows.rows) continue;
      const message = `${first?.place.path} has ${first?.rows.rows} rows, ${place.path} has ${rows.rows}; every point needs one of each`;
      throw new CaloscopeError('ERR_ROW_MISMATCH', message);
    }
    for (const { dataset, column } of Object.values(this.#layout.quantities)) {
      const { place, stored } = datasets[this.#named.indexOf(dataset)] as OpenDataset;
      columnOf({ dataset: place.path, column }, stored.shape);
    }
    return datasets;
  }
}

/** Puts the numbers of a shower behind those of the `points` before. @throws CaloscopeError ERR_DATASET_SHAPE. */
function append(byDataset: Map<string, Numbers>, name: string, dataset: OpenDataset, points: number): void {
  const { rows, rowLength } = dataset.rows;
  const wide = !fitsFloat32(dataset.stored.type);
  const known = byDataset.get(name) ?? { width: rowLength, wide, values: new Float32Array(0) };
  byDataset.set(name, known);
  if (rowLength !== known.width) {
    const message = `dataset ${dataset.place.path} has ${rowLength} numbers a point, those of showers before have ${known.width}`;
    throw new CaloscopeError('ERR_DATASET_SHAPE', message);
  }
  const needed = (points + rows) * rowLength;
  known.wide ||= wide;
  if (needed > known.values.length || known.wide !== known.values instanceof Float64Array) {
    const length = Math.max(needed, 2 * known.values.length);
    const larger = allocate(() => (known.wide ? new Float64Array(length) : new Float32Array(length)));
    larger.set(known.values.subarray(0, points * rowLength));
    known.values = larger;
  }
  if (rows > 0) readRows(dataset, 0, rows, known.values, points * rowLength, rowLength);
}
