import { CaloscopeError } from '../../../errors.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { typeName } from '../../../formats/hdf5/reader/number-type.js';
import type { ShapeGeometry } from '../../../layouts/arrangement.js';
import type { Layout } from '../../../layouts/schema.js';
import type { DenseBlock } from '../../../native/contract/reading.js';
import { describeDataset, storageProblems } from './dataset-records.js';
import { joinedColumns } from './joined-columns.js';
import type { ContentProblem } from './oddities.js';
import { allocate, type DatasetHeader, type OpenDataset } from './open-dataset.js';
import { readingPlan } from './reading-plan.js';
import type { DatasetRecord, PartDatasets, ReadingPlan, ShowerBlock } from './reading-protocol.js';
import { StoredPart } from './stored-part.js';

/** Rows of a block that lie in one part. */
interface Stretch {
  readonly part: StoredPart;
  /** In the part. */
  readonly firstRow: number;
  readonly rows: number;
  /** In the block. */
  readonly at: number;
}

/**
 * The numbers of a shower file whose datasets are known: one part after the other. Everything here is synchronous and meant for
 * a worker thread; several threads may each have one of the same file.
 */
export class StoredShowers {
  readonly form = 'voxels';
  readonly rows: number;
  /** Voxels a shower. */
  readonly width: number;
  readonly plan: ReadingPlan;
  /** One after the other. */
  readonly parts: readonly StoredPart[];
  /** False where float32 would not hold the stored voxel energies exactly. */
  readonly exact: boolean;

  /** @throws what {@link StoredPart} throws; CaloscopeError ERR_DATASET_SHAPE for parts whose showers differ in shape. */
  constructor(file: FileBytes, layout: Layout, parts: readonly PartDatasets<DatasetHeader>[]) {
    this.parts = parts.map((datasets) => new StoredPart(file, layout, datasets));
    requireEqualShapes(this.parts);
    this.rows = this.parts.reduce((sum, part) => sum + part.rows, 0);
    this.width = this.parts[0]?.width ?? 0;
    this.exact = this.parts.every(({ exact }) => exact);
    this.plan = readingPlan(
      this.parts.flatMap(({ voxels }) => voxels.map(({ rows }) => rows)),
      this.width * (this.exact ? 4 : 8),
    );
  }

  /** Stored types of the voxels. */
  get storedType(): string {
    const voxels = this.parts.flatMap((part) => part.voxels);
    return [...new Set(voxels.map(({ stored }) => typeName(stored.type)))].join(', ');
  }

  /** The geometry that the axes describe; null where they do not. */
  get shapeGeometry(): ShapeGeometry | null {
    const [first, ...others] = this.parts[0]?.voxels ?? [];
    return others.length === 0 ? (first?.arrangement.geometry ?? null) : null;
  }

  get hasLogDensityRatio(): boolean {
    return this.parts.every(({ numbers }) => numbers.logDensityRatioDataset !== null);
  }

  get datasets(): DatasetRecord[] {
    return this.#all.map(describeDataset);
  }

  /** Oddities of the storage. */
  get problems(): ContentProblem[] {
    return this.#all.flatMap(storageProblems);
  }

  get #all(): OpenDataset[] {
    return this.parts.flatMap(({ datasets }) => datasets);
  }

  /**
   * Showers with all voxels side by side.
   *
   * @param asStored energies in the units of the file; otherwise in MeV.
   */
  dense(firstRow: number, rows: number, asStored: boolean): ShowerBlock {
    const length = rows * this.width;
    const voxels = allocate(() => (this.exact ? new Float32Array(length) : new Float64Array(length)));
    const stretches = this.#stretches(firstRow, rows);
    for (const { part, firstRow: first, rows: count, at } of stretches) {
      part.fill(first, count, voxels, at, asStored);
    }
    const incidentEnergies = joinedColumns(
      stretches.map(({ part, firstRow: first, rows: count }) =>
        part.numbers.incidentEnergies(first, count, asStored),
      ),
    );
    return { firstRow, rows, incidentEnergies, voxels, ...this.numbers(firstRow, rows) };
  }

  /** Showers in MeV. Their voxels are where they were decoded: they hold until the next call. */
  view(firstRow: number, rows: number): DenseBlock {
    const [only, ...others] = this.#stretches(firstRow, rows);
    if (!only || others.length > 0) {
      const { incidentEnergies, voxels } = this.dense(firstRow, rows, false);
      return { firstRow, incidentEnergies, columns: [{ numbers: voxels, rowLength: this.width }] };
    }
    const { part, firstRow: first } = only;
    const columns = part.columns(first, rows, !this.exact);
    return { firstRow, incidentEnergies: part.numbers.incidentEnergies(first, rows, false), columns };
  }

  /** What is known of showers beside their energies. */
  numbers(firstRow: number, rows: number): Pick<ShowerBlock, 'conditions' | 'logDensityRatio'> {
    const stretches = this.#stretches(firstRow, rows);
    const byPart = stretches.map((stretch) =>
      stretch.part.numbers.conditions(stretch.firstRow, stretch.rows),
    );
    const conditions = (byPart[0] ?? []).map((_, i) =>
      joinedColumns(byPart.map((of) => of[i] as Float64Array)),
    );
    if (!this.hasLogDensityRatio) return { conditions };
    const ratios = stretches.map((stretch) =>
      stretch.part.numbers.logDensityRatio(stretch.firstRow, stretch.rows),
    );
    return { conditions, logDensityRatio: joinedColumns(ratios as Float64Array[]) };
  }

  /** The part that a row lies in, and its first row. */
  partOf(row: number): { readonly part: StoredPart; readonly partStart: number } {
    let partStart = 0;
    for (const part of this.parts) {
      if (row < partStart + part.rows) return { part, partStart };
      partStart += part.rows;
    }
    throw new RangeError(`there is no row ${row}`);
  }

  #stretches(firstRow: number, rows: number): Stretch[] {
    const stretches: Stretch[] = [];
    let start = 0;
    for (const part of this.parts) {
      const [from, to] = [Math.max(firstRow, start), Math.min(firstRow + rows, start + part.rows)];
      if (from < to) stretches.push({ part, firstRow: from - start, rows: to - from, at: from - firstRow });
      start += part.rows;
    }
    return stretches;
  }
}

function requireEqualShapes([first, ...others]: readonly StoredPart[]): void {
  for (const { voxels } of others) {
    for (const [i, { place, stored }] of voxels.entries()) {
      const wanted = first?.voxels[i];
      if (!wanted || wanted.stored.shape.slice(1).join() === stored.shape.slice(1).join()) continue;
      const message = `dataset ${place.path} has shape (${stored.shape.join(',')}), ${wanted.place.path} has (${wanted.stored.shape.join(',')}); showers of one file need the same axes`;
      throw new CaloscopeError('ERR_DATASET_SHAPE', message);
    }
  }
}
