import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import { mustBeOneOf } from '../names.js';
import {
  type FeatureDefinitions,
  featureDefinitions,
  type TransverseCoordinates,
} from '../native/contract/showers.js';
import { type ParticleBinning, parseBinningXml } from './binning-xml.js';
import {
  type ChallengeName,
  caloganGrids,
  caloganHalfWidth,
  challengeGeometries,
  type RadialBinning,
} from './published-geometries.js';

/** How the voxels of a layer are laid out. */
export type LayerShape =
  /** Rings × angular bins around the shower axis; voxel in the layer = alpha bin · rings + ring. Edges in mm. */
  | { readonly kind: 'polar'; readonly radialEdges: readonly number[]; readonly alphaBins: number }
  /** Rows (φ or y) × columns (η or x); voxel in the layer = row · columns + column. */
  | { readonly kind: 'grid'; readonly rows: number; readonly columns: number }
  /** Cells of which no place is known. */
  | { readonly kind: 'cells'; readonly cells: number };

export interface GeometryLayer {
  /** Number of the layer in the calorimeter; numbers may be left out. */
  readonly id: number;
  readonly firstVoxel: number;
  readonly voxels: number;
  /** True where the centre of energy in η and φ is meaningful: more than one angular bin. */
  readonly angular: boolean;
  readonly shape: LayerShape;
}

/** A layer of which it is known where its voxels lie. */
export interface PlacedLayer extends GeometryLayer {
  readonly shape: Exclude<LayerShape, { readonly kind: 'cells' }>;
}

/** Layers and voxel positions of a calorimeter; voxels are numbered layer by layer. */
export interface Geometry {
  readonly name: string;
  /** Whose published layout its files have, and whose feature sets it has beside `full`. */
  readonly definitions: FeatureDefinitions;
  /** What `eta` and `phi` are called: x and y in a plain grid. */
  readonly transverse: TransverseCoordinates;
  /** Unit of the positions. */
  readonly lengthUnit: 'mm' | 'voxel';
  readonly layers: readonly GeometryLayer[];
  readonly voxels: number;
  /** Readout threshold in MeV of the published evaluation; null where none is published. */
  readonly threshold: number | null;
  /** Positions of the voxel centres, one number a voxel, in `lengthUnit`. */
  readonly eta: Float64Array;
  readonly phi: Float64Array;
  readonly radius: Float64Array;
}

/** Whether it is known where the voxels of a layer lie. */
export function hasPlaces(layer: GeometryLayer): layer is PlacedLayer {
  return layer.shape.kind !== 'cells';
}

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

/** More voxels than any calorimeter under study (40,500), and few enough to be held. */
const largestVoxelCount = 4e6;
const largestXmlBytes = 4 * 2 ** 20;

/** Names that {@link resolveGeometry} knows without a file. */
export const geometryNames: readonly string[] = ['calogan', ...Object.keys(challengeGeometries)];

/**
 * The geometry of a name (`calogan`, `ds1-photons`, `ds1-pions`, `ds2`, `ds3`), of `cartesian:LxRxC` (layers × rows ×
 * columns), `polar:LxAxR` (layers × angular bins × rings of equal width) or `cells:LxC` (layers × cells without places), or of a CaloChallenge binning file (.xml). A file whose numbers are those of a published geometry gives that
 * geometry, with its name and its readout threshold.
 *
 * @param options.particle `name` or `pid` to choose by where a binning file describes several particles.
 * @throws CaloscopeError ERR_GEOMETRY, ERR_XML, ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS.
 */
