import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32, typeName } from '../../../formats/hdf5/reader/number-type.js';
import { columnOf } from '../../../layouts/column-shape.js';
import { pointDatasets } from '../../../layouts/recognition.js';
import type { FlatPointLayout, PointQuantity } from '../../../layouts/schema.js';
import type { PointColumnRecord } from '../../../native/contract/reading.js';
import {
  allocate,
  type DatasetHeader,
  inDataset,
  type OpenDataset,
  openRows,
  readRows,
} from './open-dataset.js';
import type { PlacedPoints, PointSource } from './point-source.js';
import { blockBytes } from './reading-plan.js';
import type { ReadingPlan } from './reading-protocol.js';

/** A quantity, the dataset that has it and the column there. */
interface FlatColumn {
  readonly quantity: PointQuantity;
  readonly dataset: OpenDataset;
  readonly column: number;
}

/** Points of all showers one after the other, each with the number of its shower. */
export class FlatPoints implements PointSource {
  readonly ofShowers: readonly DatasetHeader[];
  readonly datasets: readonly OpenDataset[];
  readonly plan: ReadingPlan;
  readonly #columns: readonly FlatColumn[];
  /** First point of each shower, and after the last one. */
  readonly #starts: Float64Array;

  /** @param headers as pointDatasets names them. @throws CaloscopeError ERR_DATASET_SHAPE, ERR_ROW_MISMATCH, ERR_POINTS. */
  constructor(file: FileBytes, layout: FlatPointLayout, headers: readonly DatasetHeader[]) {
    const [showers, shower, ...quantities] = headers.map((header) => openRows(file, header)) as [
      OpenDataset,
      OpenDataset,
      ...OpenDataset[],
    ];
    const all = [showers, shower, ...quantities];
    const named = pointDatasets(layout);
    const dataset = (name: string) => all[named.indexOf(name)] as OpenDataset;
    this.ofShowers = [showers];
    this.datasets = all;
    this.#columns = Object.entries(layout.quantities).map(([quantity, number]) => ({
      quantity: quantity as PointQuantity,
      dataset: dataset(number.dataset),
      column: columnOf(number, dataset(number.dataset).stored.shape),
    }));
    for (const numbers of [showers, shower])
      columnOf({ dataset: numbers.place.path, column: null }, numbers.stored.shape);
    for (const { place, rows } of quantities) {
      if (rows.rows === shower.rows.rows) continue;
      const message = `${shower.place.path} has ${shower.rows.rows} rows, ${place.path} has ${rows.rows}; every point needs one of each`;
      throw new CaloscopeError('ERR_ROW_MISMATCH', message);
    }
    this.#starts = startsOf(showers, shower);
    const bytes = quantities.reduce((sum, { rows }) => sum + rows.rowLength * 4, 0);
    const perShower = Math.max(1, (bytes * shower.rows.rows) / Math.max(1, showers.rows.rows));
    const rows = Math.max(1, Math.floor(blockBytes.aimed / perShower));
    const bandBytes = quantities.reduce((sum, one) => sum + one.rows.bandBytes, 0);
    this.plan = { stretchRows: rows, blockRows: rows, bandBytes };
  }

  get storedType(): string {
    return [...new Set(this.#columns.map(({ dataset }) => typeName(dataset.stored.type)))].join(', ');
  }

  read(firstRow: number, rows: number): PlacedPoints {
    const starts = this.#starts.subarray(firstRow, firstRow + rows + 1);
    const from = starts[0] as number;
    const points = (starts[rows] as number) - from;
    const columns: Partial<Record<PointQuantity, PointColumnRecord>> = {};
    const views = new Map<OpenDataset, Float32Array | Float64Array>();
    for (const { quantity, dataset, column } of this.#columns) {
      const { rows: stored, place } = dataset;
      const wide = !fitsFloat32(dataset.stored.type);
      const numbers =
        views.get(dataset) ?? inDataset(place.path, () => allocate(() => stored.view(from, points, wide)));
      views.set(dataset, numbers);
      columns[quantity] = { numbers, at: column, showerStride: 0, stride: stored.rowLength };
    }
    const first = starts.slice(0, rows).map((start) => start - from);
    const count = first.map((start, row) => (starts[row + 1] as number) - from - start);
    return { first, count, columns };
  }
}

const blockRows = 2 ** 18;

/** Where the points of each shower begin. @throws CaloscopeError ERR_POINTS for points out of order, or of no shower. */
function startsOf(showers: OpenDataset, shower: OpenDataset): Float64Array {
  const numbers = new Float64Array(showers.rows.rows);
  readRows(showers, 0, numbers.length, numbers, 0, 1);
  const place = new Map(Array.from(numbers, (number, row) => [number, row]));
  if (place.size < numbers.length) {
    throw new CaloscopeError(
      'ERR_POINTS',
      `${showers.place.path} has a number twice; every shower needs its own`,
    );
  }
  const starts = new Float64Array(numbers.length + 1);
  const block = new Float64Array(blockRows);
  let row = -1;
  for (let first = 0; first < shower.rows.rows; first += blockRows) {
    const count = Math.min(blockRows, shower.rows.rows - first);
    readRows(shower, first, count, block, 0, 1);
    for (let i = 0; i < count; i++) {
      const number = block[i] as number;
      if (row >= 0 && number === numbers[row]) continue;
      const next = place.get(number);
      if (next === undefined || next <= row)
        throw outOfOrder(shower, first + i, number, next === undefined, showers);
      starts.fill(first + i, row + 1, next + 1);
      row = next;
    }
  }
  starts.fill(shower.rows.rows, row + 1);
  return starts;
}

function outOfOrder(
  shower: OpenDataset,
  point: number,
  number: number,
  unknown: boolean,
  showers: OpenDataset,
): CaloscopeError {
  const message = unknown
    ? `${shower.place.path} names shower ${number} in row ${point}, which is not in ${showers.place.path}`
    : `${shower.place.path} runs backwards in row ${point}, to shower ${number}; sort the points by shower`;
  return new CaloscopeError('ERR_POINTS', message);
}
