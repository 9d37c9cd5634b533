import { setImmediate } from 'node:timers/promises';
import type { Geometry } from '../../geometry/geometry.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { Warning } from '../../warnings.js';
import { profileCells } from './profile-sums.js';
import type { ShowerSample } from './shower-sample.js';

/** Share of the mean energy that lies elsewhere, ½ Σ|p − q|, from which another order of the axes is looked for. */
const farApart = 0.2;
/** Share of that distance which another order must leave at most, to be named. */
const explained = 0.5;

/** Part of it by which an order may be worse than the best, where it has fewer axes moved or turned: the others are symmetric. */
const alikeOrders = 0.1;

/** An axis of a detector whose layers are alike. */
interface Axis {
  readonly name: string;
  readonly length: number;
}

/**
 * Compares the mean showers of two samples: where they lie far apart, and another order or direction of the axes brings the generated
 * one at least twice as near, the generated sample was probably stored in it. Only for detectors whose layers are alike.
 */
export async function axisOrderWarnings(
  reference: ShowerSample,
  generated: ShowerSample,
  options: ComputeOptions,
): Promise<Warning[]> {
  const axes = axesOf(reference.geometry);
  if (axes === null || reference.rows === 0 || generated.rows === 0) return [];
  const [first, second] = [await meanShower(reference, options), await meanShower(generated, options)];
  if (first === null || second === null) return [];
  const asStored = distance(first, second);
  if (!(asStored > farApart)) return [];
  const orders: { readonly left: number; readonly changes: number; readonly words: string }[] = [];
  for (const order of permutations(axes)) {
    for (let flips = 0; flips < 2 ** axes.length; flips++) {
      options.signal?.throwIfAborted();
      await setImmediate();
      const left = distance(first, second, placesOf(axes, order, flips));
      orders.push({ left, changes: changesOf(axes, order, flips), words: wordsOf(axes, order, flips) });
    }
  }
  const least = Math.min(...orders.map(({ left }) => left));
  if (least > explained * asStored) return [];
  const [best] = orders
    .filter(({ left }) => left <= least + alikeOrders * asStored)
    .sort((a, b) => a.changes - b.changes || a.left - b.left) as [(typeof orders)[number]];
  const share = (value: number) => `${(100 * value).toFixed(0)} %`;
  const message =
    `the generated showers look as if they were stored ${best.words}: ` +
    `${share(asStored)} of their mean energy lies elsewhere than in the reference, ${share(best.left)} if they were read so; check the order of their axes`;
  return [{ code: 'axes-differ', message }];
}

function axesOf({ layers }: Geometry): readonly Axis[] | null {
  const [first] = layers;
  if (first === undefined || layers.length < 2) return null;
  const alike = layers.every(({ shape }) => JSON.stringify(shape) === JSON.stringify(first.shape));
  if (!alike || first.shape.kind === 'cells') return null;
  const { shape } = first;
  const layer = { name: 'layer', length: layers.length };
  return shape.kind === 'grid'
    ? [layer, { name: 'y', length: shape.rows }, { name: 'x', length: shape.columns }]
    : [
        layer,
        { name: 'alpha', length: shape.alphaBins },
        { name: 'r', length: shape.radialEdges.length - 1 },
      ];
}

/** The share of each voxel in the energy of all showers; null where there is none. */
async function meanShower(showers: ShowerSample, options: ComputeOptions): Promise<Float64Array | null> {
  const { voxels } = showers.geometry;
  const place = Uint32Array.from({ length: voxels }, (_, voxel) => voxel);
  const record = { place, places: voxels, energyEdges: new Float64Array(0), energies: true, products: false };
  const [sums] = await profileCells(showers, [record], [null], { ...options, threshold: null });
  const contents = sums?.contents ?? new Float64Array(0);
  const total = contents.reduce((sum, energy) => sum + energy, 0);
  return total > 0 ? contents.map((energy) => energy / total) : null;
}

function distance(first: Float64Array, second: Float64Array, places: Uint32Array | null = null): number {
  let sum = 0;
  for (let voxel = 0; voxel < first.length; voxel++) {
    const place = places === null ? voxel : (places[voxel] as number);
    sum += Math.abs((first[voxel] as number) - (second[place] as number));
  }
  return sum / 2;
}

/** All orders of the axes by their numbers, the stored one first. */
function permutations(axes: readonly Axis[]): number[][] {
  const extend = (begun: number[]): number[][] =>
    begun.length === axes.length
      ? [begun]
      : axes.flatMap((_, axis) => (begun.includes(axis) ? [] : extend([...begun, axis])));
  return extend([]);
}

/** Where each voxel lies in showers that are stored in another order of the axes, some of them (bits of `flips`) backwards. */
function placesOf(axes: readonly Axis[], order: readonly number[], flips: number): Uint32Array {
  const stride = new Array<number>(axes.length).fill(1);
  for (let i = order.length - 2; i >= 0; i--) {
    const next = order[i + 1] as number;
    stride[order[i] as number] = (stride[next] as number) * (axes[next] as Axis).length;
  }
  let places: Uint32Array = new Uint32Array(1);
  for (const [axis, { length }] of axes.entries()) {
    const backwards = ((flips >> axis) & 1) === 1;
    const longer = new Uint32Array(places.length * length);
    for (const [i, place] of places.entries()) {
      for (let j = 0; j < length; j++) {
        longer[i * length + j] = place + (backwards ? length - 1 - j : j) * (stride[axis] as number);
      }
    }
    places = longer;
  }
  return places;
}

/** How many axes are in another place or backwards. */
function changesOf(axes: readonly Axis[], order: readonly number[], flips: number): number {
  return axes.filter((_, axis) => order[axis] !== axis || (flips >> axis) & 1).length;
}

function wordsOf(axes: readonly Axis[], order: readonly number[], flips: number): string {
  const names = order.map((axis) => (axes[axis] as Axis).name);
  const moved = order.some((axis, i) => axis !== i) ? `with the axes ${names.join(', ')} in this order` : '';
  const turned = axes.filter((_, axis) => (flips >> axis) & 1).map(({ name }) => name);
  const backwards = turned.length > 0 ? `${turned.join(' and ')} backwards` : '';
  return [moved, backwards].filter((part) => part !== '').join(', ');
}
