import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import { mustBeOneOf, requireKnownOptions, requireText } from '../names.js';
import { type FeatureDefinitions, featureDefinitions } from '../native/contract/showers.js';
import { type ParticleBinning, parseBinningXml } from './binning-xml.js';
import { readCellTable, requireNoPickle } from './cell-table.js';
import { gridForm, gridOfName } from './grid-geometry.js';
import {
  countVoxels,
  type Geometry,
  gridGeometry,
  numberVoxels,
  placeVoxels,
  polarGeometry,
  requireHoldable,
} from './placed-voxels.js';
import {
  type ChallengeName,
  caloganGrids,
  caloganHalfWidth,
  challengeGeometries,
  type RadialBinning,
} from './published-geometries.js';

export {
  type Geometry,
  type GeometryLayer,
  hasLengths,
  hasPlaces,
  type LayerShape,
  type PlacedLayer,
  polarGeometry,
} from './placed-voxels.js';

/**
 * The definitions that a geometry, of a caller too, names.
 *
 * @throws CaloscopeError ERR_GEOMETRY for others than there are.
 */
export function definitionsOf({ definitions }: Geometry): FeatureDefinitions {
  if (featureDefinitions.includes(definitions)) return definitions;
  const message = `definitions of the geometry are ${String(definitions)}: the name ${mustBeOneOf(featureDefinitions)}`;
  throw new CaloscopeError('ERR_GEOMETRY', message);
}

const largestXmlBytes = 4 * 2 ** 20;

/** Names that {@link resolveGeometry} knows without a file. */
export const geometryNames: readonly string[] = ['calogan', ...Object.keys(challengeGeometries)];

/**
 * The geometry of a name (`calogan`, `ds1-photons`, `ds1-pions`, `ds2`, `ds3`), of `cartesian:LxRxC` (layers × rows ×
 * columns), `polar:LxAxR` (layers × angular bins × rings of equal width) `cells:LxC` (layers × cells without places) or
 * `grid:LxRxC:X1..X2:Y1..Y2` (layers × rows × columns between these places, mm), of a table of cells (.csv), or of a CaloChallenge binning file (.xml). A file whose numbers are those of a published geometry gives that
 * geometry, with its name and its readout threshold.
 *
 * @param options.particle `name` or `pid` to choose by where a binning file describes several particles.
 * @throws CaloscopeError ERR_GEOMETRY, ERR_XML, ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS.
 */
export async function resolveGeometry(
  nameOrPath: string,
  options: { particle?: string } = {},
): Promise<Geometry> {
  requireText(nameOrPath, 'the name of a geometry');
  requireKnownOptions(options, { particle: true });
  const named = namedGeometry(nameOrPath);
  if (named) return named;
  if (/\.(csv|pkl|pickle)$/i.test(nameOrPath)) return readCellTable(nameOrPath);
  if (/\.xml$/i.test(nameOrPath) || /[\\/]/.test(nameOrPath))
    return readBinningFile(nameOrPath, options.particle);
  throw new CaloscopeError(
    'ERR_GEOMETRY',
    `geometry "${nameOrPath}" is not known; use ${geometryNames.join(', ')}, ${shapeWords}, a table of cells (.csv) or a binning file (.xml)`,
  );
}

/**
 * The geometry of a name that needs no file; null for any other text.
 *
 * @throws CaloscopeError ERR_GEOMETRY for one of the shapes without sound numbers.
 */
export function namedGeometry(name: string): Geometry | null {
  if (name === 'calogan') return caloganGeometry();
  if (isChallengeName(name)) {
    const { layers, threshold } = challengeGeometries[name];
    return polarGeometry(name, layers, threshold);
  }
  if (name.startsWith('grid:')) return gridOfName(name);
  const shape = shapes.find(({ word }) => name.startsWith(`${word}:`));
  return shape ? shape.geometry(name, shapeNumbers(name, shape)) : null;
}

function isChallengeName(name: string): name is ChallengeName {
  return Object.hasOwn(challengeGeometries, name);
}

/** Name of the first CaloChallenge geometry with so many voxels; null where none has. */
export function geometryWithVoxels(voxels: number): string | null {
  const fits = ([, { layers }]: [string, { layers: readonly RadialBinning[] }]) =>
    countVoxels(layers) === voxels;
  return Object.entries(challengeGeometries).find(fits)?.[0] ?? null;
}

async function readBinningFile(path: string, particle: string | undefined): Promise<Geometry> {
  if ((await requirePlainFile(path)) > largestXmlBytes) {
    throw new FileError('ERR_GEOMETRY', path, 'larger than any binning file; name another file');
  }
  try {
    const bytes = await readFile(path);
    requireNoPickle(path, bytes);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const chosen = chooseParticle(await parseBinningXml(text), particle);
    const layers = chosen.layers.filter((layer) => layer.radialEdges.length > 1);
    return publishedBinning(layers) ?? polarGeometry(basename(path), layers, null);
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (error instanceof CaloscopeError)
      throw new FileError(error.code, path, error.message, { cause: error });
    throw new FileError('ERR_XML', path, 'not a sound XML file: not UTF-8 text', { cause: error });
  }
}

