import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDatasets, listPlainDatasets } from '#caloscope/formats/hdf5/reader/dataset-listing';
import { Hdf5Links } from '#caloscope/formats/hdf5/reader/links';
import { listFile } from '#caloscope/formats/hdf5/reader/list-file';
import { withHdf5 } from '../../../support/hdf5-file.js';
import { fixture } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-listing-'));
afterAll(() => rmSync(folder, { recursive: true }));
let library: Awaited<typeof ready>;
beforeAll(async () => {
  library = await ready;
  library.activate_throwing_error_handler();
});

/** The listing without the library (null where that cannot be) and with it. */
function listings(path: string) {
  return withHdf5(path, (file) => {
    const links = new Hdf5Links(library, path);
    try {
      return { plain: listPlainDatasets(file), linked: listDatasets(file, links) };
    } finally {
      links.close();
    }
  });
}

function write(name: string, libver: 'earliest' | 'v200', more: (file: File) => void): string {
  const path = join(folder, `${name}.h5`);
  const file = new File(path, 'w', { libver: libver === 'earliest' ? ['earliest', 'latest'] : libver });
  const numbers = new Float32Array(24);
  const showers = { name: 'showers', data: numbers, shape: [2, 3, 4], chunks: [1, 3, 2], compression: 3 };
  const dataset = file.create_dataset(showers);
  dataset.create_attribute('units', 'MeV');
  dataset.create_attribute('threshold', 0.5);
  dataset.create_attribute('edges', [1, 2, 3]);
  const conditions = (file.create_group('conditions') as Group).create_group('more') as Group;
  conditions.create_dataset({ name: 'theta', data: new Float64Array(2), shape: [2] });
  file.create_dataset({ name: 'detector', data: ['ILD'], shape: [1] });
  more(file);
  file.close();
  return path;
}

describe('the listing of a file', () => {
  it.each(['earliest', 'v200'] as const)(
    'has every dataset with shape, type, storage and units (%s)',
    (libver) => {
      const { plain, linked } = listings(write(libver, libver, () => {}));
      expect(linked).toEqual(plain);
      const named = (path: string) => plain?.datasets.find((dataset) => dataset.path === path);
      expect(plain?.complete).toBe(true);
      expect(plain?.datasets.map(({ path }) => path).toSorted()).toEqual([
        '/conditions/more/theta',
        '/detector',
        '/showers',
      ]);
      expect(named('/showers')).toMatchObject({
        contents: { shape: [2, 3, 4], type: 'float32', storage: 'chunked', chunks: [1, 3, 2] },
        attributes: { units: 'MeV', threshold: 0.5 },
        attributesComplete: true,
        refused: null,
      });
      expect(named('/showers')?.contents?.filters).toContain('gzip');
      expect(named('/showers')?.attributes).not.toHaveProperty('edges');
      expect(named('/conditions/more/theta')).toMatchObject({
        contents: { type: 'float64', storage: 'contiguous' },
      });
      expect(named('/detector')).toMatchObject({
        contents: { type: 'strings' },
        refused: { code: 'ERR_DATASET_TYPE' },
      });
    },
  );

  it('follows no links to other paths and files, and lists many links and groups in a circle', () => {
    const path = write('links', 'v200', (file) => {
      file.create_soft_link('/showers', 'again');
      file.create_external_link('/etc/passwd', 'x', 'elsewhere');
      for (let i = 0; i < 20; i++)
        file.create_dataset({ name: `d${i}`, data: new Float32Array(1), shape: [1] });
    });
    const { plain, linked } = listings(path);
    expect(plain).toBeNull();
    const paths = linked.datasets.map((dataset) => dataset.path);
    expect(paths).toHaveLength(23);
    expect(paths).not.toContain('/again');
    expect(paths).not.toContain('/elsewhere');
  });
});

it('a virtual dataset over files beside it is listed as one that is read', async () => {
  const { datasets } = await listFile(fixture('virtual-latest.h5'));
  const refusals = new Map(datasets.map(({ path, refused }) => [path, refused?.code ?? null]));
  expect(refusals.get('/rows')).toBeNull();
  expect(refusals.get('/bad/missing')).toBe('ERR_EXTERNAL_DATA');
});
