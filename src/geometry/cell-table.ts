import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import {
  type Geometry,
  numberVoxels,
  placeVoxels,
  requireHoldable,
  shownOnOneLine,
} from './placed-voxels.js';

/** Cells of a layer, in their order: centers in mm, and sizes, of a square or of a hexagon between opposite sides. */
export interface LayerOfCells {
  readonly id: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly size: readonly number[];
  /** What energies are multiplied by where a layout asks for it, such as dE/dx of the absorber before the layer; left out: not known. */
  readonly weight?: readonly number[] | undefined;
  /** Numbers of the rings around the shower axis that the cells belong to; left out: not known. */
  readonly ring?: readonly number[] | undefined;
}

/** Columns that are read, and those that may be there beside them. */
const needed = ['layer', 'x', 'y', 'size'] as const;
const allowed: readonly string[] = [...needed, 'ring', 'weight'];
const largestBytes = 256 * 2 ** 20;

/**
 * A geometry of cells at any place. Voxels are numbered layer by layer, in the order of the cells.
 *
 * @throws CaloscopeError ERR_GEOMETRY for too many cells.
 */
export function cellGeometry(name: string, layers: readonly LayerOfCells[]): Geometry {
  const count = layers.reduce((sum, { x }) => sum + x.length, 0);
  requireHoldable(name, count);
  const numbered = numberVoxels(
    layers.map(({ id, x }) => {
      const shape = { kind: 'cells', cells: x.length } as const;
      return { id, voxels: x.length, angular: x.length > 1, shape };
    }),
  );
  const frame = { name, definitions: 'calochallenge', transverse: 'x-y', lengthUnit: 'mm' } as const;
  const geometry = placeVoxels({ ...frame, layers: numbered, threshold: null }, (layer, cell) => {
    const { x, y } = layers[layer] as LayerOfCells;
    const [eta, phi] = [x[cell] as number, y[cell] as number];
    return { eta, phi, radius: Math.hypot(eta, phi) };
  });
  const cellSizes = Float64Array.from(layers.flatMap(({ size }) => size));
  const column = (name: 'weight' | 'ring') => {
    const known = layers.flatMap((layer) => layer[name] ?? []);
    return known.length === count ? Float64Array.from(known) : null;
  };
  const [cellWeights, cellRings] = [column('weight'), column('ring')];
  return shownOnOneLine({
    ...geometry,
    cellSizes,
    ...(cellWeights && { cellWeights }),
    ...(cellRings && { cellRings }),
  });
}

/**
 * The same with so many cells in every layer, as showers are stored whose layers are filled up with zeros; null where they do not
 * fit. Added cells have no size, weight 1, no ring, and lie on the shower axis.
 */
export function paddedCells(geometry: Geometry, layers: number, cells: number): Geometry | null {
  const fits = geometry.layers.length === layers && geometry.layers.every(({ voxels }) => voxels <= cells);
  if (!geometry.cellSizes || !fits) return null;
  const padded = layersOfCells(geometry).map(({ id, x, y, size, weight, ring }) => {
    const more = new Array<number>(cells - x.length).fill(0);
    return {
      id,
      x: [...x, ...more],
      y: [...y, ...more],
      size: [...size, ...more],
      weight: weight && [...weight, ...more.map(() => 1)],
      ring: ring && [...ring, ...more.map(() => -1)],
    };
  });
  return cellGeometry(geometry.name, padded);
}

/** The cells of such a geometry. */
export function layersOfCells(geometry: Geometry): LayerOfCells[] {
  const { layers, eta, phi, cellSizes, cellWeights, cellRings } = geometry;
  return layers.map(({ id, firstVoxel, voxels }) => {
    const part = (values: Float64Array | undefined) =>
      Array.from((values ?? new Float64Array(0)).subarray(firstVoxel, firstVoxel + voxels));
    return {
      id,
      x: part(eta),
      y: part(phi),
      size: part(cellSizes),
      weight: cellWeights && part(cellWeights),
      ring: cellRings && part(cellRings),
    };
  });
}

