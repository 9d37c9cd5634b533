import type { PointBinningRecord } from '../native/contract/reading.js';
import { layersOfCells } from './cell-table.js';
import type { Geometry, LayerShape } from './geometry.js';
import { gridForm } from './grid-geometry.js';

/** Geometries that bin points, as they are named. */
export const binningWords = `${gridForm} or a table of cells (.csv)`;

type Grid = Extract<LayerShape, { kind: 'grid' }>;

/** How points get the voxels of a geometry; null where it does not say where its voxels end. */
export function pointBinning(geometry: Geometry): PointBinningRecord | null {
  const { layers, lengthUnit, zEdges } = geometry;
  const layerNumbers = Uint32Array.from(layers, ({ id }) => id);
  if (geometry.cellSizes) {
    const cells = layersOfCells(geometry).map(({ x, y, size }) => ({
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      size: Float64Array.from(size),
    }));
    return { z: null, layerNumbers, grids: [], cells };
  }
  const grids = layers.flatMap(({ shape }) => (shape.kind === 'grid' ? [shape] : []));
  if (grids.length < layers.length) return null;
  const edges = grids.map((grid) => grid.edges ?? (lengthUnit === 'voxel' ? edgesOfNumbers(grid) : null));
  const known = edges.filter((one) => one !== null);
  if (known.length < layers.length) return null;
  return {
    z: zEdges ? Float64Array.from(zEdges) : null,
    layerNumbers,
    grids: known.map(({ x, y }) => ({ x: Float64Array.from(x), y: Float64Array.from(y) })),
    cells: null,
  };
}

/** Places that are the numbers of columns and rows. */
function edgesOfNumbers({ rows, columns }: Grid): { x: readonly number[]; y: readonly number[] } {
  const around = (count: number) => Array.from({ length: count + 1 }, (_, i) => i - 0.5);
  return { x: around(columns), y: around(rows) };
}
