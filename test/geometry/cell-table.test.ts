import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCells } from '#caloscope/geometry/cell-table';
import { resolveGeometry } from '#caloscope/geometry/geometry';
import {
  geometryFromRecord,
  geometryRecord,
  geometryRecordSchema,
} from '#caloscope/geometry/geometry-record';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { sampleOf } from '#caloscope/samples/kinds';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowerFile } from '#caloscope/samples/showers/reading/reading';
import { openShowers, ShowerStream } from '#caloscope/samples/showers/shower-stream';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Layer 2 before layer 1, whose lines do not lie together; columns in another order. */
const table = `ring,layer,size,y,x,weight
0,2,10,0,0,0.3
1,1,4,1,-2,12.5
1,2,10,0,10,7
2,2,10,8.5,5,0.7
1,1,4,1,2,2
`;
const path = join(folder, 'cells.csv');
writeFileSync(path, table);

describe('a table of cells', () => {
  it('numbers its cells layer by layer, in the order of the lines', async () => {
    const geometry = await resolveGeometry(path);
    expect(geometry.layers.map(({ id, firstVoxel, voxels }) => [id, firstVoxel, voxels])).toEqual([
      [1, 0, 2],
      [2, 2, 3],
    ]);
    expect([...geometry.eta]).toEqual([-2, 2, 0, 10, 5]);
    expect([...geometry.phi]).toEqual([1, 1, 0, 0, 8.5]);
    expect([...geometry.radius]).toEqual([Math.sqrt(5), Math.sqrt(5), 0, 10, Math.hypot(5, 8.5)]);
    expect([...(geometry.cellSizes ?? [])]).toEqual([4, 4, 10, 10, 10]);
    expect([...(geometry.cellWeights ?? [])]).toEqual([12.5, 2, 0.3, 7, 0.7]);
    expect([...(geometry.cellRings ?? [])]).toEqual([1, 1, 0, 1, 2]);
  });

  it('is kept with what depends on it', async () => {
    const geometry = await resolveGeometry(path);
    const stored = geometryRecordSchema.parse(JSON.parse(JSON.stringify(geometryRecord(geometry))));
    expect(geometryFromRecord(stored)).toEqual(geometry);
  });

  it.each([
    ['x,y,layer\n1,2,3\n', 'its header is "x,y,layer"'],
    ['layer,x,y,size,depth\n', 'its header is'],
    ['layer,x,y,size\n', 'it has no cells'],
    ['layer,x,y,size\n1,2,3,4\n1,2,3\n', 'line 3 has 3 fields, the header 4'],
    ['layer,x,y,size\n1,2,nan,4\n', 'line 2 has "nan" where a number belongs'],
    ['layer,x,y,size\n1,2,,4\n', 'line 2 has "" where'],
    ['layer,x,y,size\n1,2,3,0\n', 'line 2 has a cell of size 0'],
    ['layer,x,y,size\n-1,2,3,4\n', 'line 2 is of layer -1'],
    ['layer,x,y,size,weight\n1,2,3,4,0\n', 'line 2 has a cell of weight 0; weights are above 0'],
    ['layer,x,y,size,ring\n1,2,3,4,1.5\n', 'line 2 is of ring 1.5'],
    ['layer,x,y,size\n1,2,3,4\n\n1,2,3,4\n', 'line 3 has 1 fields'],
  ])('that is not sound is refused: %j', (text, message) => {
    expect(() => parseCells(text)).toThrow(
      expect.objectContaining({ code: 'ERR_GEOMETRY', message: expect.stringContaining(message) }),
    );
  });

  it.each(['geom.pkl', 'geom.xml', 'geom.csv'])('a pickle called %s is refused, not read', async (name) => {
    const pickle = join(folder, name);
    writeFileSync(pickle, Buffer.from([0x80, 0x04, 0x95, 0x0b, 0x00]));
    await expect(resolveGeometry(pickle)).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
      message: expect.stringContaining('would run code'),
    });
  });
});

it('points go to the nearest cell that reaches them', async () => {
  const cloud = join(folder, 'clouds.h5');
  const file = new File(cloud, 'w');
  const points = [
    [-2.5, 1, 0.5, 1], // layer 1, cell 0
    [3.9, 1, 1.5, 2], // cell 1
    [9, 1, 1, 4], // 7 mm from cell 1: none
    [4, 2, 7, 8], // layer 2, cell 2
    [5.5, 2, -1, 16], // cell 1
    [5.5, 3, -1, 32], // no such layer
  ];
  file.create_dataset({ name: 'events', data: Float32Array.from(points.flat()), shape: [1, 6, 4] });
  file.create_dataset({ name: 'energy', data: Float32Array.of(100) });
  file.close();
  using sample = await openShowers(cloud, { geometry: path });
  expect([...sample.read(0, 1)]).toEqual([1000, 2000, 0, 16_000, 8000]);
  expect(sample.problems.map(({ message }) => message).join()).toContain(
    '2 of 6 points, with 57 % of their energy',
  );
});

