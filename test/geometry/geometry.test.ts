import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Geometry,
  geometryNames,
  geometryWithVoxels,
  resolveGeometry,
} from '#caloscope/geometry/geometry';
import { chosenGeometry } from '#caloscope/geometry/known-geometry';
import { hasSharedData, sharedPath } from '../support/shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-geometry-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Position of a voxel given by the place of its layer and its number within the layer. */
function centre(
  geometry: Geometry,
  layer: number,
  voxel: number,
): { eta: number; phi: number; radius: number } {
  const i = (geometry.layers[layer]?.firstVoxel ?? Number.NaN) + voxel;
  return {
    eta: geometry.eta[i] as number,
    phi: geometry.phi[i] as number,
    radius: geometry.radius[i] as number,
  };
}

describe('published geometries', () => {
  it.each([
    ['calogan', 504, 3],
    ['ds1-photons', 368, 5],
    ['ds1-pions', 533, 7],
    ['ds2', 6480, 45],
    ['ds3', 40500, 45],
  ])('%s has %i voxels in %i layers', async (name, voxels, layers) => {
    const geometry = await resolveGeometry(name);
    expect(geometryNames).toContain(name);
    expect(geometry.voxels).toBe(voxels);
    expect(geometry.layers).toHaveLength(layers);
    expect(geometry.layers.reduce((sum, layer) => sum + layer.voxels, 0)).toBe(voxels);
    expect([geometry.eta.length, geometry.phi.length, geometry.radius.length]).toEqual([
      voxels,
      voxels,
      voxels,
    ]);
    expect(geometryWithVoxels(voxels)).toBe(name === 'calogan' ? null : name);
  });

  it('puts the CaloGAN voxels at the centres of bins over ±240 mm', async () => {
    const geometry = await resolveGeometry('calogan');
    expect(geometry.layers.map(({ firstVoxel }) => firstVoxel)).toEqual([0, 288, 432]);
    expect(centre(geometry, 0, 0)).toMatchObject({ eta: -237.5, phi: -160 });
    expect(centre(geometry, 0, 287)).toMatchObject({ eta: 237.5, phi: 160 });
    expect(centre(geometry, 1, 13)).toMatchObject({ eta: -180, phi: -180 });
    expect(centre(geometry, 2, 5)).toMatchObject({ eta: 200, phi: -220 });
    expect(geometry.layers.every((layer) => layer.angular)).toBe(true);
    expect(geometry.threshold).toBeNull();
  });

  it('numbers the rings fastest and starts the angle at −π', async () => {
    const geometry = await resolveGeometry('ds2');
    const first = centre(geometry, 0, 0);
    expect(first.radius).toBeCloseTo(2.325, 12);
    expect(Math.atan2(first.phi, first.eta)).toBeCloseTo(-Math.PI + Math.PI / 16, 12);
    expect(centre(geometry, 0, 1).radius).toBeCloseTo(6.975, 12);
    const second = centre(geometry, 0, 9);
    expect(Math.atan2(second.phi, second.eta)).toBeCloseTo(-Math.PI + (3 * Math.PI) / 16, 12);
    expect(geometry.threshold).toBeCloseTo(0.0151515, 6);
  });

  it('says where η and φ mean nothing', async () => {
    const geometry = await resolveGeometry('ds1-photons');
    expect(geometry.layers.map(({ id, angular }) => [id, angular])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [3, false],
      [12, false],
    ]);
  });

  it('refuses unknown names and says which are known', async () => {
    await expect(resolveGeometry('ds4')).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
      message: expect.stringContaining('ds1-photons'),
    });
  });
});

