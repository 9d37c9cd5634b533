import { ArgumentError } from '../../errors.js';
import { definitionsOf, type Geometry } from '../../geometry/geometry.js';
import { asGiven } from '../../geometry/known-geometry.js';
import { requireInstance, requireKnownOptions } from '../../names.js';
import { native } from '../../native/binding.js';
import type { NativeGeometry, RepeatedInPair, ShowerTableHandle } from '../../native/contract/showers.js';
import { requireNumberArray } from '../../native/number-array.js';
import { callNative, type JobOptions, jobOptions, NativeObject, runJob } from '../../native/run-job.js';
import { densitiesOfRows, type OwnDensities } from '../own-densities.js';
import type { FileOfSample, SampleFile } from '../sample-file.js';
import { rowsWithout, sourceRowsOf } from '../source-rows.js';
import type { PointSummary } from './point-summary.js';
import type { ContentProblem } from './reading/oddities.js';

/** What showers were made for: an angle, a position. */
export interface ShowerCondition {
  readonly name: string;
  /** For axis labels. */
  readonly label: string;
  readonly unit: string;
  /** One a shower. */
  readonly values: Float64Array;
}

/** What is known of each shower beside its energies. */
interface KnownOfShowers {
  readonly conditions: readonly ShowerCondition[];
  readonly logDensityRatio: Float64Array | null;
  readonly points?: PointSummary | null;
  readonly densities?: OwnDensities | null;
  readonly sourceRows?: Float64Array | null;
}

/** Where the showers of a sample come from. */
export interface ShowerOrigin {
  /** The path as given, or the name of an array; of several files the first, and how many more there are. */
  readonly source: string;
  /** The files, in the order of their rows; none for an array. */
  readonly files: readonly FileOfSample[];
  /** The same, known for a part of files, too, before they are read to their ends. */
  readonly countedThrough: readonly SampleFile[];
  /** Whether `source` is a file. */
  readonly file: boolean;
  /**
   * SHA-256 of the file, of the very bytes that were read; of several files that of their checksums, as text, one after the other;
   * null for an array.
   */
  readonly sha256: string | null;
  /** Name of the layout. */
  readonly layout: string;
  /** How the geometry is known, in words: `guessed from 6480 voxels`. */
  readonly geometryReason: string;
  /** True where the file says that its showers come from caloscope's toy simulation. */
  readonly toy: boolean;
}

/**
 * Showers in native memory, of which only the hits are kept; energies in MeV, exactly as in the file. Rows are
 * those of the file, unless some were left out. Free it with `dispose()` or `using`.
 */
export class ShowerSample extends NativeObject<'shower-table'> {
  readonly geometry: Geometry;
  readonly origin: ShowerOrigin;
  /** What was odd in the file and was not refused. */
  readonly problems: readonly ContentProblem[];
  /** ln(p_reference/p_generated) of each shower where the file knows it (toys for closure); otherwise null. */
  readonly logDensityRatio: Float64Array | null;
  /** What the showers were made for, beside the incident energies; as in the file, not converted. */
  readonly conditions: readonly ShowerCondition[];
  /** What is kept of the points that the hits were made of; null for showers that were voxels. */
  readonly points: PointSummary | null;
  /** How well the generator knows its own density; null: the files do not say. */
  readonly densities: OwnDensities | null;
  readonly rows: number;
  /** The row of each shower in the files, where some were left out (`nonFinite`, `negative`: `drop`); null: row i is row i. */
  readonly sourceRows: Float64Array | null;

  private constructor(
    handle: ShowerTableHandle,
    geometry: Geometry,
    origin: ShowerOrigin,
    problems: readonly ContentProblem[],
    { conditions, logDensityRatio, points = null, densities = null, sourceRows = null }: KnownOfShowers,
  ) {
    super(handle);
    this.geometry = geometry;
    this.origin = origin;
    this.problems = problems;
    this.conditions = conditions;
    this.logDensityRatio = logDensityRatio;
    this.points = points;
    this.densities = densities;
    this.sourceRows = sourceRows;
    this.rows = callNative(() => native().showerTable(handle)).rows;
  }

  /** @internal Takes over a table of the core; users call openShowers or showersFromArrays. */
  static adopt(
    handle: ShowerTableHandle,
    geometry: Geometry,
    origin: ShowerOrigin,
    problems: readonly ContentProblem[] = [],
    known: KnownOfShowers = { conditions: [], logDensityRatio: null },
  ): ShowerSample {
    return new ShowerSample(handle, geometry, origin, problems, known);
  }

  /** @internal */
  protected override get shown(): string {
    return `${this.rows} showers of ${this.geometry.voxels} voxels (${this.geometry.name}), ${this.origin.source}`;
  }

  /** @internal */
  protected override free(): void {
    super.free();
    this.points?.dispose();
  }

  /** Share of voxels that are not zero. */
  get occupancy(): number {
    const { hits, rows, voxels } = callNative(() => native().showerTable(this.handle));
    return rows === 0 ? 0 : hits / (rows * voxels);
  }

  /** MeV, one a shower. */
  incidentEnergies(): Float64Array {
    return callNative(() => native().incidentEnergies(this.handle));
  }

