import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { typeName } from '../../../formats/hdf5/reader/number-type.js';
import { SequenceReader } from '../../../formats/hdf5/reader/sequence-reader.js';
import { sequencesOf } from '../../../formats/hdf5/reader/stored-dataset.js';
import type { PointQuantity, SequencePointLayout } from '../../../layouts/schema.js';
import type { PointColumnRecord } from '../../../native/contract/reading.js';
import { allocate, type DatasetHeader, inDataset, openRows, readRows } from './open-dataset.js';
import type { PlacedPoints, PointSource } from './point-source.js';
import { blockBytes } from './reading-plan.js';
import type { ReadingPlan } from './reading-protocol.js';

/** Points in sequences, each of its own length. */
export class SequencesOfPoints implements PointSource {
  readonly ofShowers: readonly DatasetHeader[];
  readonly datasets: readonly DatasetHeader[];
  readonly plan: ReadingPlan;
  readonly #points: DatasetHeader;
  readonly #reader: SequenceReader;
  readonly #quantities: readonly PointQuantity[];

  /** @param headers as pointDatasets names them. @throws CaloscopeError ERR_DATASET_SHAPE, ERR_DATASET_TYPE, ERR_POINTS. */
  constructor(file: FileBytes, layout: SequencePointLayout, headers: readonly DatasetHeader[]) {
    const [points, stride] = headers as [DatasetHeader, DatasetHeader | undefined];
    this.#points = points;
    this.ofShowers = [points];
    this.datasets = headers;
    this.#reader = inDataset(points.place.path, () => new SequenceReader(file, sequencesOf(points.stored)));
    this.#quantities = stride ? storedQuantities(file, layout.quantities, stride) : layout.quantities;
    const { shape } = points.stored;
    if (shape.length !== 1) {
      const message = `dataset ${points.place.path} has shape (${shape.join(',')}), needed is (N), a sequence a shower`;
      throw new CaloscopeError('ERR_DATASET_SHAPE', message);
    }
    // Sequences are never packed: the size of the file tells how long they are.
    const rows = Math.max(1, Math.floor((blockBytes.aimed * Math.max(1, this.#reader.rows)) / file.size));
    this.plan = { stretchRows: rows, blockRows: rows, bandBytes: 0 };
  }

  get storedType(): string {
    return typeName(this.#points.stored.type);
  }

  read(firstRow: number, rows: number): PlacedPoints {
    const { path } = this.#points.place;
    const { offsets, values } = inDataset(path, () => allocate(() => this.#reader.read(firstRow, rows)));
    const stride = this.#quantities.length;
    const odd = offsets.findIndex((offset) => offset % stride !== 0);
    if (odd > 0) {
      const message = `${path} has ${(offsets[odd] as number) - (offsets[odd - 1] as number)} numbers in row ${firstRow + odd - 1}, which are no points of ${stride}; the layout is another`;
      throw new CaloscopeError('ERR_POINTS', message);
    }
    const columns: Partial<Record<PointQuantity, PointColumnRecord>> = {};
    for (const [at, quantity] of this.#quantities.entries()) {
      columns[quantity] = { numbers: values, at, showerStride: 0, stride };
    }
    const first = offsets.slice(0, rows).map((offset) => offset / stride);
    return {
      first,
      count: first.map((start, row) => (offsets[row + 1] as number) / stride - start),
      columns,
    };
  }
}

/** The first quantities, as many as the last number of a dataset says. */
function storedQuantities(
  file: FileBytes,
  quantities: readonly PointQuantity[],
  header: DatasetHeader,
): readonly PointQuantity[] {
  const dataset = openRows(file, header);
  const numbers = new Float64Array(Math.min(64, dataset.rows.rows * dataset.rows.rowLength));
  readRows(dataset, 0, dataset.rows.rowLength === 1 ? numbers.length : 1, numbers, 0, dataset.rows.rowLength);
  const stride = numbers.at(-1) ?? 0;
  const stored = quantities.slice(0, stride);
  const enough = (['x', 'y', 'energy'] as const).every((one) => stored.includes(one));
  if (Number.isInteger(stride) && stride <= quantities.length && enough) return stored;
  const message = `${header.place.path} says that a point has ${stride} numbers; the layout knows ${quantities.join(', ')}`;
  throw new CaloscopeError('ERR_POINTS', message);
}