export async function resolveGeometry(
  nameOrPath: string,
  options: { particle?: string } = {},
): Promise<Geometry> {
  const named = namedGeometry(nameOrPath);
  if (named) return named;
  if (/\.xml$/i.test(nameOrPath) || /[\\/]/.test(nameOrPath))
    return readBinningFile(nameOrPath, options.particle);
  throw new CaloscopeError(
    'ERR_GEOMETRY',
    `geometry "${nameOrPath}" is not known; use ${geometryNames.join(', ')}, ${shapeWords} or a binning file (.xml)`,
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

function countVoxels(layers: readonly RadialBinning[]): number {
  return layers.reduce((sum, layer) => sum + (layer.radialEdges.length - 1) * layer.alphaBins, 0);
}

async function readBinningFile(path: string, particle: string | undefined): Promise<Geometry> {
  if ((await requirePlainFile(path)) > largestXmlBytes) {
    throw new FileError('ERR_GEOMETRY', path, 'larger than any binning file; name another file');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    const chosen = chooseParticle(parseBinningXml(text), particle);
    const layers = chosen.layers.filter((layer) => layer.radialEdges.length > 1);
    return publishedBinning(layers) ?? polarGeometry(basename(path), layers, null);
  } catch (error) {
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
const shapeWords = shapes.map(({ word, form }) => `${word}:${form}`).join(', ');

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

interface Grid {
  readonly id: number;
  readonly rows: number;
  readonly columns: number;
}

/** Layers of rows and columns, centred on the shower axis; `cell` gives the size of a voxel. */
function gridGeometry(
  frame: Omit<Frame, 'layers' | 'threshold'>,
  grids: readonly Grid[],
  cell: (grid: Grid) => { row: number; column: number },
): Geometry {
  const layers = numberVoxels(
    grids.map(({ id, rows, columns }) => {
      const shape = { kind: 'grid', rows, columns } as const;
      return { id, voxels: rows * columns, angular: rows * columns > 1, shape };
    }),
  );
  return placeVoxels({ ...frame, layers, threshold: null }, (layer, i) => {
    const { rows, columns } = grids[layer] as Grid;
    const size = cell(grids[layer] as Grid);
    const eta = ((i % columns) - (columns - 1) / 2) * size.column;
    const phi = (Math.floor(i / columns) - (rows - 1) / 2) * size.row;
    return { eta, phi, radius: Math.hypot(eta, phi) };
  });
}

/**
 * Layers of rings and angular bins. Centre of bin: r half-way between its edges, α_j = −π + (j + ½)·2π/n; η = r cos α,
 * φ = r sin α (published evaluation of the Fast Calorimeter Simulation Challenge).
 */
export function polarGeometry(
  name: string,
  binning: readonly RadialBinning[],
  threshold: number | null,
  lengthUnit: Geometry['lengthUnit'] = 'mm',
): Geometry {
  if (binning.length === 0) throw new CaloscopeError('ERR_GEOMETRY', `${name} has no layer with voxels`);
  requireHoldable(name, countVoxels(binning));
  const layers = numberVoxels(
    binning.map(({ id, radialEdges, alphaBins }) => {
      const shape = { kind: 'polar', radialEdges, alphaBins } as const;
      return { id, voxels: (radialEdges.length - 1) * alphaBins, angular: alphaBins > 1, shape };
    }),
  );
  const frame = {
    name,
    definitions: 'calochallenge',
    transverse: lengthUnit === 'mm' ? 'eta-phi' : 'x-y',
    lengthUnit,
    layers,
    threshold,
  } as const;
  return placeVoxels(frame, (layer, i) => {
    const { radialEdges, alphaBins } = binning[layer] as RadialBinning;
    const rings = radialEdges.length - 1;
    const ring = i % rings;
    const radius = ((radialEdges[ring] as number) + (radialEdges[ring + 1] as number)) / 2;
    const alpha = -Math.PI + (Math.floor(i / rings) + 0.5) * ((2 * Math.PI) / alphaBins);
    return { eta: radius * Math.cos(alpha), phi: radius * Math.sin(alpha), radius };
  });
}

function numberVoxels(layers: readonly Omit<GeometryLayer, 'firstVoxel'>[]): GeometryLayer[] {
  let firstVoxel = 0;
  return layers.map((layer) => {
    const numbered = { ...layer, firstVoxel };
    firstVoxel += layer.voxels;
    return numbered;
  });
}

type Frame = Omit<Geometry, 'voxels' | 'eta' | 'phi' | 'radius'>;

/** Fills the positions: `position` gets the place of the layer in the list and the voxel within it. */
function placeVoxels(
  frame: Frame,
  position: (layer: number, voxel: number) => { eta: number; phi: number; radius: number },
): Geometry {
  const voxels = frame.layers.reduce((sum, layer) => sum + layer.voxels, 0);
  const eta = new Float64Array(voxels);
  const phi = new Float64Array(voxels);
  const radius = new Float64Array(voxels);
  frame.layers.forEach((layer, place) => {
    for (let i = 0; i < layer.voxels; i++) {
      const centre = position(place, i);
      eta[layer.firstVoxel + i] = centre.eta;
      phi[layer.firstVoxel + i] = centre.phi;
      radius[layer.firstVoxel + i] = centre.radius;
    }
  });
  return { ...frame, voxels, eta, phi, radius };
}

function requireHoldable(name: string, voxels: number): void {
  if (voxels <= largestVoxelCount) return;
  throw new CaloscopeError('ERR_GEOMETRY', `${name} has ${voxels} voxels, more than ${largestVoxelCount}`);
}
