import type { PointQuantity } from '../../../layouts/schema.js';
import type { PointColumnRecord } from '../../../native/contract/reading.js';
import type { DatasetHeader, OpenDataset } from './open-dataset.js';
import type { ReadingPlan } from './reading-protocol.js';

/** Where the points of some showers lie. */
export interface PlacedPoints {
  /** Of each shower: its first point, and how many there are. */
  readonly first: Float64Array;
  readonly count: Float64Array;
  readonly columns: Readonly<Partial<Record<PointQuantity, PointColumnRecord>>>;
}

/** The points of a file, however they are kept. */
export interface PointSource {
  /** Datasets that have a row a shower. */
  readonly ofShowers: readonly DatasetHeader[];
  readonly datasets: readonly (DatasetHeader | OpenDataset)[];
  readonly storedType: string;
  readonly plan: ReadingPlan;
  /** They hold until the next call. @throws CaloscopeError ERR_POINTS and others for files. */
  read(firstRow: number, rows: number): PlacedPoints;
}
