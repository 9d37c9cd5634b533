import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { fitsFloat32, typeName } from '../../../formats/hdf5/reader/number-type.js';
import type { PaddedPointLayout, PointQuantity } from '../../../layouts/schema.js';
import type { PointColumnRecord } from '../../../native/contract/reading.js';
import {
  allocate,
  type DatasetHeader,
  inDataset,
  type OpenDataset,
  openRows,
  readRows,
  withoutLeadingOne,
} from './open-dataset.js';
import type { PlacedPoints, PointSource } from './point-source.js';
import { readingPlan } from './reading-plan.js';
import type { ReadingPlan } from './reading-protocol.js';

/** The same number of points a shower, of which some are padding. */
export class PaddedPoints implements PointSource {
  readonly ofShowers: readonly DatasetHeader[];
  readonly datasets: readonly OpenDataset[];
  readonly plan: ReadingPlan;
  readonly #layout: PaddedPointLayout;
  readonly #points: OpenDataset;
  readonly #count: OpenDataset | null;
  /** Room for points a shower. */
  readonly #most: number;
  /** Numbers from one point to the next. */
  readonly #stride: number;
  readonly #wide: boolean;

  /** @param headers as pointDatasets names them. @throws CaloscopeError ERR_DATASET_SHAPE, ERR_LAYOUT. */
  constructor(file: FileBytes, layout: PaddedPointLayout, headers: readonly DatasetHeader[]) {
    const [stored, count] = headers as [DatasetHeader, DatasetHeader | undefined];
    const leading = layout.axes === null && stored.stored.shape.length === 4 && stored.stored.shape[0] === 1;
    const points = leading ? withoutLeadingOne(stored) : stored;
    const { room, together } = shapeOfPoints(layout, points.stored.shape);
    this.#layout = layout;
    this.#most = room;
    this.#stride = together ? layout.quantities.length : 1;
    this.ofShowers = count ? [points, count] : [points];
    this.#points = openRows(file, points);
    this.#count = count ? openRows(file, count) : null;
    this.datasets = [this.#points, ...(this.#count ? [this.#count] : [])];
    this.#wide = !fitsFloat32(points.stored.type);
    this.plan = readingPlan([this.#points.rows], room * layout.quantities.length * (this.#wide ? 8 : 4));
  }

  get storedType(): string {
    return typeName(this.#points.stored.type);
  }

  read(firstRow: number, rows: number): PlacedPoints {
    const { quantities, packed } = this.#layout;
    const { rows: stored, place } = this.#points;
    const numbers = inDataset(place.path, () => allocate(() => stored.view(firstRow, rows, this.#wide)));
    const columns: Partial<Record<PointQuantity, PointColumnRecord>> = {};
    for (const [i, quantity] of quantities.entries()) {
      const at = this.#stride === 1 ? i * this.#most : i;
      columns[quantity] = { numbers, at, showerStride: stored.rowLength, stride: this.#stride };
    }
    const counted = this.#counts(firstRow, rows);
    const count = packed === 'anywhere' ? counted.fill(this.#most) : counted;
    const first = count.map((points) => (packed === 'end' ? this.#most - points : 0));
    return { first, count, columns };
  }

  /** @throws CaloscopeError ERR_POINTS for numbers of points that cannot be. */
  #counts(firstRow: number, rows: number): Float64Array {
    const count = new Float64Array(rows).fill(this.#most);
    if (this.#count === null) return count;
    readRows(this.#count, firstRow, rows, count, 0, 1);
    const odd = count.findIndex(
      (points) => !(Number.isInteger(points) && points >= 0 && points <= this.#most),
    );
    if (odd < 0) return count;
    const message = `${this.#count.place.path} says ${count[odd]} points in row ${firstRow + odd}, ${this.#points.place.path} has room for ${this.#most}; the file was cut or written wrongly`;
    throw new CaloscopeError('ERR_POINTS', message);
  }
}

/** Room for points, and whether the numbers of a point lie together. */
function shapeOfPoints(
  { dataset, axes, quantities }: PaddedPointLayout,
  shape: readonly number[],
): { room: number; together: boolean } {
  const refuse = (needed: string) =>
    new CaloscopeError(
      'ERR_DATASET_SHAPE',
      `dataset ${dataset} has shape (${shape.join(',')}), needed is ${needed} for ${quantities.join(', ')}`,
    );
  const width = quantities.length;
  if (axes !== null) {
    const named = axes.filter((axis) => axis !== 'one');
    const lengths = shape.filter((_, i) => axes[i] !== 'one');
    const fits =
      shape.length === axes.length &&
      axes.every((axis, i) => axis !== 'one' || shape[i] === 1) &&
      lengths[named.indexOf('quantity')] === width;
    if (!fits)
      throw refuse(
        `(${axes.map((axis) => ({ shower: 'N', point: 'P', quantity: width, one: 1 })[axis]).join(',')})`,
      );
    return { room: lengths[named.indexOf('point')] as number, together: named.at(-1) === 'quantity' };
  }
  const [, first, second] = shape;
  if (shape.length !== 3 || (first !== width && second !== width))
    throw refuse(`(N,P,${width}) or (N,${width},P), also behind an axis of length 1,`);
  if (first === width && second === width) {
    const message = `dataset ${dataset} has shape (${shape.join(',')}): either axis may be that of points; say which with axes`;
    throw new CaloscopeError('ERR_LAYOUT', message);
  }
  return { room: (second === width ? first : second) as number, together: second === width };
}