  /** Voxel energies in MeV of `count` showers from row `first`: count × voxels, zeros included. */
  read(first: number, count: number): Float64Array {
    return callNative(() => native().readShowers(this.handle, first, count));
  }
}

/**
 * Showers that are in memory already.
 *
 * @param showers `incidentEnergies` (rows) and `voxels` (rows × voxels of the geometry, row by row), both in MeV; `conditions`:
 * what the showers were made for beside the energy, one value a shower; copied.
 * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE, NativeError ERR_NON_FINITE.
 */
export function showersFromArrays(
  showers: {
    readonly incidentEnergies: Float64Array;
    readonly voxels: Float32Array | Float64Array;
    readonly conditions?: readonly ShowerCondition[];
    /** Of toys, which are taken as they come; not used. */
    readonly logDensityRatio?: Float64Array | undefined;
  },
  geometry: Geometry,
  name = 'array',
): ShowerSample {
  requireKnownOptions(showers, {
    incidentEnergies: true,
    voxels: true,
    conditions: true,
    logDensityRatio: true,
  });
  requireGeometry(geometry);
  const { incidentEnergies, voxels, conditions = [] } = showers;
  if (!(incidentEnergies instanceof Float64Array)) {
    throw new ArgumentError('ERR_ARGUMENT', 'incidentEnergies must be a Float64Array');
  }
  requireNumberArray(voxels, 'voxels');
  for (const { name: condition, values } of conditions) {
    if (values.length === incidentEnergies.length) continue;
    const message = `${values.length} values of ${condition} are not those of ${incidentEnergies.length} showers`;
    throw new ArgumentError('ERR_SHAPE', message);
  }
  if (voxels.length !== incidentEnergies.length * geometry.voxels) {
    throw new ArgumentError(
      'ERR_SHAPE',
      `${voxels.length} voxel energies are not ${incidentEnergies.length} showers of ${geometry.voxels} voxels (${geometry.name})`,
    );
  }
  const handle = native().createShowerTable(geometry.voxels, incidentEnergies.length);
  callNative(() => native().appendShowers(handle, incidentEnergies, voxels));
  const layout = definitionsOf(geometry);
  const origin = {
    source: name,
    files: [],
    countedThrough: [],
    file: false,
    sha256: null,
    layout,
    geometryReason: asGiven,
    toy: false,
  };
  const known = {
    conditions: conditions.map((one) => ({ ...one, values: one.values.slice() })),
    logDensityRatio: null,
  };
  return ShowerSample.adopt(handle, geometry, origin, [], known);
}

function requireGeometry(geometry: Geometry): void {
  if (Array.isArray(geometry?.layers) && geometry.eta instanceof Float64Array) return;
  throw new ArgumentError('ERR_ARGUMENT', 'geometry must be what resolveGeometry gives');
}

/** Showers that occur twice in a sample or in both; showers without energy are left out. */
export async function findRepeatedShowers(
  first: ShowerSample,
  second: ShowerSample,
  options: JobOptions = {},
): Promise<RepeatedInPair> {
  for (const sample of [first, second]) requireInstance(sample, ShowerSample, 'a sample');
  requireKnownOptions(options, jobOptions);
  return await runJob((notify) => native().repeatedShowers(first.handle, second.handle, notify), options);
}

/** A copy of a sample without some rows, which ascend. */
export async function showersWithout(
  sample: ShowerSample,
  rows: Float64Array,
  options: JobOptions = {},
): Promise<ShowerSample> {
  const handle = await runJob<ShowerTableHandle>(
    (notify) => native().showersWithout(sample.handle, rows, notify),
    options,
  );
  const removed = new Set(rows);
  const left = (values: Float64Array) => values.filter((_, row) => !removed.has(row));
  const { geometry, origin, problems, conditions, logDensityRatio, points, densities, sourceRows } = sample;
  const kept = rowsWithout(sample.rows, rows);
  return ShowerSample.adopt(handle, geometry, origin, problems, {
    conditions: conditions.map((condition) => ({ ...condition, values: left(condition.values) })),
    logDensityRatio: logDensityRatio && left(logDensityRatio),
    points: points && (await points.without(rows, options)),
    densities: densitiesOfRows(densities, kept),
    sourceRows: sourceRowsOf({ sourceRows }, kept),
  });
}

/** The geometry as the core takes it. @throws ArgumentError ERR_ARGUMENT for what is none. */
export function nativeGeometry(geometry: Geometry): NativeGeometry {
  requireGeometry(geometry);
  return {
    definitions: definitionsOf(geometry),
    transverse: geometry.transverse,
    firstVoxel: Uint32Array.from([...geometry.layers.map((layer) => layer.firstVoxel), geometry.voxels]),
    layerId: Uint32Array.from(geometry.layers, (layer) => layer.id),
    angular: Uint8Array.from(geometry.layers, (layer) => (layer.angular ? 1 : 0)),
    lengthUnit: geometry.lengthUnit,
    eta: geometry.eta,
    phi: geometry.phi,
    radius: geometry.radius,
  };
}
