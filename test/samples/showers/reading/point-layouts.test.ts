/**
 * One small file of every layout of points, written by the HDF5 library as the authors' code writes it, and every hit held against a
 * plain loop over the points.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, type Group, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { hasSharedData, sharedPath } from '../../../support/shared-data.js';
import { hitsOf, type Point, pointShowers, rows } from './points.js';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-points-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Stored {
  readonly path: string;
  readonly data: Float32Array | Float64Array | Int32Array;
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

/** Points of all showers, one after the other. */
const all = pointShowers.flatMap((points, shower) => points.map((point) => ({ ...point, shower })));
const numbers = (values: readonly number[]) => Float32Array.from(values);
const eachRow = (value: (row: number) => number) =>
  Float64Array.from({ length: rows }, (_, row) => value(row));

interface Example {
  /** What stands in a file, or the file. */
  readonly datasets: readonly Stored[] | string;
  /** MeV in one unit of a stored energy: 1000. */
  readonly geometry?: string;
  readonly conditions?: Readonly<Record<string, Float64Array>>;
  readonly incident?: Float64Array;
}

const written = (name: string) => new URL(`written/${name}`, import.meta.url).pathname;
const particles = {
  'direction x': eachRow(() => Math.fround(0.6)),
  'direction y': eachRow(() => 0),
  'direction z': eachRow(() => Math.fround(0.8)),
  pdg: eachRow(() => 22),
};
const momenta = numbers(Array.from({ length: rows }, (_, row) => [row, -row, 2 + row]).flat());
const momentumConditions = {
  'momentum x': eachRow((row) => row),
  'momentum y': eachRow((row) => -row),
  'momentum z': eachRow((row) => 2 + row),
};
const inTime = padded(
  pointShowers,
  40,
  ({ x, y, layer, energy, time }) => [x, y, layer, time, energy],
  false,
);
const ofIld = ({ x, y, layer, energy }: Point) => [x, layer, y, energy];

/** Files of each layout. */
const examples: Readonly<Record<string, readonly Example[]>> = {
  caloclouds: [
    {
      datasets: [
        { path: 'events', ...padded(pointShowers, 40, ofIld, true), chunks: [2, 4, 40] },
        energies('energy'),
      ],
    },
    { datasets: [{ path: 'events', ...padded(pointShowers, 40, ofIld, true) }, energies('energy')] },
  ],
  'caloclouds-3': [
    { datasets: [{ path: 'events', ...padded(pointShowers, 40, ofIld, false) }, energies('energy')] },
    ...[true, false].map((across) => {
      const { data, shape } = padded(pointShowers, 40, ofIld, across);
      return {
        datasets: [
          { path: 'events', data, shape: [1, ...shape] },
          { path: 'energy', data: incident, shape: across ? [1, rows] : [1, rows, 1] },
        ],
      };
    }),
  ],
  calohadronic: [
    {
      datasets: [
        { path: 'events', ...padded(pointShowers, 40, ofIld, true), chunks: [3, 2, 17] },
        { path: 'n_points', data: Int32Array.from(pointShowers, ({ length }) => length), shape: [rows] },
        { ...energies('energy'), shape: [rows] },
      ],
    },
  ],
  showerdata: [
    { datasets: written('showerdata.h5'), conditions: particles },
    { datasets: written('showerdata-time.h5'), conditions: particles },
  ],
  simplebox: [
    {
      datasets: [
        { path: 'events', ...inTime, chunks: [1, 40, 5] },
        energies('incident_energies'),
        { path: 'momentum', data: momenta, shape: [rows, 3] },
      ],
      conditions: momentumConditions,
    },
  ],
  allegro: [
    {
      datasets: [
        { path: 'events', ...inTime },
        energies('incident_energy'),
        { path: 'incident_momentum', data: momenta, shape: [rows, 3] },
      ],
      conditions: momentumConditions,
    },
  ],
  step2point: [
    {
      datasets: [
        {
          path: 'steps/event_id',
          data: Int32Array.from(all, ({ shower }) => 10 - shower),
          shape: [all.length],
          chunks: [32],
        },
        { path: 'steps/energy', data: numbers(all.map(({ energy }) => energy)), shape: [all.length] },
        {
          path: 'steps/position',
          data: numbers(all.flatMap(({ x, y, z }) => [x, z, y])),
          shape: [all.length, 3],
          chunks: [25, 3],
        },
        { path: 'primary/event_id', data: Int32Array.from(incident, (_, row) => 10 - row), shape: [rows] },
        {
          path: 'primary/momentum',
          data: numbers([...incident].flatMap((energy) => [energy * 0.6, energy * 0.8, 0])),
          shape: [rows, 3],
        },
        { path: 'primary/pdg', data: Int32Array.from(incident, (_, row) => 22 + row), shape: [rows] },
      ],
      geometry: `${grid}:1800..1820`,
      conditions: { pdg: eachRow((row) => 22 + row) },
      incident: Float64Array.from(
        incident,
        (energy) => 1000 * Math.hypot(Math.fround(energy * 0.6), Math.fround(energy * 0.8), 0),
      ),
    },
  ],
};

