import { CaloscopeError } from '../errors.js';
import type { FeatureDefinitions } from '../native/contract/showers.js';
import { numbersIn, placeholdersOf } from './placeholders.js';
import type { Layout, PointLayout, ShowerNumber } from './schema.js';

/** Dataset of toy files: ln(p_reference/p_generated) of each shower, known from the simulation. */
export const logDensityRatioDataset = 'log_density_ratio';
/** Root attribute that marks the toy showers of caloscope. */
export const toyAttribute = 'caloscope_toy';

/** What a file holds, as far as names go. */
export interface NamedObjects {
  /** Names in a group; empty where there is none of that path. */
  names(group: string): ReadonlySet<string>;
  /** Groups elsewhere in the file that hold one of these layouts. */
  groupsWithShowers(layouts: readonly Layout[]): readonly string[];
}

/** A layout, and the group whose datasets have it. */
export interface FoundLayout {
  readonly layout: Layout;
  readonly group: string;
}

/** All datasets that a layout needs, as they are written there. */
export function requiredDatasets(layout: Layout): string[] {
  const { incidentEnergies, conditions } = layout;
  const named = (number: ShowerNumber) => ('dataset' in number ? [number.dataset] : []);
  const all = [...named(incidentEnergies), ...showerDatasets(layout), ...conditions.flatMap(named)];
  return [...new Set(all)];
}

/** Those of the showers themselves. */
export function showerDatasets({ voxels, points }: Layout): string[] {
  return voxels?.datasets.map(({ dataset }) => dataset) ?? (points ? pointDatasets(points) : []);
}

/** Those of the points, in the order in which readers of their kind expect them. */
export function pointDatasets(points: PointLayout): string[] {
  if (points.kind === 'groups') {
    const quantities = Object.values(points.quantities).map(({ dataset }) => `${points.group}/${dataset}`);
    return [...new Set(quantities)];
  }
  if (points.kind === 'flat') {
    const quantities = Object.values(points.quantities).map(({ dataset }) => dataset);
    return [...new Set([points.showers, points.shower, ...quantities])];
  }
  const more = points.kind === 'padded' ? points.count : points.stride;
  return more === null ? [points.dataset] : [points.dataset, more];
}

/** The path of an object below a group. */
export function pathIn(group: string, path: string): string {
  return `/${[...group.split('/'), ...path.split('/')].filter((step) => step !== '').join('/')}`;
}

/**
 * The datasets in a group that a name of a layout stands for: one, or all that fit its placeholders, in order of their numbers.
 */
export function datasetsNamed(
  objects: NamedObjects,
  group: string,
  dataset: string,
): { readonly path: string; readonly numbers: ReadonlyMap<string, number> }[] {
  let found = [{ path: '', numbers: new Map<string, number>() }];
  for (const step of dataset.split('/').filter((part) => part !== '')) {
    found = found.flatMap(({ path, numbers }) =>
      namesLike(objects.names(pathIn(group, path)), step).map(({ name, values }) => ({
        path: path === '' ? name : `${path}/${name}`,
        numbers: new Map([...numbers, ...values]),
      })),
    );
  }
  const keys = placeholdersOf(dataset);
  const order = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>) =>
    keys
      .map((key) => (a.get(key) as number) - (b.get(key) as number))
      .find((difference) => difference !== 0) ?? 0;
  return found.sort((a, b) => order(a.numbers, b.numbers));
}

function namesLike(
  names: ReadonlySet<string>,
  step: string,
): { name: string; values: ReadonlyMap<string, number> }[] {
  if (placeholdersOf(step).length === 0) return names.has(step) ? [{ name: step, values: new Map() }] : [];
  return [...names].flatMap((name) => {
    const values = numbersIn(step, name);
    return values ? [{ name, values }] : [];
  });
}

/** Of names with a number, so many are looked into. */
const mostLookedInto = 64;

function has(objects: NamedObjects, group: string, dataset: string): boolean {
  const [first, ...below] = dataset.split('/').filter((step) => step !== '');
  if (first === undefined) return true;
  const found = namesLike(objects.names(pathIn(group, '')), first);
  if (below.length === 0) return found.length > 0;
  return found
    .slice(0, mostLookedInto)
    .some(({ name }) => has(objects, pathIn(group, name), below.join('/')));
}

