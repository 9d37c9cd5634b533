/** native/addon/shower_operations.cc as TypeScript sees it. */
import type { JobHandle, NativeHandle, Notify } from './jobs.js';

export type ShowerTableHandle = NativeHandle<'shower-table'>;
export type FeatureTableHandle = NativeHandle<'feature-table'>;

/** The publications whose definitions of the feature sets a geometry can have. */
export const featureDefinitions = ['calochallenge', 'calogan'] as const;
export type FeatureDefinitions = (typeof featureDefinitions)[number];

/** What the core needs of a geometry; `radius`, `eta`, `phi` one a voxel. */
export interface NativeGeometry {
  /** Which published definitions of the feature sets apply. */
  readonly definitions: FeatureDefinitions;
  /** One more entry than layers. */
  readonly firstVoxel: Uint32Array;
  readonly layerId: Uint32Array;
  readonly angular: Uint8Array;
  /** Of the positions. */
  readonly lengthUnit: string;
  readonly eta: Float64Array;
  readonly phi: Float64Array;
  readonly radius: Float64Array;
}

export interface ObservableRecord {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
}

/** The feature sets by name; all but `full` are published. The definitions are in the README and in native/core/samples/feature_set.h. */
export const featureSetNames = ['full', 'low', 'low-normalised', 'high'] as const;
export type FeatureSetName = (typeof featureSetNames)[number];

export interface ShowerTableRecord {
  readonly voxels: number;
  readonly rows: number;
  /** Voxels other than zero, of all showers. */
  readonly hits: number;
  readonly bytes: number;
}

/** How many rows repeat another, with the first such pair. */
export interface RepeatedRows {
  readonly count: number;
  readonly firstRow: number;
  readonly secondRow: number;
}

export interface RepeatedShowers {
  readonly withinFirst: RepeatedRows;
  readonly withinSecond: RepeatedRows;
  readonly shared: RepeatedRows;
}

export interface ShowerOperations {
  createShowerTable(voxels: number, expectedRows: number): ShowerTableHandle;
  /** MeV; `voxels` is rows × voxels. */
  appendShowers(
    table: ShowerTableHandle,
    incidentEnergies: Float64Array,
    voxels: Float32Array | Float64Array,
  ): void;
  showerTable(table: ShowerTableHandle): ShowerTableRecord;
  incidentEnergies(table: ShowerTableHandle): Float64Array;
  /** count × voxels, zeros included. */
  readShowers(table: ShowerTableHandle, first: number, count: number): Float64Array;
  featureNames(geometry: NativeGeometry, set: FeatureSetName): string[];
  /** count × columns in double precision. */
  featureRows(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    set: FeatureSetName,
    threshold: number | null,
    first: number,
    count: number,
  ): Float64Array;
  makeFeatures(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    set: FeatureSetName,
    threshold: number | null,
    threads: number,
    notify: Notify<FeatureTableHandle>,
  ): JobHandle;
  /** rows × columns, copied. */
  makeMatrix(values: Float32Array, columns: number): FeatureTableHandle;
  observables(geometry: NativeGeometry): ObservableRecord[];
  /** chosen × rows, one observable after the other. */
  observableValues(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    threshold: number | null,
    chosen: Uint32Array,
    threads: number,
    notify: Notify<Float64Array>,
  ): JobHandle;
  repeatedShowers(
    first: ShowerTableHandle,
    second: ShowerTableHandle,
    notify: Notify<RepeatedShowers>,
  ): JobHandle;
}