/**
 * Reads a cell table: CSV with a header of layer, x, y and size (mm), also ring and weight, in any order; one line a cell, the cells of a
 * layer in the order in which showers store them.
 *
 * @throws FileError ERR_GEOMETRY and those for files.
 */
export async function readCellTable(path: string): Promise<Geometry> {
  const refuse = (message: string) => new FileError('ERR_GEOMETRY', path, message);
  if ((await requirePlainFile(path)) > largestBytes) throw refuse('larger than any table of cells');
  const bytes = await readFile(path);
  requireNoPickle(path, bytes);
  try {
    return cellGeometry(basename(path), parseCells(bytes.toString('utf8')));
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    throw new FileError(error.code, path, error.message, { cause: error });
  }
}

/**
 * Pickles of Python are never read: that would run what is in them.
 *
 * @throws FileError ERR_GEOMETRY.
 */
export function requireNoPickle(path: string, start: Buffer): void {
  const protocol = start[1] ?? 0;
  const pickled = start[0] === 0x80 && protocol >= 2 && protocol <= 5;
  if (!pickled && !/\.(pkl|pickle)$/i.test(path)) return;
  const message = `a Python pickle, which would run code when it is read: write its cells once as CSV with the columns ${allowed.join(',')}`;
  throw new FileError('ERR_GEOMETRY', path, message);
}

/** @throws CaloscopeError ERR_GEOMETRY. */
export function parseCells(text: string): LayerOfCells[] {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !allowed.includes(name));
  const missing = needed.filter((name) => !names.includes(name));
  if (unknown.length > 0 || missing.length > 0 || new Set(names).size < names.length) {
    throw unsound(
      `its header is "${header.slice(0, 80)}"; it must name ${needed.join(', ')}, and may name ring and weight`,
    );
  }
  const layers = new Map<
    number,
    { x: number[]; y: number[]; size: number[]; weight: number[]; ring: number[] }
  >();
  const places = needed.map((name) => names.indexOf(name));
  const [ofWeight, ofRing] = [names.indexOf('weight'), names.indexOf('ring')];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' && i === lines.length - 1) continue;
    const fields = line.split(',');
    if (fields.length !== names.length)
      throw unsound(`line ${i + 2} has ${fields.length} fields, the header ${names.length}`);
    const [id, x, y, size] = places.map((place) => numberOf(fields[place] as string, i)) as [
      number,
      number,
      number,
      number,
    ];
    if (!(Number.isInteger(id) && id >= 0 && id < 2 ** 20))
      throw unsound(`line ${i + 2} is of layer ${id}, which is no number of a layer`);
    if (!(size > 0)) throw unsound(`line ${i + 2} has a cell of size ${size}; sizes are above 0`);
    const weight = ofWeight < 0 ? 1 : numberOf(fields[ofWeight] as string, i);
    if (!(weight > 0)) throw unsound(`line ${i + 2} has a cell of weight ${weight}; weights are above 0`);
    const ring = ofRing < 0 ? 0 : numberOf(fields[ofRing] as string, i);
    if (!(Number.isInteger(ring) && ring >= 0))
      throw unsound(`line ${i + 2} is of ring ${ring}, which is no number of a ring`);
    const layer = layers.get(id) ?? { x: [], y: [], size: [], weight: [], ring: [] };
    layers.set(id, layer);
    layer.x.push(x);
    layer.y.push(y);
    layer.size.push(size);
    layer.weight.push(weight);
    layer.ring.push(ring);
  }
  if (layers.size === 0) throw unsound('it has no cells');
  return [...layers]
    .sort(([a], [b]) => a - b)
    .map(([id, { weight, ring, ...cells }]) => ({
      id,
      ...cells,
      ...(ofWeight >= 0 && { weight }),
      ...(ofRing >= 0 && { ring }),
    }));
}

function numberOf(text: string, line: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw unsound(`line ${line + 2} has "${text.trim().slice(0, 40)}" where a number belongs`);
}

function unsound(what: string): CaloscopeError {
  return new CaloscopeError('ERR_GEOMETRY', `not a sound table of cells: ${what}`);
}
