import type { Geometry, PlacedLayer } from '../../geometry/geometry.js';
import type { CellAxis, PicturedLayer, VoxelGrid } from '../pictures.js';

/** Cells along an axis, and of a layer, that a small drawing tells apart. */
const mostAlongAxis = 104;
const mostCells = 2400;

/** Columns and rows, or rings and angular bins. */
export function voxelGrid({ id, shape }: PlacedLayer): VoxelGrid {
  return shape.kind === 'grid'
    ? { layer: id, kind: 'grid', first: shape.columns, second: shape.rows }
    : { layer: id, kind: 'polar', first: shape.radialEdges.length - 1, second: shape.alphaBins };
}

/** How a layer is drawn; finer ones in blocks of voxels. */
export function picturedLayer(geometry: Geometry, layer: PlacedLayer): PicturedLayer {
  const { first, second, kind } = voxelGrid(layer);
  const voxelsPerCell = blockSize(first, second);
  const [across, along] = axesOf(geometry, layer);
  return {
    layer: layer.id,
    kind,
    first: inBlocks(across, voxelsPerCell[0]),
    second: inBlocks(along, voxelsPerCell[1]),
    voxelsPerCell,
  };
}

function blockSize(first: number, second: number): readonly [number, number] {
  let side = 1;
  while (Math.ceil(first / side) * Math.ceil(second / side) > mostCells) side++;
  return [
    Math.min(first, Math.max(side, Math.ceil(first / mostAlongAxis))),
    Math.min(second, Math.max(side, Math.ceil(second / mostAlongAxis))),
  ];
}

/** The cell of the layer in which each of its voxels lies. */
export function cellsOf({ first, second }: VoxelGrid, layer: PicturedLayer): Uint32Array {
  const [across, along] = layer.voxelsPerCell;
  const columns = layer.first.edges.length - 1;
  return Uint32Array.from(
    { length: first * second },
    (_, voxel) =>
      Math.floor(Math.floor(voxel / first) / along) * columns + Math.floor((voxel % first) / across),
  );
}

export function cellCount({ first, second }: PicturedLayer): number {
  return (first.edges.length - 1) * (second.edges.length - 1);
}

function axesOf(geometry: Geometry, { shape, firstVoxel }: PlacedLayer): readonly [CellAxis, CellAxis] {
  const { lengthUnit, transverse, eta, phi } = geometry;
  if (shape.kind === 'polar') {
    const { radialEdges, alphaBins } = shape;
    const angles = Array.from({ length: alphaBins + 1 }, (_, i) => -Math.PI + (2 * Math.PI * i) / alphaBins);
    return [
      { label: 'r', unit: lengthUnit, edges: radialEdges },
      { label: 'α', unit: 'rad', edges: angles },
    ];
  }
  const [x, y] = transverse === 'x-y' ? ['x', 'y'] : ['η', 'φ'];
  const { rows, columns, edges } = shape;
  if (edges) {
    return [
      { label: x, unit: lengthUnit, edges: edges.x },
      { label: y, unit: lengthUnit, edges: edges.y },
    ];
  }
  const across = Array.from({ length: columns }, (_, column) => eta[firstVoxel + column] as number);
  const along = Array.from({ length: rows }, (_, row) => phi[firstVoxel + row * columns] as number);
  const pitch = pitchOf(across) ?? pitchOf(along) ?? 1;
  return [
    { label: x, unit: lengthUnit, edges: edgesAround(across, pitch) },
    { label: y, unit: lengthUnit, edges: edgesAround(along, pitchOf(along) ?? pitch) },
  ];
}

/** Distance of equally spaced centers; null for a single one. */
function pitchOf([first, second]: readonly number[]): number | null {
  return first === undefined || second === undefined ? null : second - first;
}

function edgesAround(centers: readonly number[], pitch: number): number[] {
  const low = (centers[0] as number) - pitch / 2;
  return Array.from({ length: centers.length + 1 }, (_, i) => low + i * pitch);
}

function inBlocks(axis: CellAxis, size: number): CellAxis {
  const last = axis.edges.length - 1;
  return { ...axis, edges: axis.edges.filter((_, i) => i % size === 0 || i === last) };
}
