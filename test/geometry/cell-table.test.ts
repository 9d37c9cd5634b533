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
import { openShowers } from '#caloscope/samples/showers/shower-stream';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Layer 2 before layer 1, whose lines do not lie together; columns in another order. */
const table = `ring,layer,size,y,x,weight
0,2,10,0,0,1
1,1,4,1,-2,1
1,2,10,0,10,1
2,2,10,8.5,5,1
1,1,4,1,2,1
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
