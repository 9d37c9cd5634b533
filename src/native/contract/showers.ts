/** native/addon/shower_operations.cc as TypeScript sees it. */
import type { JobHandle, NativeHandle, Notify } from './jobs.js';

export type ShowerTableHandle = NativeHandle<'shower-table'>;
export type FeatureTableHandle = NativeHandle<'feature-table'>;

/** The publications whose definitions of the feature sets a geometry can have. */
export const featureDefinitions = ['calochallenge', 'calogan'] as const;
export type FeatureDefinitions = (typeof featureDefinitions)[number];

/** What the two coordinates across the shower axis are called: η and φ, or x (columns) and y (rows) in a plain grid. */
export const transverseCoordinates = ['eta-phi', 'x-y'] as const;
export type TransverseCoordinates = (typeof transverseCoordinates)[number];

/** What the core needs of a geometry; `radius`, `eta`, `phi` one a voxel. */
export interface NativeGeometry {
  /** Which published definitions of the feature sets apply. */
  readonly definitions: FeatureDefinitions;
  readonly transverse: TransverseCoordinates;
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
  /** The layer's own number; null: of the whole shower. */
  readonly layer: number | null;
  /** Whether evaluations compare it; false: only who names it gets it, because others say the same or nearly so. */
  readonly compared: boolean;
}

/** The feature sets by name; all but `full` are published. The definitions are in docs/definitions.md and in native/core/samples/feature_set.h. */
export const featureSetNames = ['full', 'low', 'low-normalised', 'high'] as const;
export type FeatureSetName = (typeof featureSetNames)[number];

export interface ShowerTableRecord {
  readonly voxels: number;
  readonly rows: number;
  /** Voxels other than zero, of all showers. */
  readonly hits: number;
  readonly bytes: number;
}

/** Rows that are copies of others. Row numbers are whole. */
export interface RepeatedRows {
  /** Ascending. */
  readonly rows: Float64Array;
  /** The row that each is a copy of. */
  readonly originals: Float64Array;
}

/** Rows that occur more than once, within a sample and across two. */
export interface RepeatedInPair {
  /** Rows that repeat an earlier row of the first sample. */
  readonly withinFirst: RepeatedRows;
  readonly withinSecond: RepeatedRows;
  /** Rows of the second sample that also occur in the first; the originals are rows of the first. */
  readonly shared: RepeatedRows;
}

/** A histogram that every shower fills with its hits; see native/core/samples/shower_profiles.h. */
export interface ProfileRecord {
  /** One entry a voxel: its place on the axis; 2³² − 1: none. */
  readonly place: Uint32Array;
  readonly places: number;
  /** MeV: each place has a bin between two of these, for hits of such an energy; empty: no such bins. */
  readonly energyEdges: Float64Array;
  /** Sums energies; otherwise counts voxels above zero. */
  readonly energies: boolean;
  /** Sums products of what a shower has in two cells, too. */
  readonly products: boolean;
}

/** Over the showers, with c what one shower has in a cell and w its weight; one entry a cell. */
export interface ProfileSumsRecord {
  /** Σ w c */
  readonly contents: Float64Array;
  /** Σ w² c */
  readonly squareWeighted: Float64Array;
  /** Σ w² c² */
  readonly squares: Float64Array;
  /** Σ w² c_i c_j, i ≥ j, of each profile that has them, one after the other: place i (i + 1)/2 + j. */
  readonly products: Float64Array;
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
  /** `conditions`: rows × conditionColumns, stored before the columns of the set. */
  makeFeatures(
    table: ShowerTableHandle,
    geometry: NativeGeometry,
    set: FeatureSetName,
    threshold: number | null,
    conditions: Float32Array,
    conditionColumns: number,
    threads: number,
    notify: Notify<FeatureTableHandle>,
  ): JobHandle;
  /** rows × columns, copied. */
  makeMatrix(values: Float32Array, columns: number): FeatureTableHandle;
  /** count × columns, zeros included. */
  featureTableRows(table: FeatureTableHandle, first: number, count: number): Float32Array;
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
  /**
   * Sums of each weight column over the cells of all profiles, one profile after the other. A column that is null weights every
   * shower with 1.
   */
  profileSums(
    table: ShowerTableHandle,
    threshold: number | null,
    profiles: readonly ProfileRecord[],
    weights: readonly (Float64Array | null)[],
    threads: number,
    notify: Notify<readonly ProfileSumsRecord[]>,
  ): JobHandle;
  repeatedShowers(
    first: ShowerTableHandle,
    second: ShowerTableHandle,
    notify: Notify<RepeatedInPair>,
  ): JobHandle;
  /** Of matrices; rows of few discrete values do not count. */
  repeatedRows(
    first: FeatureTableHandle,
    second: FeatureTableHandle,
    notify: Notify<RepeatedInPair>,
  ): JobHandle;
  /** A copy without these rows, which ascend. */
  showersWithout(table: ShowerTableHandle, rows: Float64Array, notify: Notify<ShowerTableHandle>): JobHandle;
  /**
   * Of the stored columns, over the rows of both: columns × (lowest, low, high, highest). Below low, and above high, lies a
   * thousandth of the rows.
   */
  columnRanges(
    first: FeatureTableHandle,
    second: FeatureTableHandle,
    threads: number,
    notify: Notify<Float64Array>,
  ): JobHandle;
  /** Rows below `low` or above `high`, one number a stored column. */
  rowsOutside(
    table: FeatureTableHandle,
    low: Float32Array,
    high: Float32Array,
    notify: Notify<Float64Array>,
  ): JobHandle;
}
