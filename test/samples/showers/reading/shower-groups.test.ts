/** Files with a group for each shower, written by h5py (written/make-shower-groups.py) and by the library, point by point. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll, expect, it } from 'vitest';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { pointShowers } from './points.js';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-groups-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string) => fileURLToPath(new URL(`written/${name}`, import.meta.url));

/** Layer, column and row of the points of ./points.ts in cells, as the writer has them. */
const cells = pointShowers.map((points) =>
  points.map(({ layer, x, y, energy }) => ({
    layer,
    column: Math.floor((x + 60) / 20),
    line: Math.floor((y + 15) / 10),
    energy,
  })),
);
const rows = cells.length;
const [layers, lines, columns] = [5, 4, 7];

function expected(factor: number): number[] {
  return cells.flatMap((points) => {
    const sums = new Array<number>(layers * lines * columns).fill(0);
    for (const { layer, column, line, energy } of points) {
      const voxel = (layer * lines + line) * columns + column;
      sums[voxel] = (sums[voxel] as number) + energy * factor;
    }
    return sums.map(Math.fround);
  });
}

it.each(['shower-groups.h5', 'shower-groups-latest.h5'])('%s is read point by point', async (name) => {
  const geometry = `grid:${layers}x${lines}x${columns}:-0.5..6.5:-0.5..3.5`;
  for (const threads of [1, 3]) {
    using sample = await openShowers(written(name), { geometry, threads });
    expect(sample.origin.layout).toBe('fm4cal');
    expect([...sample.incidentEnergies()]).toEqual(cells.map((_, row) => 1000 * (10 + row)));
    expect([...sample.read(0, rows)]).toEqual(expected(1));
    expect(sample.problems.map(({ code }) => code)).toEqual(['zero-showers', 'units']);
  }
  using whole = await openShowers(written(name));
  expect(whole.geometry.voxels).toBe(27_000);
  const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);
  expect(total(whole.read(0, rows))).toBe(total(expected(1)));
});

it('inspect says what is in it', async () => {
  expect(await inspectShowerFile(written('shower-groups.h5'))).toMatchObject({
    layout: 'fm4cal',
    rows,
    points: true,
    voxels: 27_000,
    storedUnits: { incidentEnergies: 'GeV', voxels: 'MeV' },
    datasets: [
      { path: '/95/indices', shape: [3, 3], type: 'int64' },
      { path: '/95/values', shape: [3], type: 'float32' },
    ],
  });
});

const layout = {
  name: 'mine',
  groups: ['data'],
  incidentEnergies: { attribute: 'E', unit: 'MeV' },
  points: {
    kind: 'groups',
    group: 'event_{number}',
    quantities: {
      x: { dataset: 'xyz', column: 0 },
      y: { dataset: 'xyz', column: 1 },
      layer: { dataset: 'xyz', column: 2 },
      energy: { dataset: 'e' },
    },
    unit: 'GeV',
    lengthUnit: 'voxel',
  },
  conditions: [{ name: 'theta', unit: 'rad', attribute: 'theta' }],
} satisfies LayoutDescription;
const geometry = `grid:${layers}x${lines}x${columns}:-0.5..6.5:-0.5..3.5`;

let files = 0;
/** `many` times the showers, in groups whose names are not in their order. */
function write(many: number, change: (group: Group, row: number) => void = () => undefined): string {
  const path = join(folder, `${++files}.h5`);
  const file = new File(path, 'w');
  const data = file.create_group('data');
  for (let row = 0; row < many * rows; row++) {
    const points = cells[row % rows] ?? [];
    const group = data.create_group(`event_${row}`);
    const xyz = Float32Array.from(points.flatMap(({ column, line, layer }) => [column, line, layer]));
    const e = Float64Array.from(points, ({ energy }) => energy / 3);
    if (points.length > 0) {
      group.create_dataset({ name: 'xyz', data: xyz, shape: [points.length, 3] });
      group.create_dataset({ name: 'e', data: e, shape: [points.length, 1] });
    } else {
      group.create_dataset({ name: 'xyz', data: xyz, shape: [0, 3], maxshape: [null, 3], chunks: [8, 3] });
      group.create_dataset({ name: 'e', data: e, shape: [0, 1], maxshape: [null, 1], chunks: [8, 1] });
    }
    group.create_attribute('E', 100 + row);
    group.create_attribute('theta', row / 8);
    change(group, row);
  }
  file.close();
  return path;
}

