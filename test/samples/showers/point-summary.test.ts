/** What is kept of points beside the hits, held against a plain loop over the points. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, expect, it } from 'vitest';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { showers } from '#caloscope/samples/showers/showers';
import { spectrumEdges } from '#caloscope/samples/showers/spectrum-edges';
import { pointShowers, rows } from './reading/points.js';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-point-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'clouds.h5');
const file = new File(path, 'w');
const events = new Float32Array(rows * 40 * 4);
for (const [row, points] of pointShowers.entries()) {
  for (const [i, { x, y, layer, energy }] of points.entries()) {
    events.set([x, layer, y, energy], (row * 40 + i) * 4);
  }
}
file.create_dataset({ name: 'events', data: events, shape: [rows, 40, 4] });
file.create_dataset({ name: 'energy', data: Float32Array.from({ length: rows }, (_, row) => 10 + row) });
file.close();
const geometry = 'grid:4x3x5:-50..50:-15..15';

/** Σ E q / Σ E, NaN without points. */
function centers(quantity: 'x' | 'y' | 'layer'): number[] {
  return pointShowers.map((points) => {
    const energy = points.reduce((sum, point) => sum + point.energy, 0);
    return points.reduce((sum, point) => sum + point.energy * point[quantity], 0) / energy;
  });
}

const close = (values: readonly number[]) =>
  values.map((value) => (Number.isNaN(value) ? Number.NaN : expect.closeTo(value, 9)));

it('numbers of points and centers of gravity are observables', async () => {
  using sample = await openShowers(path, { geometry });
  const kind = showers.sample(sample);
  const names = ['points', 'point_center_x', 'point_center_y', 'point_center_layer'];
  expect(
    kind
      .observables()
      .map(({ name }) => name)
      .slice(-4),
  ).toEqual(names);
  expect(kind.compared(kind).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  const chosen = ['point_center_layer', 'deposited_energy', 'points', 'point_center_x', 'point_center_y'];
  const found = chosen.map((name) => kind.observables().find((one) => one.name === name));
  const values: number[][] = [];
  for await (const column of kind.values(found as never, { threshold: null })) values.push([...column]);
  const [layer, deposited, count, x, y] = values;
  expect(layer).toEqual(close(centers('layer')));
  expect(x).toEqual(close(centers('x')));
  expect(y).toEqual(close(centers('y')));
  expect(count).toEqual(pointShowers.map(({ length }) => length));
  const energies = Array.from({ length: rows }, (_, row) =>
    sample.read(row, 1).reduce((sum, e) => sum + e, 0),
  );
  expect(deposited).toEqual(close(energies));
});

it('points are counted by energy in a profile, with weights, and without showers that are left out', async () => {
  using sample = await openShowers(path, { geometry });
  const kind = showers.sample(sample);
  const weights = Float64Array.from({ length: rows }, (_, row) => 1 + row / 2);
  const spectrumOf = (left: (row: number) => number) =>
    Array.from({ length: spectrumEdges.length - 1 }, (_, bin) => {
      const [low = 0, high = 0] = spectrumEdges.subarray(bin, bin + 2);
      const counted = pointShowers.map((points) =>
        points.filter((p) => p.energy * 1000 >= low && p.energy * 1000 < high),
      );
      const sum = counted.reduce((all, points, row) => all + left(row) * points.length, 0);
      return sum / counted.reduce((all, _points, row) => all + left(row), 0);
    });
  const profile = async (of: typeof kind, column: Float64Array | null) => {
    const [means] = (await of.profiles?.([column], { threshold: null, covariance: false })) ?? [];
    return [...(means?.find(({ profile: { name } }) => name === 'point_spectrum')?.means ?? [])];
  };
  expect(await profile(kind, null)).toEqual(close(spectrumOf(() => 1)));
  expect(await profile(kind, weights)).toEqual(close(spectrumOf((row) => weights[row] as number)));
  const left = await kind.without(Float64Array.of(1, 6), {});
  expect(await profile(left as typeof kind, null)).toEqual(
    close(spectrumOf((row) => (row === 1 || row === 6 ? 0 : 1))),
  );
  left.dispose();
});
