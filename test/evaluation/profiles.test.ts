import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { ProfileComparison } from '#caloscope/evaluation/result';
import { namedGeometry } from '#caloscope/geometry/geometry';
import { sampleOf } from '#caloscope/samples/kinds';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers } from '../support/grid-showers.js';

/** What a shower of the grid, two layers of 3 × 4 voxels, has between two edges: energy or number of voxels above 0. */
type Content = (voxels: Float32Array) => number[];

function meansOf(name: string, numbers: GridNumbers, weights: Float64Array | null, threshold: number | null) {
  const sample = sampleOf(showersFromArrays(numbers, gridGeometry()));
  const of = sample.profiles?.([weights], { threshold, covariance: true });
  return of?.then(([column]) => column?.find(({ profile }) => profile.name === name));
}

/** n/(n − 1), n the effective number of rows: rows scatter less about their own mean than about the true one. */
function unbiased(weights: readonly number[]): number {
  const sum = weights.reduce((all, one) => all + one, 0);
  const n = sum ** 2 / weights.reduce((all, one) => all + one ** 2, 0);
  return n / (n - 1);
}

/** Mean and error as they are defined, in two passes over the showers. */
function expected(content: Content, { voxels, incidentEnergies }: GridNumbers, weights: Float64Array | null) {
  const rows = incidentEnergies.length;
  const contents = Array.from({ length: rows }, (_, row) =>
    content(voxels.subarray(24 * row, 24 * (row + 1))),
  );
  const weight = (row: number) => weights?.[row] ?? 1;
  const sum = contents.reduce((all, _, row) => all + weight(row), 0);
  const bins = contents[0]?.length ?? 0;
  return Array.from({ length: bins }, (_, bin) => {
    const mean = contents.reduce((all, one, row) => all + weight(row) * (one[bin] as number), 0) / sum;
    const square = contents.reduce(
      (all, one, row) => all + (weight(row) * ((one[bin] as number) - mean)) ** 2,
      0,
    );
    return { mean, error: Math.sqrt(unbiased(contents.map((_, row) => weight(row))) * square) / sum };
  });
}

describe('mean profiles', () => {
  const numbers = gridNumbers(900, 3);
  const weights = Float64Array.from({ length: 900 }, (_, row) => 0.2 + (row % 5));
  const layer = (l: number, voxels: Float32Array) => voxels.subarray(12 * l, 12 * (l + 1));
  const total = (voxels: Float32Array) => voxels.reduce((sum, energy) => sum + energy, 0);
  const count = (voxels: Float32Array) => voxels.filter((energy) => energy > 0).length;
  const geometry = namedGeometry('cartesian:2x3x4');
  const radii = [...new Set(geometry?.radius.map((r) => Number(r.toPrecision(9))))].sort((a, b) => a - b);
  const atRadius = (r: number, voxels: Float32Array) =>
    voxels.filter((_, voxel) => Math.abs((geometry?.radius[voxel] as number) - r) < 1e-6);

  const definitions: readonly (readonly [string, Content])[] = [
    ['energy_by_layer', (voxels) => [0, 1].map((l) => total(layer(l, voxels)))],
    ['hits_by_layer', (voxels) => [0, 1].map((l) => count(layer(l, voxels)))],
    ['energy_by_radius', (voxels) => radii.map((r) => total(atRadius(r, voxels)))],
    ['hits_by_radius', (voxels) => radii.map((r) => count(atRadius(r, voxels)))],
  ];
  it.each(definitions)('%s', async (name, content) => {
    for (const threshold of [null, 25]) {
      const cut = (voxels: Float32Array) =>
        content(voxels.map((e) => (threshold !== null && e < threshold ? 0 : e)));
      for (const column of [null, weights]) {
        const found = await meansOf(name, numbers, column, threshold);
        const wanted = expected(cut, numbers, column);
        expect(found?.means.length).toBe(wanted.length);
        for (const [bin, { mean, error }] of wanted.entries()) {
          expect((found?.means[bin] as number) / mean).toBeCloseTo(1, 10);
          expect((found?.errors[bin] as number) / error).toBeCloseTo(1, 8);
        }
      }
    }
  });

  it.each(['spectrum', 'spectrum_1'])('%s', async (name) => {
    const found = await meansOf(name, numbers, weights, null);
    const edges = found?.profile.edges ?? [];
    expect(edges.slice(0, 2)).toEqual([1e-4, 1.58489e-4]);
    const content = (voxels: Float32Array) =>
      edges.slice(1).map((upper, bin) => {
        const of = name === 'spectrum' ? voxels : layer(1, voxels);
        return of.filter((energy) => energy >= (edges[bin] as number) && energy < upper).length;
      });
    for (const [bin, { mean, error }] of expected(content, numbers, weights).entries()) {
      expect(found?.means[bin]).toBeCloseTo(mean, 10);
      expect(found?.errors[bin]).toBeCloseTo(error, 10);
    }
  });

  it('have the covariance of their bins', async () => {
    for (const column of [null, weights]) {
      const found = await meansOf('energy_by_radius', numbers, column, null);
      const rows = Array.from({ length: 900 }, (_, row) => {
        const voxels = numbers.voxels.subarray(24 * row, 24 * (row + 1));
        return radii.map((r) => total(atRadius(r, voxels)));
      });
      const weight = (row: number) => column?.[row] ?? 1;
      const sum = rows.reduce((all, _, row) => all + weight(row), 0);
      const from = (content: readonly number[], bin: number) =>
        (content[bin] as number) - (found?.means[bin] as number);
      const factor = unbiased(rows.map((_, row) => weight(row)));
      let place = 0;
      for (const i of radii.keys()) {
        for (let j = 0; j <= i; j++) {
          const covariance = rows.reduce(
            (all, content, row) => all + factor * weight(row) ** 2 * from(content, i) * from(content, j),
            0,
          );
          expect((found?.covariance?.[place++] as number) * sum ** 2).toBeCloseTo(covariance, 3);
        }
        const variance = found?.covariance?.[place - 1] as number;
        expect(Math.sqrt(variance) / (found?.errors[i] as number)).toBeCloseTo(1, 8);
      }
      expect(found?.covariance).toHaveLength(place);
      const squares = rows.reduce((all, _, row) => all + weight(row) ** 2, 0);
      expect(found?.effectiveRows).toBeCloseTo(sum ** 2 / squares, 8);
    }
    const sample = sampleOf(showersFromArrays(numbers, gridGeometry()));
    const [without] = (await sample.profiles?.([null], { threshold: null, covariance: false })) ?? [];
    expect(without?.map(({ covariance }) => covariance)).toEqual(without?.map(() => null));
  });

  it('by angle hold every voxel off the axis once', async () => {
    const found = await meansOf('hits_by_angle', numbers, null, null);
    const mean = expected((voxels) => [count(voxels)], numbers, null)[0]?.mean as number;
    const sum = found?.means.reduce((all, one) => all + one, 0);
    // Three rows and four columns: no voxel lies on the axis.
    expect(sum).toBeCloseTo(mean, 10);
    expect(found?.means.every((one) => one > 0)).toBe(true);
  });

  it('have errors that are the scatter of samples, also where the voxels of a shower rise and fall together', async () => {
    const pulls: number[] = [];
    for (let seed = 0; seed < 150; seed++) {
      const sample = gridNumbers(200, 100 + seed);
      const normal = normalNumbers(5000 + seed);
      // Of mean 1.
      const scales = Array.from({ length: 200 }, () => Math.exp(0.5 * normal() - 0.125));
      const tied = sample.voxels.map((energy, i) => energy * (scales[Math.floor(i / 24)] as number));
      const found = await meansOf('energy_by_layer', { ...sample, voxels: tied }, null, null);
      // ½ exp(½ 0.5²) of 30 MeV in each of 12 voxels.
      pulls.push(((found?.means[0] as number) - 12 * 15 * Math.exp(0.125)) / (found?.errors[0] as number));
    }
    const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
    const deviation = Math.sqrt(pulls.reduce((sum, pull) => sum + (pull - mean) ** 2, 0) / pulls.length);
    // Of 150: ± 0.08 and ± 0.06.
    expect(Math.abs(mean)).toBeLessThan(0.3);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.2);
  });
});