/** The published geometry with these very layers, whatever it is called here; null where there is none. */
function publishedBinning(layers: readonly RadialBinning[]): Geometry | null {
  const numbers = (binning: readonly RadialBinning[]) =>
    JSON.stringify(binning.map(({ id, alphaBins, radialEdges }) => [id, alphaBins, radialEdges]));
  const wanted = numbers(layers);
  const found = Object.entries(challengeGeometries).find(
    ([, published]) => numbers(published.layers) === wanted,
  );
  return found ? namedGeometry(found[0]) : null;
}

function chooseParticle(particles: readonly ParticleBinning[], wanted: string | undefined): ParticleBinning {
  const names = particles.map((particle) => particle.name || particle.pid).join(', ');
  const fitting =
    wanted === undefined ? particles : particles.filter(({ name, pid }) => name === wanted || pid === wanted);
  const [first, ...others] = fitting;
  if (!first) {
    const found = particles.length === 0 ? 'it describes no particle (no <Bin>)' : `it describes ${names}`;
    throw new CaloscopeError('ERR_GEOMETRY', wanted === undefined ? found : `${found}, not "${wanted}"`);
  }
  if (others.length > 0) {
    throw new CaloscopeError('ERR_GEOMETRY', `it describes several particles (${names}); choose one`);
  }
  return first;
}

function caloganGeometry(): Geometry {
  const width = 2 * caloganHalfWidth;
  const shapes = caloganGrids.map(({ id, rows, columns }) => ({ id, rows, columns }));
  const frame = { name: 'calogan', definitions: 'calogan', transverse: 'eta-phi', lengthUnit: 'mm' } as const;
  return gridGeometry(frame, shapes, ({ rows, columns }) => ({
    row: width / rows,
    column: width / columns,
  }));
}

/** Geometries whose name says all of them. */
const shapes = [
  { word: 'cartesian', form: 'LxRxC', numbers: 3, geometry: cartesianGeometry },
  { word: 'polar', form: 'LxAxR', numbers: 3, geometry: equalRingsGeometry },
  { word: 'cells', form: 'LxC', numbers: 2, geometry: cellsGeometry },
] as const;
const shapeWords = [...shapes.map(({ word, form }) => `${word}:${form}`), gridForm].join(', ');

/** @throws CaloscopeError ERR_GEOMETRY. */
function shapeNumbers(name: string, { word, form, numbers }: (typeof shapes)[number]): number[] {
  const found = name.slice(word.length + 1).split('x');
  const sound = found.length === numbers && found.every((text) => /^\d{1,7}$/.test(text) && Number(text) > 0);
  if (!sound) {
    const message = `"${name}" is not ${word}:${form} with ${numbers} whole numbers above 0`;
    throw new CaloscopeError('ERR_GEOMETRY', message);
  }
  const values = found.map(Number);
  requireHoldable(
    name,
    values.reduce((product, value) => product * value, 1),
  );
  return values;
}

function layersOf<T>(layers: number, layer: (id: number) => T): T[] {
  return Array.from({ length: layers }, (_, id) => layer(id));
}

function cartesianGeometry(name: string, numbers: readonly number[]): Geometry {
  const [layers, rows, columns] = numbers as [number, number, number];
  const frame = { name, definitions: 'calochallenge', transverse: 'x-y', lengthUnit: 'voxel' } as const;
  const grids = layersOf(layers, (id) => ({ id, rows, columns }));
  return gridGeometry(frame, grids, () => ({ row: 1, column: 1 }));
}

function equalRingsGeometry(name: string, numbers: readonly number[]): Geometry {
  const [layers, alphaBins, rings] = numbers as [number, number, number];
  const radialEdges = Array.from({ length: rings + 1 }, (_, edge) => edge);
  const binning = layersOf(layers, (id) => ({ id, radialEdges, alphaBins }));
  return polarGeometry(name, binning, null, 'voxel');
}

function cellsGeometry(name: string, numbers: readonly number[]): Geometry {
  const [count, cells] = numbers as [number, number];
  const shape = { kind: 'cells', cells } as const;
  const layers = numberVoxels(layersOf(count, (id) => ({ id, voxels: cells, angular: false, shape })));
  const frame = { name, definitions: 'calochallenge', transverse: 'x-y', lengthUnit: 'voxel' } as const;
  return placeVoxels({ ...frame, layers, threshold: null }, () => ({ eta: 0, phi: 0, radius: 0 }));
}