it('groups of any name in any group come in order of their numbers, in blocks, with conditions', async () => {
  const many = 150;
  const path = write(many);
  for (const threads of [1, 3]) {
    using sample = await openShowers(path, { geometry, layout, threads });
    expect(sample.rows).toBe(many * rows);
    expect([...sample.incidentEnergies()]).toEqual(
      Array.from({ length: many * rows }, (_, row) => 100 + row),
    );
    expect([...(sample.conditions[0]?.values ?? [])]).toEqual(
      Array.from({ length: many * rows }, (_, row) => row / 8),
    );
    // Energies are float64 in the file.
    const showers = sample.read(0, many * rows);
    const sums = cells.map((points) => points.reduce((sum, { energy }) => sum + (energy / 3) * 1000, 0));
    for (let row = 0; row < many * rows; row++) {
      const voxels = showers.subarray(row * layers * lines * columns, (row + 1) * layers * lines * columns);
      expect(voxels.reduce((sum, energy) => sum + energy, 0)).toBeCloseTo(sums[row % rows] as number, 6);
    }
  }
});

const refused = async (path: string, code: string, message: RegExp) =>
  await expect(openShowers(path, { geometry, layout })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });

it('a shower that lacks something is named', async () => {
  const only = (wanted: number, work: (group: Group) => void) => (group: Group, row: number) => {
    if (row === wanted) work(group);
  };
  const path = join(folder, 'lacking.h5');
  const file = new File(path, 'w');
  const data = file.create_group('data');
  for (const row of [0, 1]) {
    const group = data.create_group(`event_${row}`);
    group.create_dataset({ name: 'xyz', data: new Float32Array(6), shape: [2, 3] });
    if (row === 0) group.create_dataset({ name: 'e', data: new Float32Array([1, 2]), shape: [2] });
    group.create_attribute('E', 5);
    group.create_attribute('theta', 0);
  }
  file.close();
  const unequal = join(folder, 'unequal.h5');
  const other = new File(unequal, 'w');
  const group = other.create_group('data').create_group('event_3');
  group.create_dataset({ name: 'xyz', data: new Float32Array(6), shape: [2, 3] });
  group.create_dataset({ name: 'e', data: new Float32Array(3), shape: [3] });
  other.close();
  await refused(unequal, 'ERR_ROW_MISMATCH', /event_3\/xyz has 2 rows, .*event_3\/e has 3/);
  await refused(
    path,
    'ERR_DATASET_MISSING',
    /group \/data\/event_1 has no dataset e; every shower needs one/,
  );
  await refused(
    write(
      1,
      only(5, (group) => group.delete_attribute('E')),
    ),
    'ERR_DATASET_MISSING',
    /group \/data\/event_5 has no number as attribute E; every shower needs one/,
  );
});

it.each([
  [{ points: { ...layout.points, group: 'event' } }, /no \{placeholder\} in the name event/],
  [{ incidentEnergies: { dataset: 'energies', unit: 'GeV' } }, /energies has a number for each shower/],
  [
    {
      points: { ...layout.points, quantities: { ...layout.points.quantities, energy: { dataset: 'e_{n}' } } },
    },
    /only the name of the groups may have a placeholder/,
  ],
  [{ ownDensity: { draws: 'lnp' } }, /points in groups cannot have ownDensity/],
])('a description with %j is refused', async (change, message) => {
  const described = { ...layout, ...change } as LayoutDescription;
  await expect(openShowers(written('shower-groups.h5'), { layout: described })).rejects.toMatchObject({
    code: 'ERR_LAYOUT',
    message: expect.stringMatching(message),
  });
});
