import { CaloscopeError } from '../errors.js';
import { caloganGrids } from '../geometry/published-geometries.js';

export type LayoutName = 'calogan' | 'calochallenge';

/** A dataset of voxel energies: `rowShape` is null where the number of voxels is free. */
export interface VoxelDataset {
  readonly name: string;
  readonly rowShape: readonly number[] | null;
}

/** Where a shower file keeps what, and in which units. */
export interface Layout {
  readonly name: LayoutName;
  /** Dataset of the incident energies, (N) or (N,1). */
  readonly energyDataset: string;
  /** Incident energy in MeV = stored number × this. */
  readonly energyInMev: number;
  readonly energyUnit: 'GeV' | 'MeV';
  /** Datasets of the voxel energies in MeV, in voxel order. */
  readonly voxelDatasets: readonly VoxelDataset[];
}

const calogan: Layout = {
  name: 'calogan',
  energyDataset: 'energy',
  energyInMev: 1000,
  energyUnit: 'GeV',
  voxelDatasets: caloganGrids.map(({ id, rows, columns }) => ({
    name: `layer_${id}`,
    rowShape: [rows, columns],
  })),
};

const calochallenge: Layout = {
  name: 'calochallenge',
  energyDataset: 'incident_energies',
  energyInMev: 1,
  energyUnit: 'MeV',
  voxelDatasets: [{ name: 'showers', rowShape: null }],
};

const layouts: Readonly<Record<LayoutName, Layout>> = { calogan, calochallenge };

export function layoutNamed(name: LayoutName): Layout {
  return layouts[name];
}

/** Dataset of toy files: ln(p_reference/p_generated) of each shower, known from the simulation. */
export const logDensityRatioDataset = 'log_density_ratio';
/** Root attribute that marks the toy showers of caloscope. */
export const toyAttribute = 'caloscope_toy';

/** All datasets that a layout needs. */
export function requiredDatasets(layout: Layout): string[] {
  return [layout.energyDataset, ...layout.voxelDatasets.map((dataset) => dataset.name)];
}

/** The layout of a group with objects of these names, or null. */
export function findLayout(names: ReadonlySet<string>): Layout | null {
  return (
    Object.values(layouts).find((layout) => requiredDatasets(layout).every((name) => names.has(name))) ?? null
  );
}

/**
 * Recognises the layout by the names in a group.
 *
 * @param expected the layout that the caller's geometry belongs to; null where it is not known.
 * @param groupsWithShowers groups elsewhere in the file that do hold a layout; named in the message.
 * @throws CaloscopeError ERR_DATASET_MISSING when datasets of a known layout are missing, ERR_LAYOUT when the file has
 * none of them, or has another layout than expected.
 */
export function recogniseLayout(
  names: ReadonlySet<string>,
  expected: LayoutName | null,
  groupsWithShowers: readonly string[],
): Layout {
  const wanted = expected ? layouts[expected] : null;
  if (wanted && requiredDatasets(wanted).every((name) => names.has(name))) return wanted;
  const found = findLayout(names);
  if (found && wanted) {
    throw new CaloscopeError(
      'ERR_LAYOUT',
      `the file has the ${found.name} layout, but the geometry belongs to ${wanted.name}; give another geometry`,
    );
  }
  if (found) return found;
  const closest = wanted ?? Object.values(layouts).find((layout) => hasVoxels(layout, names));
  const hint =
    groupsWithShowers.length > 0 ? `; there are showers in group ${groupsWithShowers.join(', ')}` : '';
  if (closest) {
    const missing = requiredDatasets(closest).filter((name) => !names.has(name));
    throw new CaloscopeError(
      'ERR_DATASET_MISSING',
      `dataset ${missing.join(', ')} of the ${closest.name} layout is missing (found: ${listNames(names)})${hint}`,
    );
  }
  const needs = Object.values(layouts).map(
    (layout) => `${layout.name} (${requiredDatasets(layout).join(', ')})`,
  );
  throw new CaloscopeError(
    groupsWithShowers.length > 0 ? 'ERR_DATASET_MISSING' : 'ERR_LAYOUT',
    `not a known shower layout: needed are ${needs.join(' or ')}, found: ${listNames(names)}${hint}`,
  );
}

function hasVoxels(layout: Layout, names: ReadonlySet<string>): boolean {
  return layout.voxelDatasets.some((dataset) => names.has(dataset.name)) || names.has(layout.energyDataset);
}

function listNames(names: ReadonlySet<string>): string {
  const listed = [...names].slice(0, 8);
  if (listed.length === 0) return 'nothing';
  return names.size > listed.length ? `${listed.join(', ')}, …` : listed.join(', ');
}

/** @throws CaloscopeError ERR_DATASET_SHAPE unless `shape` is (N) or (N,1). */
export function checkColumn(name: string, shape: readonly number[]): void {
  if (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) return;
  throw wrongShape(name, shape, '(N,1)');
}

/** @throws CaloscopeError ERR_DATASET_SHAPE unless `shape` is (N, …row shape of the dataset). */
export function checkVoxelShape(dataset: VoxelDataset, shape: readonly number[]): void {
  const { name, rowShape } = dataset;
  if (rowShape === null) {
    if (shape.length === 2 && (shape[1] as number) > 0) return;
    throw wrongShape(name, shape, '(N,voxels)');
  }
  const fits =
    shape.length === rowShape.length + 1 && rowShape.every((length, axis) => shape[axis + 1] === length);
  if (!fits) throw wrongShape(name, shape, `(N,${rowShape.join(',')})`);
}

function wrongShape(name: string, shape: readonly number[], needed: string): CaloscopeError {
  return new CaloscopeError(
    'ERR_DATASET_SHAPE',
    `dataset ${name} has shape (${shape.join(',')}), needed is ${needed}`,
  );
}
