import { describe, expect, it } from 'vitest';
import { resolveGeometry } from '#caloscope/geometry/geometry';
import { axisOrderWarnings } from '#caloscope/samples/showers/axis-order';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { normalNumbers } from '../../support/gaussian-samples.js';

/** Layers, rows and columns, all of different length; alike in two of them in the second detector. */
const detectors = { three: [6, 4, 5], cube: [6, 6, 6] } as const;

/** A shower that leans to one corner of every layer and has its maximum early. */
function voxelShare(l: number, y: number, x: number): number {
  return (l + 1) * Math.exp(-0.9 * l) * Math.exp(-0.8 * y) * Math.exp(-0.35 * x);
}

type Place = (at: readonly [number, number, number], lengths: readonly [number, number, number]) => number;
const stored: Place = ([l, y, x], [, rows, columns]) => (l * rows + y) * columns + x;

/** The same, with the maximum in the middle of the columns. */
const symmetric = (l: number, y: number, x: number) => voxelShare(l, y, Math.abs(x - 2) / 2);

async function sample(
  detector: keyof typeof detectors,
  seed: number,
  place = stored,
  depth = 1,
  share = voxelShare,
): Promise<ShowerSample> {
  const lengths = detectors[detector];
  const [layers, rows, columns] = lengths;
  const normal = normalNumbers(seed);
  const showers = 400;
  const width = layers * rows * columns;
  const voxels = new Float32Array(showers * width);
  for (let n = 0; n < showers; n++) {
    for (let l = 0; l < layers; l++) {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const energy = 100 * share(l * depth, y, x) * Math.exp(normal() / 2);
          voxels[n * width + place([l, y, x], lengths)] = energy;
        }
      }
    }
  }
  const geometry = await resolveGeometry(`cartesian:${lengths.join('x')}`);
  return showersFromArrays({ incidentEnergies: new Float64Array(showers).fill(1000), voxels }, geometry);
}

async function said(detector: keyof typeof detectors, place: Place, depth = 1): Promise<string[]> {
  using reference = await sample(detector, 1);
  using generated = await sample(detector, 2, place, depth);
  return (await axisOrderWarnings(reference, generated, {})).map(
    ({ code, message }) => `${code}: ${message}`,
  );
}

describe('axes of the generated sample', () => {
  it.each<[string, Place, keyof typeof detectors]>([
    [
      'with the axes x, y, layer in this order:',
      ([l, y, x], [layers, rows]) => (x * rows + y) * layers + l,
      'three',
    ],
    [
      'with the axes y, layer, x in this order:',
      ([l, y, x], [layers, , columns]) => (y * layers + l) * columns + x,
      'three',
    ],
    [
      'with the axes layer, x, y in this order:',
      ([l, y, x], [, rows, columns]) => (l * columns + x) * rows + y,
      'cube',
    ],
    [
      'layer backwards:',
      ([l, y, x], [layers, rows, columns]) => ((layers - 1 - l) * rows + y) * columns + x,
      'three',
    ],
    ['x backwards:', ([l, y, x], [, rows, columns]) => (l * rows + y) * columns + (columns - 1 - x), 'three'],
    [
      'with the axes y, x, layer in this order, layer and y backwards:',
      ([l, y, x], [layers, rows, columns]) => ((rows - 1 - y) * columns + x) * layers + (layers - 1 - l),
      'cube',
    ],
  ])('that are stored %s are named', async (words, place, detector) => {
    const [warning, ...others] = await said(detector, place);
    expect(others).toEqual([]);
    expect(warning).toContain(`axes-differ: the generated showers look as if they were stored ${words} `);
    expect(warning).toMatch(/, [0-5] % if they were read so/);
  });

  it('that are symmetric are not named for what noise prefers', async () => {
    const backwards: Place = ([l, y, x], [layers, rows, columns]) =>
      ((layers - 1 - l) * rows + y) * columns + x;
    for (let seed = 10; seed < 16; seed++) {
      using reference = await sample('three', seed, stored, 1, symmetric);
      using generated = await sample('three', seed + 100, backwards, 1, symmetric);
      const [warning] = await axisOrderWarnings(reference, generated, {});
      expect(warning?.message).toContain('as if they were stored layer backwards: ');
    }
  });

  it.each([
    ['equal samples', 1],
    ['showers that are too short', 1.6],
    ['showers that are much too long', 0.3],
  ])('are as they should be: %s', async (_, depth) => {
    expect(await said('three', stored, depth)).toEqual([]);
  });

  it('are not looked for where layers differ', async () => {
    const geometry = await resolveGeometry('calogan');
    const voxels = new Float32Array(504);
    using first = showersFromArrays(
      { incidentEnergies: Float64Array.of(1), voxels: voxels.fill(1, 0, 9) },
      geometry,
    );
    using second = showersFromArrays(
      { incidentEnergies: Float64Array.of(1), voxels: voxels.fill(0).fill(1, 400) },
      geometry,
    );
    expect(await axisOrderWarnings(first, second, {})).toEqual([]);
  });
});
