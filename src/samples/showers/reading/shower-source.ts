import { fstatSync, statSync } from 'node:fs';
import { CaloscopeError } from '../../../errors.js';
import { corrupt } from '../../../formats/hdf5/reader/byte-cursor.js';
import { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { Hdf5Links, type Library, pathSteps } from '../../../formats/hdf5/reader/links.js';
import { readPlainGroup } from '../../../formats/hdf5/reader/plain-group.js';
import { checkSuperblock } from '../../../formats/hdf5/reader/superblock.js';
import type { LayoutName } from '../../../layouts/published-layouts.js';
import {
  checkColumn,
  checkVoxelShape,
  findLayout,
  logDensityRatioDataset,
  recogniseLayout,
  toyAttribute,
} from '../../../layouts/recognition.js';
import type { Layout } from '../../../layouts/schema.js';
import type { OpenRequest, ShowerFileMetadata, ShowerPlaces } from './reading-protocol.js';
import {
  type DatasetHeader,
  inDataset,
  readHeader,
  type ShowerDatasets,
  StoredShowers,
} from './stored-showers.js';

/** An open shower file: found, checked, ready to be read. */
export interface ShowerSource {
  readonly metadata: ShowerFileMetadata;
  readonly places: ShowerPlaces;
  readonly showers: StoredShowers;
}

/** A group of a file: what it holds, and where the headers of its datasets lie. */
interface Group {
  /** Path without links. */
  readonly path: string;
  readonly names: ReadonlySet<string>;
  /** Groups elsewhere in the file that hold showers. */
  groupsWithShowers(): string[];
  readHeader(name: string): DatasetHeader;
  hasRootAttribute(name: string): boolean;
}

/**
 * Finds the showers of a file that is plain and sound, in milliseconds; null for every other file: the library finds what
 * is in it, or what is wrong with it. Synchronous, meant for a worker thread.
 */
export function openPlainSource(file: FileBytes, request: OpenRequest): ShowerSource | null {
  try {
    const group = plainGroup(file, request.group);
    return group && assemble(file, group, request);
  } catch (error) {
    if (error instanceof CaloscopeError) return null;
    throw error;
  }
}

function plainGroup(file: FileBytes, path: string | null): Group | null {
  const rootAddress = checkSuperblock(file);
  const root = rootAddress === null ? null : readPlainGroup(file, rootAddress);
  let group = root;
  const steps = pathSteps(path ?? '/');
  for (const step of steps) {
    const address = group?.links.get(step) ?? null;
    group = address === null ? null : readPlainGroup(file, address);
  }
  if (!root || !group) return null;
  const { links } = group;
  const place = steps.map((step) => `/${step}`).join('');
  return {
    path: place || '/',
    names: new Set(links.keys()),
    groupsWithShowers: () => [],
    readHeader: (name) => {
      const address = links.get(name) ?? null;
      if (address === null) throw corrupt(`${place}/${name} is not in place`);
      return readHeader(file, { path: `${place}/${name}`, address });
    },
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
    const path = links.resolve(request.group ?? '/');
    return assemble(file, linkedGroup(file, links, path, request.layouts), request);
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

function linkedGroup(file: FileBytes, links: Hdf5Links, path: string, layouts: readonly Layout[]): Group {
  return {
    path,
    names: new Set(links.names(path)),
    groupsWithShowers: () => links.findGroups((found) => findLayout(layouts, found) !== null),
    readHeader: (name) => readCheckedHeader(file, links, `${path === '/' ? '' : path}/${name}`),
    hasRootAttribute: (name) => links.hasRootAttribute(name),
  };
}

function assemble(file: FileBytes, group: Group, request: OpenRequest): ShowerSource {
  const groups = findLayout(request.layouts, group.names) ? [] : group.groupsWithShowers();
  const layout = recogniseLayout(request.layouts, group.names, request.expectedLayout, groups);
  const headers = readHeaders(group, layout);
  const showers = new StoredShowers(file, layout, headers);
  const toy = group.hasRootAttribute(toyAttribute);
  return {
    metadata: describe(showers, layout, toy, file.size),
    places: placesOf(headers, layout),
    showers,
  };
}

/** The showers of a file, in another thread, where its datasets were found before. */
export function openPlaces(file: FileBytes, places: ShowerPlaces): StoredShowers {
  checkSuperblock(file);
  const { energy, voxels, logDensityRatio } = places.datasets;
  return new StoredShowers(file, places.layout, {
    energy: readHeader(file, energy),
    voxels: voxels.map((place) => readHeader(file, place)),
    logDensityRatio: logDensityRatio && readHeader(file, logDensityRatio),
  });
}

/** Headers of all datasets, with types, shapes and numbers of rows checked against each other. */
function readHeaders(group: Group, layout: Layout): ShowerDatasets<DatasetHeader> {
  const { dataset: energyDataset } = layout.incidentEnergies;
  const energy = group.readHeader(energyDataset);
  const voxels = layout.voxels.map(({ dataset }) => group.readHeader(dataset));
  const hasRatio = group.names.has(logDensityRatioDataset);
  const logDensityRatio = hasRatio ? group.readHeader(logDensityRatioDataset) : null;
  checkColumn(energyDataset, energy.stored.shape);
  if (logDensityRatio) checkColumn(logDensityRatioDataset, logDensityRatio.stored.shape);
  layout.voxels.forEach((dataset, i) => {
    checkVoxelShape(dataset, (voxels[i] as DatasetHeader).stored.shape);
  });
  const rows = energy.stored.shape[0];
  for (const { place, stored } of [...voxels, ...(logDensityRatio ? [logDensityRatio] : [])]) {
    if (stored.shape[0] !== rows) {
      const message = `${energy.place.path} has ${rows} rows, ${place.path} has ${stored.shape[0]}; every shower needs one of each`;
      throw new CaloscopeError('ERR_ROW_MISMATCH', message);
    }
  }
  return { energy, voxels, logDensityRatio };
}

/** The library has to agree with what is read in a header. */
function readCheckedHeader(file: FileBytes, links: Hdf5Links, wanted: string): DatasetHeader {
  const path = links.resolve(wanted);
  return inDataset(wanted, () => {
    const header = readHeader(file, { path: wanted, address: links.headerAddress(path) });
    const { shape } = header.stored;
    const checked = links.libraryShape(path);
    if (checked?.length !== shape.length || checked.some((length, axis) => length !== shape[axis])) {
      throw corrupt('its header can be read in two ways');
    }
    return header;
  });
}

function placesOf(
  { energy, voxels, logDensityRatio }: ShowerDatasets<DatasetHeader>,
  layout: Layout,
): ShowerPlaces {
  const datasets = {
    energy: energy.place,
    voxels: voxels.map(({ place }) => place),
    logDensityRatio: logDensityRatio?.place ?? null,
  };
  return { layout, datasets };
}

function describe(showers: StoredShowers, layout: Layout, toy: boolean, bytes: number): ShowerFileMetadata {
  return {
    layout: layout.name as LayoutName,
    rows: showers.rows,
    voxels: showers.width,
    storedType: showers.storedType,
    energyUnit: layout.incidentEnergies.unit,
    toy,
    hasLogDensityRatio: showers.hasLogDensityRatio,
    bytes,
    datasets: showers.datasets,
    problems: showers.problems,
  };
}
