import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import type { GroupPointLayout, Layout, PointLayout } from '../../../layouts/schema.js';
import { energyUnits, lengthUnits } from '../../../layouts/units.js';
import type { PointBlock, PointColumnRecord } from '../../../native/contract/reading.js';
import { describeDataset, storageProblems } from './dataset-records.js';
import { FlatPoints } from './flat-points.js';
import { GroupNumbers } from './group-numbers.js';
import { GroupsOfPoints } from './groups-of-points.js';
import type { ContentProblem } from './oddities.js';
import { type DatasetHeader, eachOnce, type OpenDataset, withoutLeadingOne } from './open-dataset.js';
import { PaddedPoints } from './padded-points.js';
import type { PointSource } from './point-source.js';
import type {
  DatasetRecord,
  PartDatasets,
  ReadingPlan,
  ShowerBlock,
  ShowerGroupPlaces,
} from './reading-protocol.js';
import { SequencesOfPoints } from './sequences-of-points.js';
import { ShowerGroups } from './shower-groups.js';
import { type NumbersOfShowers, ShowerNumbers } from './shower-numbers.js';

/** The showers of a file that keeps them as points. Synchronous, meant for a worker thread. */
export class StoredPoints {
  readonly form = 'points';
  readonly shapeGeometry = null;
  readonly #layout: PointLayout;
  readonly #source: PointSource;
  readonly #numbers: NumbersOfShowers;

  private constructor(layout: PointLayout, source: PointSource, numbers: NumbersOfShowers) {
    this.#layout = layout;
    this.#source = source;
    this.#numbers = numbers;
  }

  /** @throws CaloscopeError ERR_DATASET_SHAPE, ERR_LAYOUT, ERR_ROW_MISMATCH, ERR_FILL_ONLY and what RowReader throws. */
  static ofDatasets(file: FileBytes, layout: Layout, datasets: PartDatasets<DatasetHeader>): StoredPoints {
    const points = layout.points as Exclude<PointLayout, GroupPointLayout>;
    const source = openPoints(file, points, datasets.showers);
    const { ofShowers } = source;
    const numbers = new ShowerNumbers(file, layout, withoutLeadingOnes(datasets, ofShowers), ofShowers);
    return new StoredPoints(points, source, numbers);
  }

  /** @throws CaloscopeError what {@link GroupsOfPoints} throws. */
  static ofGroups(file: FileBytes, layout: Layout, places: ShowerGroupPlaces): StoredPoints {
    const points = layout.points as GroupPointLayout;
    const groups = new ShowerGroups(file, places);
    return new StoredPoints(
      points,
      new GroupsOfPoints(file, points, groups),
      new GroupNumbers(layout, groups),
    );
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
    return this.#all.flatMap((dataset) => ('rows' in dataset ? storageProblems(dataset) : []));
  }

  get #all(): (DatasetHeader | OpenDataset)[] {
    return eachOnce<DatasetHeader | OpenDataset>([...this.#numbers.datasets, ...this.#source.datasets]);
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

function openPoints(
  file: FileBytes,
  layout: Exclude<PointLayout, GroupPointLayout>,
  headers: readonly DatasetHeader[],
): PointSource {
  if (layout.kind === 'padded') return new PaddedPoints(file, layout, headers);
  if (layout.kind === 'sequences') return new SequencesOfPoints(file, layout, headers);
  return new FlatPoints(file, layout, headers);
}

/** Numbers of showers that are stored as (1,N) or (1,N,1). */
function withoutLeadingOnes(
  datasets: PartDatasets<DatasetHeader>,
  [ofShowers]: readonly DatasetHeader[],
): PartDatasets<DatasetHeader> {
  const rows = ofShowers?.stored.shape[0];
  const changed = (dataset: DatasetHeader | number) => {
    if (typeof dataset === 'number') return dataset;
    const [first, second] = dataset.stored.shape;
    return first === 1 && rows !== 1 && second === rows ? withoutLeadingOne(dataset) : dataset;
  };
  const { incidentEnergies, conditions } = datasets;
  return {
    ...datasets,
    incidentEnergies: changed(incidentEnergies),
    conditions: conditions.map(changed),
  };
}
