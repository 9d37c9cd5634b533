import { CaloscopeError } from '../errors.js';
import type { FeatureDefinitions, TransverseCoordinates } from '../native/contract/showers.js';
import type { RadialBinning } from './published-geometries.js';

/** How the voxels of a layer are laid out. */
export type LayerShape =
  /** Rings × angular bins around the shower axis; voxel in the layer = alpha bin · rings + ring. Edges in mm. */
  | { readonly kind: 'polar'; readonly radialEdges: readonly number[]; readonly alphaBins: number }
  /** Rows (φ or y) × columns (η or x); voxel in the layer = row · columns + column. */
  | {
      readonly kind: 'grid';
      readonly rows: number;
      readonly columns: number;
      /** Where columns (x) and rows (y) end, ascending, one more than there are; left out where only their numbers are known. */
      readonly edges?: { readonly x: readonly number[]; readonly y: readonly number[] };
    }
  /** Cells at any place; not known where without sizes of cells in the geometry. */
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

/** A layer whose voxels lie in rows, or rings. */
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
  /** Where layers end along the shower axis, one more than layers, for points that have no layer; left out where that is not known. */
  readonly zEdges?: readonly number[];
  /** Of a table of cells, one a voxel, in `lengthUnit`: of a square, or of a hexagon between opposite sides; 0 for padding. */
  readonly cellSizes?: Float64Array;
  /** Of a table of cells that has them, one a voxel, above 0: what layouts with `cellWeights` multiply energies by. */
  readonly cellWeights?: Float64Array;
  /** Of a table of cells that has them, one a voxel: the ring around the shower axis, −1 for padding. */
  readonly cellRings?: Float64Array;
  /** Readout threshold in MeV of the published evaluation; null where none is published. */
  readonly threshold: number | null;
  /** Positions of the voxel centres, one number a voxel, in `lengthUnit`. */
  readonly eta: Float64Array;
  readonly phi: Float64Array;
  readonly radius: Float64Array;
}

/** Whether lengths of a geometry mean something: whether it is known where its voxels lie. */
export function hasLengths({ layers, cellSizes }: Geometry): boolean {
  return cellSizes !== undefined || layers.every(hasPlaces);
}

/** Whether the voxels of a layer lie in rows, or rings, and can be drawn. */
export function hasPlaces(layer: GeometryLayer): layer is PlacedLayer {
  return layer.shape.kind !== 'cells';
}

/** More voxels than any calorimeter under study (40,500), and few enough to be held. */
const largestVoxelCount = 4e6;

export function countVoxels(layers: readonly RadialBinning[]): number {
  return layers.reduce((sum, layer) => sum + (layer.radialEdges.length - 1) * layer.alphaBins, 0);
}

interface Grid {
  readonly id: number;
  readonly rows: number;
  readonly columns: number;
}

/** Layers of rows and columns, centred on the shower axis; `cell` gives the size of a voxel. */
export function gridGeometry(
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

export function numberVoxels(layers: readonly Omit<GeometryLayer, 'firstVoxel'>[]): GeometryLayer[] {
  let firstVoxel = 0;
  return layers.map((layer) => {
    const numbered = { ...layer, firstVoxel };
    firstVoxel += layer.voxels;
    return numbered;
  });
}

/** A geometry before its voxels have places. */
export type Frame = Omit<Geometry, 'voxels' | 'eta' | 'phi' | 'radius'>;

/** Fills the positions: `position` gets the place of the layer in the list and the voxel within it. */
export function placeVoxels(
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
  return shownOnOneLine({ ...frame, voxels, eta, phi, radius });
}

/** In the console without the places of all voxels. */
export function shownOnOneLine(geometry: Geometry): Geometry {
  const { name, layers, voxels } = geometry;
  return Object.defineProperty(geometry, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => `Geometry { ${name}: ${layers.length} layers, ${voxels} voxels }`,
  });
}

/** @throws CaloscopeError ERR_GEOMETRY. */
export function requireHoldable(name: string, voxels: number): void {
  if (voxels <= largestVoxelCount) return;
  throw new CaloscopeError('ERR_GEOMETRY', `${name} has ${voxels} voxels, more than ${largestVoxelCount}`);
}
