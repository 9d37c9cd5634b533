/** Datasets that hold something else than the layout, or the part before, says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { openShowers } from '#caloscope/samples/showers/shower-stream';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-shapes-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** Datasets by name, number i of each being 100 + i. */
function write(shapes: Readonly<Record<string, readonly number[]>>): string {
  const path = join(folder, `${++files}.h5`);
  const file = new File(path, 'w');
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = Float32Array.from({ length: size }, (_, i) => 100 + i);
    file.create_dataset({ name, data, shape: [...shape] });
  }
  file.close();
  return path;
}

it('a number of each shower has no second column', async () => {
  const path = write({ energy: [5], cells: [5, 20] });
  const described = (column: number): LayoutDescription => ({
    name: 'mine',
    incidentEnergies: { dataset: 'energy', column, unit: 'MeV' },
    voxels: { datasets: [{ dataset: 'cells', axes: ['shower', 'voxel'] }], unit: 'MeV' },
  });
  const geometry = 'cartesian:1x4x5';
  using sample = await openShowers(path, { geometry, layout: described(0) });
  expect(Array.from(sample.incidentEnergies())).toEqual([100, 101, 102, 103, 104]);
  await expect(openShowers(path, { geometry, layout: described(1) })).rejects.toMatchObject({
    code: 'ERR_DATASET_SHAPE',
    message: expect.stringContaining('energy has shape (5), needed is (N,k) with k above 1'),
  });
});

describe('showers with other axes than those before', () => {
  it.each([
    ['more of them', [3, 4, 8, 3]],
    ['the same voxels along other axes', [3, 8, 4, 2]],
  ])('are refused: %s', async (_, shape) => {
    const first = [3, 4, 8, 2];
    await expect(openShowers(write({ 1: first, 2: shape }))).rejects.toMatchObject({
      code: 'ERR_DATASET_SHAPE',
      message: expect.stringMatching(/dataset \/2 has shape \(3,.*\), \/1 has \(3,4,8,2\)/),
    });
    const paths = [write({ 1: first }), write({ 2: shape })];
    await expect(openShowers(paths)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(GEOMETRY|VOXEL_COUNT)$/),
      message: expect.stringContaining(paths[1] as string),
    });
  });
});