describe('cartesian geometries', () => {
  it('centres the voxels on the axis in units of voxels', async () => {
    const geometry = await resolveGeometry('cartesian:2x3x4');
    expect(geometry).toMatchObject({ definitions: 'calochallenge', lengthUnit: 'voxel', voxels: 24 });
    expect(Array.from(geometry.eta.subarray(12, 16))).toEqual([-1.5, -0.5, 0.5, 1.5]);
    expect(Array.from(geometry.phi.subarray(12, 16))).toEqual([-1, -1, -1, -1]);
    expect(geometry.radius[12]).toBe(Math.hypot(-1.5, -1));
  });

  it('has no angular layers of one voxel', async () => {
    expect((await resolveGeometry('cartesian:5x1x1')).layers.some((layer) => layer.angular)).toBe(false);
  });

  it.each([
    'cartesian:',
    'cartesian:0x2x2',
    'cartesian:2x2',
    'cartesian:1.5x2x2',
    'cartesian:1000x1000x1000',
  ])('refuses %s', async (name) => {
    await expect(resolveGeometry(name)).rejects.toMatchObject({ code: 'ERR_GEOMETRY' });
  });
});

describe('binning files', () => {
  const bin = (layers: string, name = 'photon') => `<Bin name="${name}" pid="22">${layers}</Bin>`;
  const layer = '<Layer id="3" r_edges="0, 1, 3" n_bin_alpha="2"/>';

  async function resolveText(text: string | Uint8Array, particle?: string): Promise<Geometry> {
    const path = join(folder, 'binning.xml');
    writeFileSync(path, text);
    return resolveGeometry(path, particle === undefined ? {} : { particle });
  }

  it('skips layers without rings', async () => {
    const empty = '<Layer id="2" r_edges="0" n_bin_alpha="1"/>';
    const geometry = await resolveText(`<Bins>${bin(empty + layer)}</Bins>`);
    expect(geometry.layers).toMatchObject([{ id: 3, firstVoxel: 0, voxels: 4, angular: true }]);
    expect(Array.from(geometry.radius)).toEqual([0.5, 2, 0.5, 2]);
  });

  it('with the numbers of a published geometry give that geometry, with its threshold', async () => {
    for (const name of ['ds1-photons', 'ds1-pions', 'ds2', 'ds3']) {
      const published = await resolveGeometry(name);
      expect(published.threshold).toBeGreaterThan(0);
      const layers = published.layers.map(({ id, shape }) => {
        if (shape.kind !== 'polar') throw new Error('not polar');
        // As the files have them: layers without rings, numbers written otherwise.
        const edges = shape.radialEdges.map((edge) => edge.toFixed(4)).join(' , ');
        return `<Layer id="${id}" r_edges="${edges}" n_bin_alpha="${shape.alphaBins}"/><Layer id="${id + 100}" r_edges="0" n_bin_alpha="1"/>`;
      });
      expect(await resolveText(`<Bins>${bin(layers.join(''), 'any')}</Bins>`)).toEqual(published);
      const other = layers.join('').replace('r_edges="0.0000', 'r_edges="0.0001');
      const own = await resolveText(`<Bins>${bin(other, 'any')}</Bins>`);
      expect(own).toMatchObject({ name: 'binning.xml', threshold: null, voxels: published.voxels });
    }
  });

  it('say how the geometry is known', async () => {
    const path = join(folder, 'binning.xml');
    writeFileSync(path, `<Bins>${bin(layer)}</Bins>`);
    expect(await chosenGeometry(path, undefined)).toMatchObject({ reason: 'as given' });
    expect(await chosenGeometry('ds2', undefined)).toMatchObject({ reason: 'as given' });
    const edges = Array.from({ length: 10 }, (_, i) => (4.65 * i).toFixed(2)).join();
    const layers = Array.from(
      { length: 45 },
      (_, id) => `<Layer id="${id}" r_edges="${edges}" n_bin_alpha="16"/>`,
    );
    writeFileSync(path, `<Bins>${bin(layers.join(''))}</Bins>`);
    const known = await chosenGeometry(path, undefined);
    expect(known).toMatchObject({ geometry: { name: 'ds2' }, reason: 'the binning of binning.xml' });
    expect(await chosenGeometry(known?.geometry, undefined)).toMatchObject({ reason: 'as given' });
    expect(await chosenGeometry(undefined, undefined)).toBeNull();
  });

  it('chooses a particle by name', async () => {
    const other = '<Layer id="0" r_edges="0,1" n_bin_alpha="1"/>';
    const text = `<Bins>${bin(layer)}${bin(other, 'pion')}</Bins>`;
    expect((await resolveText(text, 'pion')).voxels).toBe(1);
    await expect(resolveText(text)).rejects.toMatchObject({ code: 'ERR_GEOMETRY' });
    await expect(resolveText(text, 'muon')).rejects.toMatchObject({ code: 'ERR_GEOMETRY' });
  });

  it.each([
    ['a DOCTYPE', `<!DOCTYPE Bins><Bins>${bin(layer)}</Bins>`, 'ERR_XML'],
    ['an unknown entity', `<Bins>&x;${bin(layer)}</Bins>`, 'ERR_XML'],
    ['a cut file', `<Bins>${bin(layer)}`, 'ERR_XML'],
    ['bytes that are not UTF-8', Uint8Array.of(0x3c, 0xff, 0xfe), 'ERR_XML'],
    ['no particle', '<Bins/>', 'ERR_GEOMETRY'],
    [
      'layers without rings only',
      `<Bins>${bin('<Layer id="2" r_edges="0" n_bin_alpha="1"/>')}</Bins>`,
      'ERR_GEOMETRY',
    ],
    [
      'too many voxels',
      `<Bins>${bin('<Layer id="2" r_edges="0,1,2,3,4,5" n_bin_alpha="1000000"/>')}</Bins>`,
      'ERR_GEOMETRY',
    ],
  ])('refuses %s', async (_, text, code) => {
    await expect(resolveText(text)).rejects.toMatchObject({ code, path: join(folder, 'binning.xml') });
  });

  it('tells files that are missing from folders', async () => {
    await expect(resolveGeometry(join(folder, 'none.xml'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    await expect(resolveGeometry(`${folder}/`)).rejects.toMatchObject({ code: 'ERR_NOT_A_FILE' });
  });
});

describe.skipIf(!hasSharedData)('against the published files', () => {
  it.each([
    ['ds1-photons', 'binning_dataset_1_photons.xml'],
    ['ds1-pions', 'binning_dataset_1_pions.xml'],
    ['ds2', 'binning_dataset_2.xml'],
    ['ds3', 'binning_dataset_3.xml'],
  ])('%s is the binning of %s', async (name, file) => {
    const [builtIn, published] = await Promise.all(
      [name, sharedPath('data', 'binning', file)].map((source) => resolveGeometry(source)),
    );
    expect(builtIn?.layers).toEqual(published?.layers);
    expect(builtIn?.eta).toEqual(published?.eta);
  });

  it.each([
    ['ds1-photons', 'ds1_photons.h5'],
    ['ds1-pions', 'ds1_pions.h5'],
    ['ds2', 'ds2.h5'],
  ])('%s has the positions of the published evaluation', async (name, file) => {
    await ready;
    const reference = new File(sharedPath('reference', 'calochallenge', file), 'r');
    const column = (key: string) => (reference.get(`geometry/${key}`) as Dataset).value as Float64Array;
    const geometry = await resolveGeometry(name);
    expect(geometry.layers.map(({ id }) => id)).toEqual(Array.from(column('layer_id')));
    expect(geometry.layers.map(({ firstVoxel }) => firstVoxel)).toEqual(
      Array.from(column('layer_first_voxel')).slice(0, -1),
    );
    expect(geometry.layers.filter(({ angular }) => angular).map(({ id }) => id)).toEqual(
      Array.from(column('alpha_layer_id')),
    );
    for (const key of ['eta', 'phi'] as const) {
      const expected = column(`voxel_${key}`);
      expect(expected).toHaveLength(geometry.voxels);
      expect(largestDifference(geometry[key], expected)).toBeLessThan(1e-12 * 2000);
    }
    reference.close();
  });
});

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}