it('every published layout of points has an example', () => {
  // Of groups: shower-groups.test.ts.
  const ofPoints = publishedLayouts().filter(
    ({ points }) => points !== undefined && points.kind !== 'groups',
  );
  expect(Object.keys(examples).sort()).toEqual(ofPoints.map(({ name }) => name).sort());
});

const filesOfLayouts = Object.entries(examples).flatMap(([name, files]) =>
  files.map((example, i) => [`${name} (${i + 1})`, name, example] as const),
);

describe.each(filesOfLayouts)('a file in the layout %s', (_title, name, example) => {
  const { datasets, geometry = grid, conditions = {} } = example;
  const path = typeof datasets === 'string' ? datasets : write(datasets);

  it('is recognized, and its points become the hits of a plain loop', async () => {
    using sample = await openShowers(path, { geometry });
    expect(sample.origin.layout).toBe(name);
    expect(sample.incidentEnergies()).toEqual(
      example.incident ?? Float64Array.from(incident, (energy) => energy * 1000),
    );
    const expected = pointShowers.flatMap((points) => [...hitsOf(points, edges, (p) => gev(p) * 1000)]);
    expect(sample.read(0, rows)).toEqual(Float64Array.from(expected));
    expect(sample.problems.map(({ code }) => code)).toEqual(['points-outside', 'zero-showers']);
    expect(Object.fromEntries(sample.conditions.map((one) => [one.name, one.values]))).toEqual(conditions);
  });

  it('is described by inspect', async () => {
    const found = await inspectShowerFile(path);
    expect(found).toMatchObject({ layout: name, points: true, rows, voxels: null, geometry: null });
    expect(found.problems.map(({ code }) => code)).toEqual(['ERR_GEOMETRY']);
    const inGrid = await inspectShowerFile(path, { geometry });
    expect(inGrid).toMatchObject({ voxels: 60, geometry });
    expect(inGrid.layers).toHaveLength(4);
  });
});