it('layers of showers that are filled up with zeros get the places of the table', async () => {
  const padded = join(folder, 'hgcal.h5');
  const file = new File(padded, 'w');
  const showers = Float32Array.of(1, 2, 0, 0, 3, 4, 5, 0);
  file.create_dataset({ name: 'showers', data: showers, shape: [1, 2, 4] });
  file.create_dataset({ name: 'gen_info', data: Float32Array.of(50, 2, 0), shape: [1, 3] });
  file.close();
  using sample = await openShowers(padded, { geometry: path });
  expect([...sample.geometry.eta]).toEqual([-2, 2, 0, 0, 0, 10, 5, 0]);
  expect([...sample.read(0, 1)]).toEqual([1000, 2000, 0, 0, 3000, 4000, 5000, 0]);
  expect(sample.geometry.name).toBe('cells.csv');
});

describe('energies times the weights of the cells', () => {
  const layout = (cellWeights: boolean): LayoutDescription => ({
    name: 'mine',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'cell'] }], unit: 'GeV' },
    cellWeights,
  });
  const rows = 300;
  const stored = Float32Array.from({ length: rows * 8 }, (_, i) =>
    i % 3 === 0 ? 0 : Math.fround(((i * 7) % 11) / 7),
  );
  const write = (name: string, data: Float32Array | Float64Array) => {
    const voxels = join(folder, name);
    const file = new File(voxels, 'w');
    file.create_dataset({ name: 'showers', data, shape: [rows, 2, 4], chunks: [50, 2, 4], compression: 4 });
    file.create_dataset({ name: 'energy', data: new Float32Array(rows).fill(50) });
    file.close();
    return voxels;
  };
  /** Layers are filled up to four cells: with weight 1. */
  const weights = [12.5, 2, 1, 1, 0.3, 7, 0.7, 1];
  /** What a plain loop gives: MeV, and the product, each rounded once to float32. */
  const expected = stored.map((energy, i) =>
    Math.fround(Math.fround(energy * 1000) * (weights[i % 8] as number)),
  );

  it('are those of a plain loop, in one sample, sample by sample, in dense blocks, and without where that is not asked for', async () => {
    const voxels = write('weighted.h5', stored);
    using sample = await openShowers(voxels, { geometry: path, layout: layout(true) });
    expect(Array.from(sample.read(0, rows))).toEqual(Array.from(expected));
    // Their sums are far from the incident energies: that is no unit.
    expect(sample.problems).toEqual([]);
    const inspected = await inspectShowerFile(voxels, { geometry: path, layout: layout(true) });
    expect(inspected.problems).toEqual([]);
    const stream = await ShowerStream.open(voxels, { geometry: path, layout: layout(true) });
    const all: number[] = [];
    for await (const part of stream.samples({ rows: 100, bytes: Number.POSITIVE_INFINITY })) {
      all.push(...part.read(0, part.rows));
      part.dispose();
    }
    await stream.close();
    expect(all).toEqual(Array.from(expected));
    const file = await openShowerFile(voxels, { geometry: path, layout: layout(true) });
    const dense: number[] = [];
    for await (const block of file.blocks()) dense.push(...block.voxels);
    await file.close();
    expect(dense).toEqual(Array.from(expected));
    using plain = await openShowers(voxels, { geometry: path, layout: layout(false) });
    expect(Array.from(plain.read(0, rows))).toEqual(
      Array.from(stored, (energy) => Math.fround(energy * 1000)),
    );
  });

  it('are in float64 where the file is, and make observables and profiles', async () => {
    const exact = Float64Array.from(stored, (energy) => energy / 3);
    using sample = await openShowers(write('wide.h5', exact), { geometry: path, layout: layout(true) });
    const product = exact.map((energy, i) => energy * 1000 * (weights[i % 8] as number));
    expect(Array.from(sample.read(0, rows))).toEqual(Array.from(product));
    const showers = sampleOf(sample);
    const deposited = showers.observables().filter(({ name }) => name === 'deposited_energy');
    for await (const values of showers.values(deposited, { threshold: null })) {
      const sums = Array.from({ length: rows }, (_, row) =>
        product.subarray(8 * row, 8 * row + 8).reduce((sum, energy) => sum + energy),
      );
      expect(Array.from(values)).toEqual(sums.map((sum) => expect.closeTo(sum, 8)));
    }
    const [means] = (await showers.profiles?.([null], { threshold: null, covariance: false })) ?? [];
    const byRing = means?.find(({ profile }) => profile.name === 'energy_by_ring');
    // Rings of the cells, none of those that fill up.
    const rings = [1, 1, -1, -1, 0, 1, 2, -1];
    const inRing = (ring: number) =>
      product.reduce((sum, energy, i) => sum + (rings[i % 8] === ring ? energy : 0), 0) / rows;
    expect(byRing?.profile.edges).toEqual([0, 0.5, 1.5, 2.5]);
    expect(byRing?.means).toEqual([0, 1, 2].map((ring) => expect.closeTo(inRing(ring), 8)));
  });

  it('need a geometry that has weights', async () => {
    const bare = join(folder, 'bare.csv');
    writeFileSync(
      bare,
      'layer,x,y,size\n1,0,0,1\n1,1,0,1\n1,2,0,1\n1,3,0,1\n2,0,0,1\n2,1,0,1\n2,2,0,1\n2,3,0,1\n',
    );
    const voxels = write('again.h5', stored);
    await expect(openShowers(voxels, { geometry: bare, layout: layout(true) })).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
      path: voxels,
      message: expect.stringContaining('bare.csv does not have; name a table of cells with a column weight'),
    });
  });
});
