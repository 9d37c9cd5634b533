import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { sampleOf } from '#caloscope/samples/kinds';
import { selectRows } from '#caloscope/samples/selected-rows';
import { openShowers } from '#caloscope/samples/showers/shower-stream';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-file-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(name: string, rows: number, points = false): Promise<string> {
  const path = join(folder, name);
  const rowShape = points ? [3, 4] : [2, 3, 4];
  const writer = await createHdf5(path, { datasets: [{ path: 'showers', type: 'f4', rowShape }] });
  const numbers = rows * rowShape.reduce((all, length) => all * length, 1);
  const stored = Float32Array.from(
    { length: numbers },
    (_, i) => (points ? [0, 0, 0, 5][i % 4] : i % 7) as number,
  );
  await writer.append({ showers: stored }, rows);
  await writer.close();
  return path;
}

const layout: LayoutDescription = {
  name: 'named',
  fileName: 'E{energy}_angle_{theta}',
  incidentEnergies: { placeholder: 'energy', unit: 'GeV' },
  voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'y', 'x'] }], unit: 'MeV' },
  conditions: [{ name: 'theta', label: 'θ', unit: 'deg', placeholder: 'theta' }],
};

describe('numbers in the names of files', () => {
  it('are incident energies and conditions of their showers', async () => {
    const paths = [
      await write('photons_E1.5_angle_90.h5', 3),
      await write('E2_angle_60_1.hdf5', 2),
      await write('run3-E256_angle_-5.5.h5', 1),
    ];
    using sample = await openShowers(paths, { layout });
    expect([...sample.incidentEnergies()]).toEqual([1500, 1500, 1500, 2000, 2000, 256_000]);
    expect([...(sample.conditions[0]?.values ?? [])]).toEqual([90, 90, 90, 60, 60, -5.5]);
    expect(sample.conditions[0]).toMatchObject({ name: 'theta', label: 'θ', unit: 'deg' });
    const chosen = [{ condition: 'theta', from: 60, to: null, values: null }];
    const selected = await selectRows(sampleOf(sample), 'reference', chosen, {});
    expect([...(selected.sourceRows ?? [])]).toEqual([0, 1, 2, 3, 4]);
    selected.dispose();
  });

  it('go with those in names of datasets, and with points', async () => {
    const cut: LayoutDescription = {
      ...layout,
      fileName: 'angle_{theta}',
      voxels: { datasets: [{ dataset: 'sh{energy}ers', axes: ['shower', 'layer', 'y', 'x'] }], unit: 'MeV' },
    };
    await expect(openShowers(await write('angle_7.h5', 1), { layout: cut })).rejects.toThrow(
      /sh\{energy\}ers/,
    );
    const { voxels: _, ...rest } = layout;
    const clouds: LayoutDescription = {
      ...rest,
      points: { kind: 'padded', dataset: 'showers', quantities: ['x', 'y', 'layer', 'energy'], unit: 'MeV' },
    };
    const path = await write('E3_angle_10.h5', 2, true);
    using sample = await openShowers(path, { layout: clouds, geometry: 'grid:1x2x2:-5..5:-5..5' });
    expect([...sample.incidentEnergies()]).toEqual([3000, 3000]);
    expect([...(sample.conditions[0]?.values ?? [])]).toEqual([10, 10]);
  });

  it('are missed with the name and what is looked for', async () => {
    const path = await write('E256.h5', 1);
    await expect(openShowers(path, { layout })).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      path,
      message: expect.stringContaining(
        'its name is E256.h5, in which the layout named looks for E{energy}_angle_{theta}; rename the file',
      ),
    });
  });
});