/** Whether a group with these names has one of the layouts; what lies deeper is not looked at. */
export function holdsShowers(layouts: readonly Layout[], names: ReadonlySet<string>): boolean {
  const objects: NamedObjects = {
    names: (group) => (group === '/' ? names : new Set()),
    groupsWithShowers: () => [],
  };
  return layouts.some((layout) => requiredDatasets(layout).every((dataset) => has(objects, '/', dataset)));
}

/** The first layout that the objects in a group, or in a group that the layout names, have; null for none. */
export function findLayout(
  layouts: readonly Layout[],
  objects: NamedObjects,
  group: string | null,
): FoundLayout | null {
  for (const layout of layouts) {
    const groups = group !== null ? [group] : layout.groups.length > 0 ? layout.groups : ['/'];
    const fits = groups.find((path) =>
      requiredDatasets(layout).every((dataset) => has(objects, path, dataset)),
    );
    if (fits !== undefined) return { layout, group: fits };
  }
  return null;
}

/**
 * Recognizes the layout by the names in a file.
 *
 * @param group where the datasets lie; null: where the layout says.
 * @param expected definitions of the caller's geometry; null where it is not known.
 * @throws CaloscopeError ERR_DATASET_MISSING when datasets of a layout are missing, ERR_LAYOUT when the file has none of them,
 * or one with other definitions than expected.
 */
export function recognizeLayout(
  layouts: readonly Layout[],
  objects: NamedObjects,
  group: string | null,
  expected: FeatureDefinitions | null,
): FoundLayout {
  const wanted = layouts.filter(({ definitions }) => expected === null || definitions === expected);
  const fitting = findLayout(wanted, objects, group);
  if (fitting) return fitting;
  const found = findLayout(layouts, objects, group);
  if (found) {
    throw new CaloscopeError(
      'ERR_LAYOUT',
      `the file has the ${found.layout.name} layout, but the geometry belongs to ${expected}; give another geometry`,
    );
  }
  const elsewhere = group === null || group === '/' ? objects.groupsWithShowers(layouts) : [];
  const hint = elsewhere.length > 0 ? `; there are showers in group ${elsewhere.join(', ')}` : '';
  const place = group ?? '/';
  const names = objects.names(place);
  const possible = wanted.length > 0 ? wanted : layouts;
  const only = expected !== null || possible.length === 1 ? (possible[0] ?? null) : null;
  const incomplete =
    incompleteLayout(possible, objects, place) ?? (only && withMissing(only, objects, place));
  if (incomplete) {
    const { layout, missing } = incomplete;
    throw new CaloscopeError(
      'ERR_DATASET_MISSING',
      `dataset ${missing.join(', ')} of the ${layout.name} layout is missing (found: ${listNames(names)})${hint}`,
    );
  }
  throw new CaloscopeError(
    elsewhere.length > 0 ? 'ERR_DATASET_MISSING' : 'ERR_LAYOUT',
    `not a known shower layout (${layouts.map(({ name }) => name).join(', ')}): found are ${listNames(names)}${hint || '; describe its layout with --layout FILE.json, or see what is in it with inspect'}`,
  );
}

/** A layout of which a group has a part. */
export interface IncompleteLayout {
  readonly layout: Layout;
  /** Of its datasets of showers, those that are there. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** The layout of which a group has most, voxels or points among it; null where it has those of none. */
export function incompleteLayout(
  layouts: readonly Layout[],
  objects: NamedObjects,
  group: string,
): IncompleteLayout | null {
  const share = ({ layout, missing }: IncompleteLayout) =>
    1 - missing.length / requiredDatasets(layout).length;
  const [most] = layouts
    .map((layout) => withMissing(layout, objects, group))
    .filter(({ found }) => found.length > 0)
    .sort((a, b) => share(b) - share(a));
  return most ?? null;
}

function withMissing(layout: Layout, objects: NamedObjects, group: string): IncompleteLayout {
  const there = (dataset: string) => has(objects, group, dataset);
  return {
    layout,
    found: showerDatasets(layout).filter(there),
    missing: requiredDatasets(layout).filter((dataset) => !there(dataset)),
  };
}

function listNames(names: ReadonlySet<string>): string {
  const listed = [...names].slice(0, 8);
  if (listed.length === 0) return 'nothing';
  return names.size > listed.length ? `${listed.join(', ')}, …` : listed.join(', ');
}