describe('points that cannot be', () => {
  const [cloud] = examples['caloclouds'] as [Example];
  const path = write(cloud.datasets as Stored[]);
  const refused = async (given: string, options: object, code: string, message: string) =>
    await expect(openShowers(given, { geometry: grid, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });

  it('need a geometry that says where its voxels end', async () => {
    await refused(path, { geometry: undefined }, 'ERR_GEOMETRY', 'its showers are points: name the geometry');
    await refused(path, { geometry: 'cells:4x15' }, 'ERR_GEOMETRY', 'cells:4x15 cannot bin');
  });

  it('are refused where none lies in a voxel', async () => {
    const geometry = 'grid:4x3x5:1000..2000:0..1';
    await refused(path, { geometry }, 'ERR_POINTS', 'none of 102 points lies in a voxel of the geometry');
  });

  it('are refused with coordinates or energies that are no numbers, and negative energies', async () => {
    const changed = (at: number, value: number) => {
      const { data, shape } = padded(pointShowers, 40, ofIld, true);
      data[at * 40 + 39] = value; // the last point of row 0
      return write([{ path: 'events', data, shape }, energies('energy')]);
    };
    await refused(
      changed(0, Number.NaN),
      {},
      'ERR_NON_FINITE',
      'coordinates that are NaN or infinite, the first in row 0, point 39',
    );
    await refused(changed(3, Number.NaN), {}, 'ERR_NON_FINITE', '1 points are NaN or infinite');
    await refused(changed(3, -1), {}, 'ERR_NEGATIVE_ENERGY', '1 points are negative');
    using kept = await openShowers(changed(1, -7), { geometry: grid });
    expect(kept.problems.map(({ code }) => code)).toContain('points-outside');
    using zero = await openShowers(changed(3, Number.NaN), { geometry: grid, nonFinite: 'zero' });
    expect(zero.problems.map(({ code }) => code)).toContain('non-finite');
  });

  it('are refused where more are counted than there is room for', async () => {
    const [hadronic] = examples['calohadronic'] as [Example];
    const stored = (hadronic.datasets as Stored[]).map((one) =>
      one.path === 'n_points'
        ? { ...one, data: Int32Array.from(one.data, (count, row) => (row === 4 ? 41 : count)) }
        : one,
    );
    await refused(
      write(stored),
      {},
      'ERR_POINTS',
      '/n_points says 41 points in row 4, /events has room for 40',
    );
  });

  it('are refused out of the order of their showers', async () => {
    const [flat] = examples['step2point'] as [Example];
    const geometry = flat.geometry;
    const changed = (value: number) =>
      write(
        (flat.datasets as Stored[]).map((one) =>
          one.path === 'steps/event_id'
            ? { ...one, data: Int32Array.from(one.data, (number, i) => (i === 30 ? value : number)) }
            : one,
        ),
      );
    await refused(
      changed(10),
      { geometry },
      'ERR_POINTS',
      '/steps/event_id runs backwards in row 30, to shower 10',
    );
    await refused(
      changed(99),
      { geometry },
      'ERR_POINTS',
      'names shower 99 in row 30, which is not in /primary/event_id',
    );
  });

  it('are refused in a layout that contradicts the file', async () => {
    const layout = (points: object) => ({
      layout: { name: 'mine', incidentEnergies: { dataset: 'energy', unit: 'GeV' }, points } as never,
    });
    const ild = { kind: 'padded', dataset: 'events', quantities: ['x', 'layer', 'y', 'energy'], unit: 'GeV' };
    await refused(
      path,
      layout({ ...ild, quantities: ['x', 'y', 'energy'] }),
      'ERR_LAYOUT',
      'neither layer nor z',
    );
    await refused(
      path,
      layout({ ...ild, quantities: ['x', 'layer', 'y', 'energy', 'time'] }),
      'ERR_DATASET_SHAPE',
      'events has shape (7,4,40), needed is (N,P,5) or (N,5,P)',
    );
    await refused(path, layout({ ...ild, kind: 'sequences' }), 'ERR_DATASET_TYPE', 'sequences');
    await refused(
      path,
      layout({ ...ild, axes: ['shower', 'point'] }),
      'ERR_LAYOUT',
      'axes are shower, point and quantity',
    );
    await refused(
      path,
      { ...layout(ild), geometry: 'grid:4x3x5:-50..50:-15..15:0..1' },
      'ERR_ARGUMENT',
      'the geometry has layers in z, and points have none',
    );
  });
});

describe.skipIf(!hasSharedData)('the published files of step2point', () => {
  const z = Array.from({ length: 13 }, (_, i) => 1250 + 50 * i);
  const across = Array.from({ length: 21 }, (_, i) => -200 + 20 * i);
  const geometry = 'grid:12x20x20:-200..200:-200..200:1250..1850';

  it.each([
    'odd_gamma_10gev_10.h5',
    'odd_gamma_10gev_10_clustered_in_cells.h5',
    'odd_pion_minus_10gev_10.h5',
  ])('%s is read step by step', async (name) => {
    const path = sharedPath(`data/step2point/${name}`);
    const file = new File(path, 'r');
    const [event, energy, position] = ['event_id', 'energy', 'position'].map(
      (dataset) => (file.get(`steps/${dataset}`) as Dataset).value as Float32Array,
    ) as [Float32Array, Float32Array, Float32Array];
    file.close();
    const points = Array.from({ length: 10 }, (): Point[] => []);
    for (let i = 0; i < event.length; i++) {
      const [x = 0, depth = 0, y = 0] = position.subarray(3 * i, 3 * i + 3);
      const layer = z.findIndex((edge, l) => depth >= edge && depth < (z[l + 1] ?? 0));
      const point = { x, y, z: depth, layer: layer < 0 ? 99 : layer, energy: energy[i] as number, time: 0 };
      points[event[i] as number]?.push(point);
    }
    using sample = await openShowers(path, { geometry });
    expect(sample.origin.layout).toBe('step2point');
    const expected = points.flatMap((shower) => [
      ...hitsOf(shower, { x: across, y: across, layers: 12 }, (point) => point.energy * 1000),
    ]);
    expect(sample.read(0, 10)).toEqual(Float64Array.from(expected));
    expect(sample.incidentEnergies()[0]).toBeCloseTo(10_001.1, 0);
  });
});
