import { CaloscopeError } from '../errors.js';
import type { Layout, VoxelDataset } from './schema.js';

/** Dataset of toy files: ln(p_reference/p_generated) of each shower, known from the simulation. */
export const logDensityRatioDataset = 'log_density_ratio';
/** Root attribute that marks the toy showers of caloscope. */
export const toyAttribute = 'caloscope_toy';

/** All datasets that a layout needs. */
export function requiredDatasets(layout: Layout): string[] {
  return [layout.incidentEnergies.dataset, ...layout.voxels.map(({ dataset }) => dataset)];
}

/** The first layout that a group with objects of these names has, or null. */
export function findLayout(layouts: readonly Layout[], names: ReadonlySet<string>): Layout | null {
  return layouts.find((layout) => isComplete(layout, names)) ?? null;
}

function isComplete(layout: Layout, names: ReadonlySet<string>): boolean {
  return requiredDatasets(layout).every((name) => names.has(name));
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
  layouts: readonly Layout[],
  names: ReadonlySet<string>,
  expected: Layout | null,
  groupsWithShowers: readonly string[],
): Layout {
  const wanted = expected;
  if (wanted && isComplete(wanted, names)) return wanted;
  const found = findLayout(layouts, names);
  if (found && wanted) {
    throw new CaloscopeError(
      'ERR_LAYOUT',
      `the file has the ${found.name} layout, but the geometry belongs to ${wanted.name}; give another geometry`,
    );
  }
  if (found) return found;
  const closest = wanted ?? layouts.find((layout) => hasVoxels(layout, names));
  const hint =
    groupsWithShowers.length > 0 ? `; there are showers in group ${groupsWithShowers.join(', ')}` : '';
  if (closest) {
    const missing = requiredDatasets(closest).filter((name) => !names.has(name));
    throw new CaloscopeError(
      'ERR_DATASET_MISSING',
      `dataset ${missing.join(', ')} of the ${closest.name} layout is missing (found: ${listNames(names)})${hint}`,
    );
  }
  const needs = layouts.map((layout) => `${layout.name} (${requiredDatasets(layout).join(', ')})`);
  throw new CaloscopeError(
    groupsWithShowers.length > 0 ? 'ERR_DATASET_MISSING' : 'ERR_LAYOUT',
    `not a known shower layout: needed are ${needs.join(' or ')}, found: ${listNames(names)}${hint}`,
  );
}

function hasVoxels(layout: Layout, names: ReadonlySet<string>): boolean {
  return requiredDatasets(layout).some((name) => names.has(name));
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
  const { dataset: name, rowShape } = dataset;
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
