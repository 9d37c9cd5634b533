import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { energyUnits, type Layout, lengthUnits, type PointLayout } from '../../../layouts/schema.js';
import type { PointBlock, PointColumnRecord } from '../../../native/contract/reading.js';
import { describeDataset, missingChunkProblems } from './dataset-records.js';
import type { ContentProblem } from './oddities.js';
import { type DatasetHeader, eachOnce, type OpenDataset } from './open-dataset.js';
import { PaddedPoints } from './padded-points.js';
import type { PointSource } from './point-source.js';
import type { DatasetRecord, PartDatasets, ReadingPlan, ShowerBlock } from './reading-protocol.js';
import { ShowerNumbers } from './shower-numbers.js';

/** The showers of a file that keeps them as points. Synchronous, meant for a worker thread. */
export class StoredPoints {
  readonly form = 'points';
  readonly shapeGeometry = null;
  readonly #layout: PointLayout;
  readonly #source: PointSource;
  readonly #numbers: ShowerNumbers;

  /** @throws CaloscopeError ERR_DATASET_SHAPE, ERR_LAYOUT, ERR_ROW_MISMATCH, ERR_FILL_ONLY and what RowReader throws. */
  constructor(file: FileBytes, layout: Layout, datasets: PartDatasets<DatasetHeader>) {
    this.#layout = layout.points as PointLayout;
    this.#source = new PaddedPoints(file, this.#layout, datasets.showers);
    this.#numbers = new ShowerNumbers(file, layout, datasets, this.#source.ofShowers);
  }

  get rows(): number {
    return this.#numbers.rows;
  }

  get plan(): ReadingPlan {
    return this.#source.plan;
  }

  get storedType(): string {
    return this.#source.storedType;
  }

  get hasLogDensityRatio(): boolean {
    return this.#numbers.logDensityRatioDataset !== null;
  }

  get datasets(): DatasetRecord[] {
    return this.#all.map(describeDataset);
  }

  /** Oddities of the storage. */
  get problems(): ContentProblem[] {
    return this.#all.flatMap(missingChunkProblems);
  }

  get #all(): OpenDataset[] {
    return eachOnce([...this.#numbers.datasets, ...this.#source.datasets]);
  }

  /** Points where they were decoded: they hold until the next call. */
  points(firstRow: number, rows: number): PointBlock {
    const { unit, factor, lengthUnit } = this.#layout;
    const { first, count, columns } = this.#source.read(firstRow, rows);
    const { x, y, energy, layer = null, z = null, mask = null } = columns;
    return {
      firstRow,
      incidentEnergies: this.#numbers.incidentEnergies(firstRow, rows, false),
      first,
      count,
      x: x as PointColumnRecord,
      y: y as PointColumnRecord,
      energy: energy as PointColumnRecord,
      layer,
      z,
      mask,
      energyFactor: energyUnits[unit] * factor,
      lengthFactor: lengthUnits[lengthUnit],
    };
  }

  /** What is known of showers beside their points. */
  numbers(firstRow: number, rows: number): Pick<ShowerBlock, 'conditions' | 'logDensityRatio'> {
    const conditions = this.#numbers.conditions(firstRow, rows);
    const logDensityRatio = this.#numbers.logDensityRatio(firstRow, rows);
    return logDensityRatio ? { conditions, logDensityRatio } : { conditions };
  }
}
