import { describe, expect, it } from 'vitest';
import { arrangementOf } from '#caloscope/layouts/arrangement';
import type { AxisName } from '#caloscope/layouts/schema';

const dataset = (axes: readonly AxisName[], lengths: number[] | null = null) => ({
  dataset: 'showers',
  axes: ['shower' as const, ...axes],
  lengths,
});

/** Place of every voxel as stored, by walking all axes in voxel order. */
function placesByWalking(
  axes: readonly string[],
  shape: readonly number[],
  order: readonly string[],
): number[] {
  let all: Record<string, number>[] = [{}];
  for (const axis of order) {
    const length = shape[axes.indexOf(axis)] as number;
    all = all.flatMap((at) => Array.from({ length }, (_, i) => ({ ...at, [axis]: i })));
  }
  return all.map((at) =>
    axes.reduce((place, axis, i) => place * (shape[i] as number) + (at[axis] as number), 0),
  );
}

describe('axes of a dataset', () => {
  it.each([
    [['r', 'alpha', 'layer'], [2, 3, 4], ['layer', 'alpha', 'r'], 'polar:4x3x2'],
    [['layer', 'x', 'y'], [2, 3, 4], ['layer', 'y', 'x'], 'cartesian:2x4x3'],
    [['x', 'y', 'layer'], [2, 3, 4], ['layer', 'y', 'x'], 'cartesian:4x3x2'],
    [['cell', 'layer'], [5, 2], ['layer', 'cell'], 'cells:2x5'],
    [['x', 'y'], [2, 3], ['y', 'x'], 'cartesian:1x3x2'],
  ] as const)('%j are brought into the order of the voxels', (axes, lengths, order, geometry) => {
    const { voxels, stored, geometry: found } = arrangementOf(dataset(axes), [7, ...lengths]);
    expect(voxels).toBe(lengths.reduce((product: number, length) => product * length, 1));
    expect(Array.from(stored ?? [])).toEqual(placesByWalking(axes, lengths, order));
    expect(found).toEqual({ name: geometry, named: true });
  });

  it.each([
    [
      ['layer', 'alpha', 'r'],
      [4, 3, 2],
    ],
    [
      ['layer', 'y', 'x'],
      [4, 3, 2],
    ],
    [
      ['y', 'x', 'one'],
      [3, 2, 1],
    ],
    [
      ['layer', 'cell'],
      [3, 2],
    ],
    [['voxel'], [6480]],
    [
      ['layer', 'voxel'],
      [2, 5],
    ],
  ] as const)('%j are those of the voxels already', (axes, lengths) => {
    expect(arrangementOf(dataset(axes), [7, ...lengths]).stored).toBeNull();
  });

  it('that are not named may be several, and trailing ones of length 1 may be left out', () => {
    const shape = (...lengths: number[]) => arrangementOf(dataset(['voxel']), [7, ...lengths]);
    expect(shape(45, 16, 9)).toEqual({
      voxels: 6480,
      stored: null,
      geometry: { name: 'cartesian:45x16x9', named: false },
    });
    expect(shape(45, 16, 9, 1)).toEqual(shape(45, 16, 9));
    expect(shape(6480).geometry).toBeNull();
    expect(arrangementOf(dataset(['y', 'x'], [3, 96]), [7, 3, 96, 1]).voxels).toBe(288);
  });

  it.each([
    [dataset(['layer', 'y', 'x']), [7, 4, 3], '(7,4,3), needed is (N,layer,y,x)'],
    [dataset(['y', 'x'], [3, 96]), [7, 96, 3], '(7,96,3), needed is (N,3,96)'],
    [dataset(['voxel']), [7, 0], '(7,0), needed is (N,voxels)'],
    [dataset(['voxel']), [7], '(7), needed is (N,voxels)'],
    [dataset(['layer', 'cell', 'one']), [7, 4, 3, 2], 'needed is (N,layer,cell,1)'],
  ])('do not fit every shape: %j', (described, shape, message) => {
    expect(() => arrangementOf(described, shape)).toThrow(
      expect.objectContaining({ code: 'ERR_DATASET_SHAPE', message: expect.stringContaining(message) }),
    );
  });

  it('are not put in order where a header claims more than there can be', () => {
    expect(() => arrangementOf(dataset(['cell', 'layer']), [1, 2 ** 16, 2 ** 16])).toThrow(
      expect.objectContaining({ code: 'ERR_TOO_LARGE' }),
    );
  });

  it.each([
    [['layer', 'x']],
    [['x', 'y', 'r']],
    [['layer', 'layer', 'cell']],
    [['r', 'alpha', 'voxel']],
  ] as const)('%j are no voxels', (axes) => {
    expect(() => arrangementOf(dataset(axes), [7, ...axes.map(() => 2)])).toThrow(
      expect.objectContaining({ code: 'ERR_LAYOUT' }),
    );
  });
});
