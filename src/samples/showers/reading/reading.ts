import { FileError } from '../../../errors.js';
import { paddedCells } from '../../../geometry/cell-table.js';
import type { Geometry } from '../../../geometry/geometry.js';
import { chosenGeometry, type KnownGeometry } from '../../../geometry/known-geometry.js';
import { binningWords } from '../../../geometry/point-binning.js';
import { type ChosenLayout, chosenLayouts } from '../../../layouts/chosen-layout.js';
import { requireOneOf } from '../../../names.js';
import type { PointTargetRecord } from '../../../native/contract/reading.js';
import {
  type ContentPolicy,
  type ContentProblem,
  negativePolicies,
  nonFinitePolicies,
  strictPolicy,
} from './oddities.js';
import { pointTarget } from './point-target.js';
import type { ShowerBlock, ShowerFileMetadata } from './reading-protocol.js';
import { type HitBlock, type PassOptions, ShowerReader } from './shower-reader.js';

export type { ContentPolicy, ContentProblem } from './oddities.js';
export type { ConditionRecord, DatasetRecord, ShowerBlock, ShowerFileMetadata } from './reading-protocol.js';
export type { HitBlock } from './shower-reader.js';

export interface OpenOptions {
  /** A geometry, its name, or the path of a binning file; guessed from the number of voxels where left out. */
  readonly geometry?: Geometry | string | undefined;
  /** Particle of a binning file that describes several. */
  readonly particle?: string | undefined;
  /** The name of a layout, the path of a description of one (JSON), or a description; recognized where left out. */
  readonly layout?: ChosenLayout;
  /** Group that holds the datasets, e.g. `/data/train`; where the layout says, usually the root, where left out. */
  readonly group?: string | undefined;
  /** Threads to read with. Default: those that the process may keep busy. What is read does not depend on it. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HitOptions extends Partial<ContentPolicy> {
  /** Called for each oddity that is no error, after the last block. */
  readonly onWarning?: (problem: ContentProblem) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface BlockOptions extends HitOptions {
  /** Numbers as stored: no unit is converted, nothing is checked, and no warning is given. */
  readonly asStored?: boolean;
}

/** An open file with a geometry that fits it. */
export interface ShowerFile {
  readonly path: string;
  readonly metadata: ShowerFileMetadata;
  readonly geometry: Geometry;
  /** How the geometry is known, in words. */
  readonly geometryReason: string;
  /**
   * The hits of all showers in file order, in blocks of showers that take some 8 MB when dense. What is on its way is
   * bounded: two blocks a thread, or 16 MB where that is more. One pass at a time. Aborting ends the file: close it.
   *
   * @throws FileError ERR_FILE_CORRUPT and others, ERR_NON_FINITE, ERR_NEGATIVE_ENERGY, ERR_INCIDENT_ENERGY: that of the
   * first block in file order which cannot be read; the reason of the signal when aborted.
   */
  hits(options?: HitOptions): AsyncIterable<HitBlock>;
  /** The same blocks with all voxels. */
  blocks(options?: BlockOptions): AsyncIterable<ShowerBlock>;
  /** SHA-256 of the file as hexadecimal digits, worked out in a thread of its own from now on. Closing the file ends it. */
  checksum(signal?: AbortSignal): Promise<string>;
  /** Ends the reading threads. May be called at any time and more than once. */
  close(): Promise<void>;
}

/**
 * Opens a shower file in one of the published layouts, or in a described one, in worker threads, and checks all that can be
 * checked without its numbers.
 *
 * @throws FileError with the codes for files and geometries; ERR_GEOMETRY when no geometry was given and the number of
 * voxels is not that of a published one; ERR_VOXEL_COUNT when it is not that of the geometry given.
 */
export async function openShowerFile(path: string, options: OpenOptions = {}): Promise<ShowerFile> {
  const given = await chosenGeometry(options.geometry, options.particle);
  const layouts = await chosenLayouts(options.layout, 'showers');
  const reader = await ShowerReader.open(path, { ...options, layouts, geometry: given?.geometry });
  try {
    const { geometry, reason } = given ?? (await guessedGeometry(reader));
    const chosen = geometryInFile(reader.metadata, geometry);
    const points = fittingPoints(reader, chosen);
    const cellWeights = weightsOfCells(reader, chosen);
    const pass = (hitOptions: HitOptions) => passOptions(chosen, points, cellWeights, hitOptions);
    return {
      path,
      metadata: reader.metadata,
      geometry: chosen,
      geometryReason: reason,
      hits: (hitOptions = {}) => reader.hits(pass(hitOptions)),
      blocks: (blockOptions = {}) =>
        blockOptions.asStored ? reader.stored(blockOptions.signal) : reader.dense(pass(blockOptions)),
      checksum: (signal) => reader.checksum(signal),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** A table of cells is filled up to the cells that each layer has in the file. */
export function geometryInFile({ shape, voxels }: ShowerFileMetadata, geometry: Geometry): Geometry {
  const [, layers, cells] = /^cells:(\d+)x(\d+)$/.exec(shape ?? '') ?? [];
  if (layers === undefined || voxels === geometry.voxels) return geometry;
  return paddedCells(geometry, Number(layers), Number(cells)) ?? geometry;
}

/**
 * How the points of a file become hits; null for voxels.
 *
 * @throws FileError ERR_VOXEL_COUNT for voxels of another geometry, ERR_GEOMETRY for points and a geometry that cannot bin them.
 */
function fittingPoints({ path, metadata }: ShowerReader, geometry: Geometry): PointTargetRecord | null {
  const { voxels } = metadata;
  if (voxels === null) return pointTarget(path, geometry);
  if (geometry.voxels === voxels) return null;
  const message = `its showers have ${voxels} voxels, geometry ${geometry.name} has ${geometry.voxels}; name another`;
  throw new FileError('ERR_VOXEL_COUNT', path, message);
}

/**
 * What energies are multiplied by; null: the layout does not ask for it.
 *
 * @throws FileError ERR_GEOMETRY for a geometry without weights.
 */
function weightsOfCells({ path, layout }: ShowerReader, geometry: Geometry): Float64Array | null {
  if (!layout.cellWeights) return null;
  if (geometry.cellWeights) return geometry.cellWeights;
  const message = `the layout ${layout.name} multiplies energies by weights of cells, which the geometry ${geometry.name} does not have; name a table of cells with a column weight`;
  throw new FileError('ERR_GEOMETRY', path, message);
}

function passOptions(
  geometry: Geometry,
  points: PointTargetRecord | null,
  cellWeights: Float64Array | null,
  options: HitOptions,
): PassOptions {
  const { nonFinite = strictPolicy.nonFinite, negative = strictPolicy.negative, onWarning, signal } = options;
  requireOneOf(nonFinitePolicies, nonFinite, 'nonFinite');
  requireOneOf(negativePolicies, negative, 'negative');
  return {
    policy: { nonFinite, negative },
    geometryName: geometry.name,
    points,
    cellWeights,
    onWarning,
    signal,
  };
}

async function guessedGeometry(reader: ShowerReader): Promise<KnownGeometry> {
  const own = await reader.ownGeometry();
  if (own) return own;
  const { path, metadata } = reader;
  if (metadata.voxels === null) {
    const needed = `its showers are points: name the geometry that bins them with --geometry (${binningWords})`;
    throw new FileError('ERR_GEOMETRY', path, needed);
  }
  const message = `no published geometry has ${metadata.voxels} voxels; name one with --geometry (cartesian:LxRxC or a binning file)`;
  throw new FileError('ERR_GEOMETRY', path, message);
}
