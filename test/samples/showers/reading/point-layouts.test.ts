/**
 * One small file of every layout of points, written by the HDF5 library as the authors' code writes it, and every hit held against a
 * plain loop over the points.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { hitsOf, type Point, pointShowers, rows } from './points.js';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-points-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Stored {
  readonly path: string;
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
  readonly chunks?: readonly number[];
}

let files = 0;
function write(datasets: readonly Stored[]): string {
  const path = join(folder, `${++files}.h5`);
  const file = new File(path, 'w');
  for (const { path: name, data, shape, chunks } of datasets) {
    const steps = name.split('/');
    const last = steps.pop() as string;
    let place: File | Group = file;
    for (const step of steps) place = (place.get(step) as Group | null) ?? place.create_group(step);
    const packing = chunks ? { chunks: [...chunks], compression: 4 } : {};
    place.create_dataset({ name: last, data, shape: [...shape], ...packing });
  }
  file.close();
  return path;
}

const incident = Float32Array.from({ length: rows }, (_, row) => 10 + row);
const energies = (path: string): Stored => ({ path, data: incident, shape: [rows, 1] });

/** (N,4,P) where `across`, otherwise (N,P,4); points are at the end, behind padding. */
function padded(
  showers: readonly (readonly Point[])[],
  most: number,
  values: (point: Point) => readonly number[],
  across: boolean,
): { data: Float32Array; shape: number[] } {
  const width = values(showers[0]?.[0] as Point).length;
  const data = new Float32Array(rows * most * width);
  for (const [row, points] of showers.entries()) {
    for (const [i, point] of points.entries()) {
      const at = most - points.length + i;
      for (const [q, value] of values(point).entries()) {
        data[row * most * width + (across ? q * most + at : at * width + q)] = value;
      }
    }
  }
  return { data, shape: across ? [rows, width, most] : [rows, most, width] };
}

const grid = 'grid:4x3x5:-50..50:-15..15';
const edges = { x: [-50, -30, -10, 10, 30, 50], y: [-15, -5, 5, 15], layers: 4 };
const gev = (point: Point) => Math.fround(point.energy);

/** What of each layout stands in a file; MeV in one unit of a stored energy. */
const examples: Readonly<Record<string, { readonly datasets: readonly Stored[]; readonly unit: number }>> = {
  caloclouds: {
    datasets: [
      {
        path: 'events',
        ...padded(pointShowers, 40, ({ x, y, layer, energy }) => [x, layer, y, energy], true),
        chunks: [2, 4, 40],
      },
      energies('energy'),
    ],
    unit: 1000,
  },
};

it('every published layout of points has an example', () => {
  const ofPoints = publishedLayouts.filter(({ points }) => points !== undefined);
  expect(Object.keys(examples).sort()).toEqual(ofPoints.map(({ name }) => name).sort());
});

describe.each(Object.entries(examples))('a file in the layout %s', (name, { datasets, unit }) => {
  const path = write(datasets);

  it('is recognized, and its points become the hits of a plain loop', async () => {
    using sample = await openShowers(path, { geometry: grid });
    expect(sample.origin.layout).toBe(name);
    expect(sample.incidentEnergies()).toEqual(Float64Array.from(incident, (energy) => energy * 1000));
    const expected = pointShowers.flatMap((points) => [...hitsOf(points, edges, (p) => gev(p) * unit)]);
    expect(sample.read(0, rows)).toEqual(Float64Array.from(expected));
    expect(sample.problems.map(({ code }) => code)).toEqual(['points-outside', 'zero-showers']);
  });

  it('is described by inspect', async () => {
    const found = await inspectShowerFile(path);
    expect(found).toMatchObject({ layout: name, points: true, rows, voxels: null, geometry: null });
    expect(found.problems.map(({ code }) => code)).toEqual(['ERR_GEOMETRY']);
    const inGrid = await inspectShowerFile(path, { geometry: grid });
    expect(inGrid).toMatchObject({ voxels: 60, geometry: grid });
    expect(inGrid.layers).toHaveLength(4);
  });

  it('needs a geometry that says where its voxels end', async () => {
    await expect(openShowers(path)).rejects.toMatchObject({ code: 'ERR_GEOMETRY' });
    await expect(openShowers(path, { geometry: 'cells:4x15' })).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
      message: expect.stringContaining('cells:4x15 cannot bin'),
    });
  });
});
