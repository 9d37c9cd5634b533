/** Showers as points, which are like no mirror image of themselves, and what a plain loop makes of them. */

export interface Point {
  /** mm */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly layer: number;
  /** In the unit of the file; never 0. */
  readonly energy: number;
  readonly time: number;
}

export const rows = 7;

/** 40 points at most; shower 3 has none, some lie outside of ±50 × ±15 mm and four layers. */
export const pointShowers: readonly (readonly Point[])[] = Array.from({ length: rows }, (_, row) =>
  Array.from({ length: row === 3 ? 0 : 3 + ((row * 11) % 38) }, (_, i) => {
    const layer = (i * i + row) % 5;
    return {
      x: ((i * 37 + row * 13) % 120) - 52.25,
      y: ((i * 17 + row * 5) % 29) - 12.125,
      z: 1800 + 5 * layer + 1.5,
      layer,
      energy: (1 + ((i * 7 + row * 3) % 23)) / 16,
      time: i / 4,
    };
  }),
);

interface Edges {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly layers: number;
}

/** Energies of the voxels of a shower, layer by layer, row by row; a sum in double precision, rounded once to float32. */
export function hitsOf(
  points: readonly Point[],
  { x, y, layers }: Edges,
  energyOf: (point: Point) => number,
): Float32Array {
  const [columns, lines] = [x.length - 1, y.length - 1];
  const sums = new Float64Array(layers * lines * columns);
  for (const point of points) {
    const column = binOf(point.x, x);
    const line = binOf(point.y, y);
    if (column < 0 || line < 0 || point.layer >= layers) continue;
    const voxel = (point.layer * lines + line) * columns + column;
    sums[voxel] = (sums[voxel] as number) + energyOf(point);
  }
  return Float32Array.from(sums);
}

function binOf(value: number, edges: readonly number[]): number {
  for (let bin = 0; bin + 1 < edges.length; bin++) {
    if (value >= (edges[bin] as number) && value < (edges[bin + 1] as number)) return bin;
  }
  return -1;
}
