import { chosenGeometry, type KnownGeometry } from '../../geometry/known-geometry.js';
import { binningWords } from '../../geometry/point-binning.js';
import { chosenLayouts } from '../../layouts/chosen-layout.js';
import type { EnergyUnit } from '../../layouts/units.js';
import { requireKnownOptions, requireText } from '../../names.js';
import { emptyText } from '../files-of-sample.js';
import { ContentCheck, type ContentSummary } from './reading/content-checks.js';
import type { ContentProblem } from './reading/oddities.js';
import { pointTarget } from './reading/point-target.js';
import {
  type ConditionRecord,
  type DatasetRecord,
  geometryInFile,
  type OpenOptions,
  type ShowerFileMetadata,
} from './reading/reading.js';
import { ShowerReader } from './reading/shower-reader.js';

/** What a shower file holds; plain JSON. Energies in MeV, whatever the file stores. */
export interface FileInspection {
  readonly path: string;
  readonly bytes: number;
  /** Name of the layout. */
  readonly layout: string;
  /** True for toy showers of caloscope. */
  readonly toy: boolean;
  readonly rows: number;
  /** Whether showers are points. */
  readonly points: boolean;
  /** Of the geometry, for points; null where there is none. */
  readonly voxels: number | null;
  /** Name of the geometry given or guessed; null where no published one has this number of voxels. */
  readonly geometry: string | null;
  /** How the geometry is known, in words: `guessed from 6480 voxels`; null where none is. */
  readonly geometryReason: string | null;
  /** Units in which the file stores its energies. */
  readonly storedUnits: { readonly incidentEnergies: EnergyUnit; readonly voxels: EnergyUnit };
  /** What the showers were made for, beside the incident energies. */
  readonly conditions: readonly ConditionRecord[];
  readonly datasets: readonly DatasetRecord[];
  readonly incidentEnergy: { readonly min: number; readonly max: number } | null;
  readonly voxelEnergy: { readonly min: number; readonly max: number } | null;
  /** Median over the showers of deposited over incident energy. */
  readonly depositedOverIncident: number | null;
  /** Share of voxels above 0. */
  readonly occupancy: number | null;
  /** The same by layer; null without a geometry. */
  readonly layers:
    | readonly { readonly id: number; readonly voxels: number; readonly occupancy: number }[]
    | null;
  /** All that is odd: errors would stop an evaluation, warnings would not. */
  readonly problems: readonly (
    | ContentProblem
    | { readonly severity: 'warning'; readonly code: 'ERR_GEOMETRY'; readonly message: string }
  )[];
}

export interface InspectOptions extends OpenOptions {
  /** Called with the number of showers read so far and of all showers. */
  readonly onProgress?: (progress: { readonly rows: number; readonly totalRows: number }) => void;
}

const inspectOptions: Readonly<Record<keyof InspectOptions, true>> = {
  geometry: true,
  particle: true,
  layout: true,
  group: true,
  threads: true,
  signal: true,
  onProgress: true,
};

/**
 * Reads a whole file and says what is in it. Odd numbers and a geometry that does not fit are reported, not thrown.
 *
 * @throws FileError for a file that cannot be read at all; the reason of the signal when aborted.
 */
export async function inspectShowerFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  requireText(path, 'path');
  requireKnownOptions(options, inspectOptions);
  const { signal, onProgress } = options;
  const given = await chosenGeometry(options.geometry, options.particle);
  const layouts = await chosenLayouts(options.layout, 'showers');
  const reader = await ShowerReader.open(path, { ...options, layouts, geometry: given?.geometry });
  try {
    const { metadata } = reader;
    const { known, problems } = await fittingGeometry(given, reader);
    const fitting = known?.geometry;
    const layerStarts = fitting?.layers.map((layer) => layer.firstVoxel) ?? [0];
    const ofPoints = metadata.voxels === null;
    const { summary, problems: odd } =
      ofPoints && !fitting
        ? unread(metadata)
        : await reader.inspect(layerStarts, fitting?.name ?? null, {
            points: fitting && ofPoints ? pointTarget(path, fitting) : null,
            signal,
            onProgress: (rows) => onProgress?.({ rows, totalRows: metadata.rows }),
          });
    return {
      path,
      bytes: metadata.bytes,
      layout: metadata.layout,
      toy: metadata.toy,
      rows: metadata.rows,
      points: ofPoints,
      voxels: metadata.voxels ?? fitting?.voxels ?? null,
      geometry: fitting?.name ?? null,
      geometryReason: known?.reason ?? null,
      storedUnits: metadata.units,
      conditions: metadata.conditions,
      datasets: metadata.datasets,
      incidentEnergy: summary.incidentEnergy,
      voxelEnergy: summary.voxelEnergy,
      depositedOverIncident: summary.depositedOverIncident,
      occupancy: summary.occupancy,
      layers:
        fitting?.layers.map(({ id, voxels }, i) => ({
          id,
          voxels,
          occupancy: summary.layerOccupancy[i] ?? 0,
        })) ?? null,
      problems: [...(metadata.rows === 0 ? [empty] : []), ...problems, ...odd],
    };
  } finally {
    await reader.close();
  }
}

const empty = { severity: 'error', code: 'ERR_TOO_FEW_ROWS', message: emptyText('showers') } as const;

/** Points without a geometry are not read. */
function unread({ problems }: ShowerFileMetadata): {
  summary: ContentSummary;
  problems: readonly ContentProblem[];
} {
  return { summary: new ContentCheck(null).summary(), problems };
}

/** The geometry to count layers by, and what is wrong with the one that was chosen. */
async function fittingGeometry(
  chosen: KnownGeometry | null,
  reader: ShowerReader,
): Promise<{ known: KnownGeometry | null; problems: FileInspection['problems'] }> {
  const { voxels } = reader.metadata;
  const given = chosen && { ...chosen, geometry: geometryInFile(reader.metadata, chosen.geometry) };
  if (given && (voxels === null || given.geometry.voxels === voxels)) return { known: given, problems: [] };
  if (given) {
    const message = `the showers have ${voxels} voxels, geometry ${given.geometry.name} has ${given.geometry.voxels}`;
    return { known: null, problems: [{ code: 'ERR_VOXEL_COUNT', message, severity: 'error' }] };
  }
  const known = await reader.ownGeometry();
  if (known) return { known, problems: [] };
  const message =
    voxels === null
      ? `its showers are points: name the geometry that bins them with --geometry (${binningWords})`
      : `no published geometry has ${voxels} voxels; name one with --geometry to see layers`;
  return { known: null, problems: [{ code: 'ERR_GEOMETRY', message, severity: 'warning' }] };
}
