import { CaloscopeError } from '../errors.js';
import { type Geometry, numberVoxels, placeVoxels, requireHoldable } from './placed-voxels.js';

/** Columns (x) and rows (y) of a layer; edges in mm, ascending. */
export interface EdgedGrid {
  readonly id: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** How a grid is named. */
export const gridForm = 'grid:LxRxC:X1..X2:Y1..Y2[:Z1..Z2]';

/**
 * Layers of columns and rows between edges in mm from the shower axis; voxel in the layer = row · columns + column.
 *
 * @param zEdges where layers end, for points without a layer; null where points have one.
 * @throws CaloscopeError ERR_GEOMETRY for no layers, edges that do not ascend, too many voxels, or other edges in z than layers.
 */
export function edgedGeometry(
  name: string,
  grids: readonly EdgedGrid[],
  zEdges: readonly number[] | null,
): Geometry {
  const sound = grids.length > 0 && grids.every(({ x, y }) => ascends(x) && ascends(y));
  if (!sound) throw new CaloscopeError('ERR_GEOMETRY', `${name}: a layer needs edges in x and y, ascending`);
  if (zEdges && !(ascends(zEdges) && zEdges.length === grids.length + 1)) {
    throw new CaloscopeError(
      'ERR_GEOMETRY',
      `${name}: ${grids.length} layers need ${grids.length + 1} edges in z, ascending`,
    );
  }
  requireHoldable(
    name,
    grids.reduce((sum, { x, y }) => sum + (x.length - 1) * (y.length - 1), 0),
  );
  const layers = numberVoxels(
    grids.map(({ id, x, y }) => {
      const [columns, rows] = [x.length - 1, y.length - 1];
      const shape = { kind: 'grid', rows, columns, edges: { x, y } } as const;
      return { id, voxels: rows * columns, angular: rows * columns > 1, shape };
    }),
  );
  const frame = { name, definitions: 'calochallenge', transverse: 'x-y', lengthUnit: 'mm' } as const;
  const center = (edges: readonly number[], i: number) =>
    ((edges[i] as number) + (edges[i + 1] as number)) / 2;
  return placeVoxels({ ...frame, layers, threshold: null, ...(zEdges && { zEdges }) }, (layer, voxel) => {
    const { x, y } = grids[layer] as EdgedGrid;
    const columns = x.length - 1;
    const [eta, phi] = [center(x, voxel % columns), center(y, Math.floor(voxel / columns))];
    return { eta, phi, radius: Math.hypot(eta, phi) };
  });
}

function ascends(edges: readonly number[]): boolean {
  return (
    edges.length > 1 &&
    edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > (edges[i - 1] as number)))
  );
}

/**
 * The geometry that such a name describes: cells of equal size, in layers that are numbered from 0 or, with a range in z, of equal
 * depth.
 *
 * @throws CaloscopeError ERR_GEOMETRY.
 */
export function gridOfName(name: string): Geometry {
  const [, counts = '', ...ranges] = name.split(':');
  const numbers = counts.split('x');
  const [x, y, z] = ranges.map(rangeOf);
  const sound =
    numbers.length === 3 &&
    numbers.every((text) => /^[1-9]\d{0,6}$/.test(text)) &&
    (ranges.length === 2 || ranges.length === 3) &&
    x &&
    y &&
    z !== null;
  if (!sound) {
    const message = `"${name}" is not ${gridForm}: layers, rows and columns above 0, then ranges of x and y, and of z where points have no layer, in mm`;
    throw new CaloscopeError('ERR_GEOMETRY', message);
  }
  const [layers, rows, columns] = numbers.map(Number) as [number, number, number];
  requireHoldable(name, layers * rows * columns);
  const [across, along] = [edgesOf(x, columns), edgesOf(y, rows)];
  const grids = Array.from({ length: layers }, (_, id) => ({ id, x: across, y: along }));
  return edgedGeometry(name, grids, z ? edgesOf(z, layers) : null);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(text: string): Range | null {
  const number = '[+-]?\\d+(?:\\.\\d+)?';
  const found = new RegExp(`^(${number})\\.\\.(${number})$`).exec(text);
  if (!found) return null;
  const [from, to] = [Number(found[1]), Number(found[2])];
  return from < to ? { from, to } : null;
}

function edgesOf({ from, to }: Range, bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : from + (i * (to - from)) / bins));
}
