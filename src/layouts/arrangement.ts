import { CaloscopeError } from '../errors.js';
import type { AxisName, VoxelDataset } from './schema.js';

/** In which order the geometries number voxels: layer by layer, and within a layer these axes, the last one fastest. */
const orders = [
  { kind: 'polar', axes: ['alpha', 'r'] },
  { kind: 'grid', axes: ['y', 'x'] },
  { kind: 'cells', axes: ['cell'] },
  { kind: 'flat', axes: ['voxel'] },
] as const satisfies readonly { kind: string; axes: readonly AxisName[] }[];

/** Above this nothing is put in order: far more than any geometry has, and headers may claim anything. */
const mostVoxels = 2 ** 26;

/** A geometry that axes describe. */
export interface ShapeGeometry {
  readonly name: string;
  /** False for an unnamed shape (N,a,b,c), which may be that of a published detector. */
  readonly named: boolean;
}

/** How the numbers of a shower lie in a dataset. */
export interface Arrangement {
  /** Numbers a shower. */
  readonly voxels: number;
  /** null where the axes describe none. */
  readonly geometry: ShapeGeometry | null;
  /** Place, among the numbers of a shower as stored, of each voxel; null: they are stored in voxel order. */
  readonly stored: Uint32Array | null;
}

/**
 * How the showers of a dataset with this shape lie in it.
 *
 * @throws CaloscopeError ERR_DATASET_SHAPE where axes and shape do not fit, ERR_LAYOUT for axes that are no voxels,
 * ERR_TOO_LARGE for too many voxels.
 */
export function arrangementOf(
  { dataset, axes, lengths }: VoxelDataset,
  shape: readonly number[],
): Arrangement {
  const [, ...named] = axes;
  const trailing = lengthsOf(named, shape);
  if (trailing === null || lengths?.some((length, i) => length !== trailing[i])) {
    throw new CaloscopeError(
      'ERR_DATASET_SHAPE',
      `dataset ${dataset} has shape (${shape.join(',')}), needed is (${neededShape(named, lengths)})`,
    );
  }
  const order = orders.find((one) => one.axes.every((axis) => named.includes(axis)));
  const places = ['layer', ...(order?.axes ?? [])].map((axis) => named.indexOf(axis as AxisName));
  const known = places.filter((place) => place >= 0);
  const others = named.filter((axis, i) => axis !== 'one' && !known.includes(i));
  if (!order || others.length > 0 || new Set(known).size !== known.length || repeats(named)) {
    const message = `axes ${axes.join(', ')} of ${dataset} do not describe voxels: beside shower and layer they are r and alpha, x and y, cell, or voxel, each once`;
    throw new CaloscopeError('ERR_LAYOUT', message);
  }
  const voxels = trailing.reduce((product, length) => product * length, 1);
  if (voxels > mostVoxels) {
    const message = `dataset ${dataset} claims ${voxels} voxels a shower, more than ${mostVoxels}; the file is damaged, or its layout another`;
    throw new CaloscopeError('ERR_TOO_LARGE', message);
  }
  return {
    voxels,
    geometry: shapeGeometry(order.kind, places, trailing, shape),
    stored: storedPlaces(trailing, known),
  };
}

function repeats(axes: readonly AxisName[]): boolean {
  const counted = axes.filter((axis) => axis !== 'one');
  return new Set(counted).size !== counted.length;
}

/**
 * One length an axis; null: no fit. In place of `voxel` alone there may be the three axes of a detector, and axes of length 1 may
 * follow at the end.
 */
function lengthsOf(axes: readonly AxisName[], shape: readonly number[]): number[] | null {
  let stored = shape.slice(1);
  while (stored.length > axes.length && stored.at(-1) === 1) stored = stored.slice(0, -1);
  if (isDetector(axes, stored)) stored = [stored.reduce((product, length) => product * length, 1)];
  const fits =
    stored.length === axes.length &&
    stored.every((length, i) => (axes[i] === 'one' ? length === 1 : length > 0));
  return fits ? stored : null;
}

function isDetector(axes: readonly AxisName[], stored: readonly number[]): boolean {
  return axes.length === 1 && axes[0] === 'voxel' && stored.length === 3;
}

function neededShape(axes: readonly AxisName[], lengths: readonly number[] | null): string {
  const names = axes.map(
    (axis, i) => lengths?.[i] ?? (axis === 'voxel' ? 'voxels' : axis === 'one' ? 1 : axis),
  );
  return ['N', ...names].join(',');
}

function shapeGeometry(
  kind: (typeof orders)[number]['kind'],
  [layer = -1, ...within]: readonly number[],
  trailing: readonly number[],
  shape: readonly number[],
): ShapeGeometry | null {
  const layers = layer < 0 ? 1 : (trailing[layer] as number);
  const [first, second] = within.map((place) => trailing[place] as number);
  if (kind === 'polar') return { name: `polar:${layers}x${first}x${second}`, named: true };
  if (kind === 'grid') return { name: `cartesian:${layers}x${first}x${second}`, named: true };
  if (kind === 'cells') return { name: `cells:${layers}x${first}`, named: true };
  const free = shape.slice(1);
  while (free.length > 3 && free.at(-1) === 1) free.pop();
  return free.length === 3 && layer < 0 ? { name: `cartesian:${free.join('x')}`, named: false } : null;
}

/** Walks the voxels in the order `places` of the axes, the last one fastest. */
function storedPlaces(trailing: readonly number[], places: readonly number[]): Uint32Array | null {
  if (places.every((place, i) => i === 0 || place > (places[i - 1] as number))) return null;
  const strides = trailing.map((_, axis) =>
    trailing.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
  let result: number[] | Uint32Array = [0];
  for (const place of places) {
    const [length, stride] = [trailing[place] as number, strides[place] as number];
    const next: Uint32Array = new Uint32Array(result.length * length);
    result.forEach((base, i) => {
      for (let j = 0; j < length; j++) next[i * length + j] = base + j * stride;
    });
    result = next;
  }
  return result as Uint32Array;
}