describe('profiles of an evaluation', () => {
  const quick = {
    folds: 3,
    learners: ['network' as const],
    threads: 2,
    classifier: { hidden: [4], epochs: 1 },
  };

  it('name the layer whose energy is wrong, with the factor', async () => {
    const numbers = gridNumbers(1500, 8);
    const changed = numbers.voxels.map((energy, i) => (i % 24 >= 12 ? 1.2 * energy : energy));
    const reference = showersFromArrays(gridNumbers(1500, 7), gridGeometry());
    const generated = showersFromArrays({ ...numbers, voxels: changed }, gridGeometry());
    const { result, ensemble } = await evaluate(reference, generated, quick);
    ensemble.dispose();
    const found = result.profiles.find(({ name }) => name === 'energy_by_layer') as ProfileComparison;
    const pull = found.largestPull.generated;
    expect(pull).toMatchObject({ lower: 0.5, upper: 1.5 });
    expect(pull?.pull).toBeGreaterThan(5);
    expect(Math.abs((pull?.ratio as number) - 1.2)).toBeLessThan(4 * (pull?.ratioError as number));
    expect(found.chiSquare.generated).toMatchObject({ degreesOfFreedom: 2 });
    expect(found.chiSquare.generated.pValue).toBeLessThan(1e-6);
    // The spectrum begins and ends where there are voxels.
    const spectrum = result.profiles.find(({ name }) => name === 'spectrum');
    const all = [spectrum?.reference, spectrum?.generated].map((curve) => curve?.means ?? []);
    expect(all.some((means) => (means[0] as number) > 0)).toBe(true);
    expect(all.some((means) => (means.at(-1) as number) > 0)).toBe(true);
    expect(JSON.parse(JSON.stringify(result.profiles))).toEqual(result.profiles);
  });

  it('are none of a table', async () => {
    const { result, ensemble } = await evaluate(
      gaussianSample(200, [0], 1),
      gaussianSample(200, [0], 2),
      quick,
    );
    ensemble.dispose();
    expect(result.profiles).toEqual([]);
    expect(result.comparedLayers).toBeNull();
  });
});
