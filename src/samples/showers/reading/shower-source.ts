import { fstatSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CaloscopeError, type ErrorCode } from '../../../errors.js';
import type { Library } from '../../../formats/hdf5/library.js';
import { corrupt } from '../../../formats/hdf5/reader/byte-cursor.js';
import { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { Hdf5Links } from '../../../formats/hdf5/reader/links.js';
import { type PlainGroup, readPlainGroup } from '../../../formats/hdf5/reader/plain-group.js';
import { checkSuperblock } from '../../../formats/hdf5/reader/superblock.js';
import type { ArrayPlace } from '../../../formats/numpy/array-place.js';
import { arraysOf, isNumpyFile, isSingleColumn } from '../../../formats/numpy/stored-arrays.js';
import { numbersWithin } from '../../../layouts/placeholders.js';
import {
  datasetsNamed,
  type FoundLayout,
  findLayout,
  holdsShowers,
  logDensityRatioDataset,
  type NamedObjects,
  pathIn,
  recognizeLayout,
  showerDatasets,
  toyAttribute,
} from '../../../layouts/recognition.js';
import type { GroupPointLayout, Layout, ShowerNumber } from '../../../layouts/schema.js';
import { showerUnit } from '../../../layouts/units.js';
import { type DatasetHeader, inDataset, readHeader } from './open-dataset.js';
import type {
  OpenRequest,
  PartDatasets,
  ShowerFileMetadata,
  ShowerGroupPlaces,
  ShowerPlaces,
} from './reading-protocol.js';
import { StoredPoints } from './stored-points.js';
import { StoredShowers } from './stored-showers.js';

/** An open shower file: found, checked, ready to be read. */
export interface ShowerSource {
  readonly metadata: ShowerFileMetadata;
  readonly places: ShowerPlaces;
  readonly showers: FileShowers;
  readonly file: FileBytes;
}

/** Showers as voxels or as points. */
export type FileShowers = StoredShowers | StoredPoints;

/** A file whose objects are looked up by their paths. */
interface FileTree extends NamedObjects {
  readHeader(path: string): DatasetHeader;
  /** Where the header of a group lies. */
  groupAddress(path: string): number;
  hasRootAttribute(name: string): boolean;
}

/**
 * Finds the showers of a file that is plain and sound, in milliseconds; null for every other file: the library finds what
 * is in it, or what is wrong with it. Synchronous, meant for a worker thread.
 */
export function openPlainSource(file: FileBytes, request: OpenRequest): ShowerSource | null {
  try {
    const rootAddress = checkSuperblock(file);
    const root = rootAddress === null ? null : readPlainGroup(file, rootAddress);
    return root && assemble(file, plainTree(file, root), request);
  } catch (error) {
    if (error instanceof CaloscopeError) return null;
    throw error;
  }
}

/** Whatever is not plain on the way throws: the library is to look. */
function plainTree(file: FileBytes, root: PlainGroup): FileTree {
  const groups = new Map<string, PlainGroup | null>([['/', root]]);
  const address = (path: string): number | null => {
    const { links } = group(path.slice(0, path.lastIndexOf('/')) || '/') ?? {};
    const found = links?.get(path.slice(path.lastIndexOf('/') + 1));
    if (found === null) throw corrupt(`${path} is not in place`);
    return found ?? null;
  };
  const group = (path: string): PlainGroup | null => {
    const known = groups.get(path);
    if (known !== undefined) return known;
    const at = address(path);
    const found = at === null ? null : readPlainGroup(file, at);
    if (at !== null && found === null) throw corrupt(`${path} is not a plain group`);
    groups.set(path, found);
    return found;
  };
  const inPlace = (path: string): number => {
    const at = address(path);
    if (at === null) throw corrupt(`${path} is not in place`);
    return at;
  };
  return {
    names: (path) => new Set(group(path)?.links.keys()),
    groupsWithShowers: () => [],
    readHeader: (path) => readHeader(file, { path, address: inPlace(path) }),
    groupAddress: inPlace,
    hasRootAttribute: (name) => root.attributes.has(name),
  };
}

/**
 * Finds the showers of any file. Synchronous, meant for a worker thread.
 *
 * @throws CaloscopeError with any of the codes for files.
 */
export function openShowerSource(library: Library, descriptor: number, request: OpenRequest): ShowerSource {
  const file = new FileBytes(descriptor, request.path);
  checkSuperblock(file);
  const links = new Hdf5Links(library, request.path);
  try {
    requireSameFile(descriptor, request.path);
    const group = request.group === null ? null : links.resolve(request.group);
    return assemble(file, linkedTree(file, links), { ...request, group });
  } finally {
    links.close();
  }
}

/** The library opened the file by its path. @throws CaloscopeError ERR_FILE_ACCESS where another lies there by now. */
function requireSameFile(descriptor: number, path: string): void {
  const [opened, found] = [fstatSync(descriptor, { bigint: true }), statSync(path, { bigint: true })];
  if (opened.dev === found.dev && opened.ino === found.ino) return;
  throw new CaloscopeError(
    'ERR_FILE_ACCESS',
    'another file took its place while it was opened; read it again',
  );
}

/**
 * Finds the showers of a file of NumPy, whose arrays are its datasets. Where the layout was not chosen, arrays of its names that have
 * one number a row each are the columns of a table.
 *
 * @throws CaloscopeError with any of the codes for files.
 */
export async function openNumpySource(file: FileBytes, request: OpenRequest): Promise<ShowerSource> {
  const arrays = new Map((await arraysOf(file)).map((array) => [`/${array.name}`, array]));
  const tree: FileTree = {
    names: (group) => {
      const begin = group === '/' ? group : `${group}/`;
      const below = [...arrays.keys()].filter((path) => path.startsWith(begin));
      return new Set(below.map((path) => path.slice(begin.length).split('/')[0] as string));
    },
    groupsWithShowers: () => [],
    readHeader: (path) => readHeader(file, { path, array: arrays.get(path) as ArrayPlace }),
    groupAddress: (path) => {
      throw new CaloscopeError('ERR_LAYOUT', `${path} is no group: files of NumPy have none`);
    },
    hasRootAttribute: () => false,
  };
  try {
    return assemble(file, tree, request);
  } catch (error) {
    if (request.layouts.length === 1 || !(error instanceof CaloscopeError)) throw error;
    if (!misfits.includes(error.code) || !areColumns(file, arrays, tree, request)) throw error;
    throw new CaloscopeError('ERR_LAYOUT', error.message, { cause: error });
  }
}

/** What arrays are refused with that are no showers. */
const misfits: readonly ErrorCode[] = ['ERR_DATASET_SHAPE', 'ERR_DATASET_TYPE', 'ERR_ROW_MISMATCH'];

/** Whether arrays with the names of showers hold one number a row each. */
function areColumns(
  file: FileBytes,
  arrays: ReadonlyMap<string, ArrayPlace>,
  tree: FileTree,
  { layouts, group, definitions }: OpenRequest,
): boolean {
  const found = recognizeLayout(layouts, tree, group, definitions);
  const paths = showerDatasets(found.layout).flatMap((dataset) =>
    datasetsNamed(tree, found.group, dataset).map(({ path }) => pathIn(found.group, path)),
  );
  try {
    return paths.every((path) => isSingleColumn(file, arrays.get(path) as ArrayPlace));
  } catch {
    return false; // why it is refused was told already
  }
}

function linkedTree(file: FileBytes, links: Hdf5Links): FileTree {
  const known = new Map<string, ReadonlySet<string>>();
  const names = (path: string) => {
    const group = links.resolveGroup(path);
    const found = new Set(group === null ? [] : links.names(group));
    known.set(path, found);
    return found;
  };
  return {
    names: (path) => known.get(path) ?? names(path),
    groupsWithShowers: (layouts) => links.findGroups((found) => holdsShowers(layouts, found)),
    readHeader: (path) => readCheckedHeader(file, links, path),
    groupAddress: (path) => links.groupAddress(path),
    hasRootAttribute: (name) => links.hasRootAttribute(name),
  };
}

/** Layouts of the same names may be of other shapes: the first that fits is taken. */
function assemble(file: FileBytes, tree: FileTree, request: OpenRequest): ShowerSource {
  const { layout, group } = recognizeLayout(request.layouts, tree, request.group, request.definitions);
  try {
    return assembleAs({ layout, group }, file, tree, request.path);
  } catch (error) {
    if (!(error instanceof CaloscopeError) || error.code !== 'ERR_DATASET_SHAPE') throw error;
    const others = request.layouts.slice(request.layouts.indexOf(layout) + 1);
    for (let other = findLayout(others, tree, request.group); other; ) {
      try {
        return assembleAs(other, file, tree, request.path);
      } catch {
        other = findLayout(others.slice(others.indexOf(other.layout) + 1), tree, request.group);
      }
    }
    throw error;
  }
}

function assembleAs(
  { layout, group }: FoundLayout,
  file: FileBytes,
  tree: FileTree,
  path: string,
): ShowerSource {
  const groups = layout.points?.kind === 'groups' ? findGroups(tree, layout, group, path) : null;
  const parts = groups ? [] : findParts(tree, layout, group, path);
  const headers = parts.map((part) => mapped(part, (path) => tree.readHeader(path)));
  const showers = openShowers(file, layout, headers, groups);
  const toy = tree.hasRootAttribute(toyAttribute);
  const places: ShowerPlaces = {
    layout,
    parts: headers.map((part) => mapped(part, ({ place }) => place)),
    groups,
    shapeGeometry: showers.shapeGeometry,
  };
  return { metadata: describe(showers, layout, toy, file.size), places, showers, file };
}

function openShowers(
  file: FileBytes,
  layout: Layout,
  headers: readonly PartDatasets<DatasetHeader>[],
  groups: ShowerGroupPlaces | null,
): FileShowers {
  if (groups) return StoredPoints.ofGroups(file, layout, groups);
  return layout.points
    ? StoredPoints.ofDatasets(file, layout, headers[0] as PartDatasets<DatasetHeader>)
    : new StoredShowers(file, layout, headers);
}

/** The groups of the showers, in order of the numbers in their names. */
function findGroups(tree: FileTree, layout: Layout, group: string, path: string): ShowerGroupPlaces {
  const { group: named } = layout.points as GroupPointLayout;
  const paths = datasetsNamed(tree, group, named).map((found) => pathIn(group, found.path));
  return {
    paths,
    addresses: Float64Array.from(paths, (one) => tree.groupAddress(one)),
    ofFile: numbersOfFile(layout, path),
  };
}

/** The numbers in the name of a file. @throws CaloscopeError ERR_LAYOUT for a name of another form. */
function numbersOfFile({ name, fileName }: Layout, path: string): ReadonlyMap<string, number> {
  const found = fileName === null ? new Map<string, number>() : numbersWithin(fileName, basename(path));
  if (found !== null) return found;
  const message = `its name is ${basename(path)}, in which the layout ${name} looks for ${fileName}; rename the file, or describe its name`;
  throw new CaloscopeError('ERR_LAYOUT', message);
}

/** A number that is no attribute of a group. */
type PlacedNumber = Exclude<ShowerNumber, { readonly attribute: string }>;

/** Paths of the datasets of all parts: more than one where the voxels have placeholders in their name. */
function findParts(tree: FileTree, layout: Layout, group: string, path: string): PartDatasets<string>[] {
  const { incidentEnergies, conditions } = layout;
  const ofFile = numbersOfFile(layout, path);
  const found = showerDatasets(layout).map((dataset) => datasetsNamed(tree, group, dataset));
  const hasRatio = found[0]?.length === 1 && tree.names(group).has(logDensityRatioDataset);
  const ratio = hasRatio ? pathIn(group, logDensityRatioDataset) : null;
  return (found[0] ?? []).map(({ numbers }, i) => {
    const place = (number: PlacedNumber) =>
      'dataset' in number
        ? pathIn(group, number.dataset)
        : ((numbers.get(number.placeholder) ?? ofFile.get(number.placeholder)) as number);
    return {
      incidentEnergies: place(incidentEnergies as PlacedNumber),
      showers: found.map((all) => pathIn(group, (all[i] as { path: string }).path)),
      conditions: conditions.map((condition) => place(condition as PlacedNumber)),
      logDensityRatio: ratio,
    };
  });
}

function mapped<From, To>(part: PartDatasets<From>, change: (dataset: From) => To): PartDatasets<To> {
  const { incidentEnergies, showers, conditions, logDensityRatio } = part;
  const orNumber = (dataset: From | number) => (typeof dataset === 'number' ? dataset : change(dataset));
  return {
    incidentEnergies: orNumber(incidentEnergies),
    showers: showers.map(change),
    conditions: conditions.map(orNumber),
    logDensityRatio: logDensityRatio && change(logDensityRatio),
  };
}

/** The showers of a file, in another thread, where its datasets were found before. */
export function openPlaces(file: FileBytes, places: ShowerPlaces): FileShowers {
  if (!isNumpyFile(file)) checkSuperblock(file);
  const headers = places.parts.map((part) => mapped(part, (place) => readHeader(file, place)));
  return openShowers(file, places.layout, headers, places.groups);
}

/** The library has to agree with what is read in a header. */
function readCheckedHeader(file: FileBytes, links: Hdf5Links, wanted: string): DatasetHeader {
  const path = links.resolve(wanted);
  const address = inDataset(wanted, () => links.headerAddress(path));
  const header = readHeader(file, { path: wanted, address });
  return inDataset(wanted, () => {
    const { shape } = header.stored;
    const checked = links.libraryShape(path);
    if (checked?.length !== shape.length || checked.some((length, axis) => length !== shape[axis])) {
      throw corrupt('its header can be read in two ways');
    }
    return header;
  });
}

function describe(showers: FileShowers, layout: Layout, toy: boolean, bytes: number): ShowerFileMetadata {
  return {
    layout: layout.name,
    rows: showers.rows,
    voxels: showers.form === 'voxels' ? showers.width : null,
    shape: showers.shapeGeometry?.name ?? null,
    storedType: showers.storedType,
    units: { incidentEnergies: layout.incidentEnergies.unit, voxels: showerUnit(layout) },
    conditions: layout.conditions.map(({ name, label, unit }) => ({ name, label: label ?? name, unit })),
    toy,
    hasLogDensityRatio: showers.hasLogDensityRatio,
    bytes,
    datasets: showers.datasets,
    problems: showers.problems,
  };
}
