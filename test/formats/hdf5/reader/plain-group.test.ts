import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { FileBytes } from '#caloscope/formats/hdf5/reader/file-bytes';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import {
  openPlainSource,
  openShowerSource,
  type ShowerSource,
} from '#caloscope/samples/showers/reading/shower-source';
import { hasSharedData, sharedPath } from '../../../support/shared-data.js';

/** What is opened without the HDF5 library must be what the library opens. */

const folder = mkdtempSync(join(tmpdir(), 'caloscope-plain-'));
afterAll(() => rmSync(folder, { recursive: true }));
let library: Awaited<typeof ready>;
beforeAll(async () => {
  library = await ready;
  library.activate_throwing_error_handler();
});

type Found = { readonly metadata: object; readonly numbers: string } | { readonly code: string };

/** Everything in a file, or the code of the error; null where the file was left to the library. */
function contents(open: () => ShowerSource | null): Found | null {
  try {
    const source = open();
    if (!source) return null;
    const { showers, metadata } = source;
    if (showers.form !== 'voxels') throw new Error('these files hold voxels');
    const numbers: string[] = [];
    for (let first = 0; first < showers.rows; first += showers.plan.blockRows) {
      const rows = Math.min(showers.plan.blockRows, showers.rows - first);
      const { voxels, incidentEnergies } = showers.dense(first, rows, true);
      for (const { buffer } of [voxels, incidentEnergies])
        numbers.push(Buffer.from(buffer as ArrayBuffer).toString('base64'));
    }
    return { metadata, numbers: numbers.join() };
  } catch (error) {
    if (error instanceof CaloscopeError) return { code: error.code };
    throw error;
  }
}

/** Opens a file both ways; true where the library was not needed. */
function expectSame(path: string, layout: string, group: string | null = null): boolean {
  const layouts = publishedLayouts().filter(({ name }) => name === layout);
  const request = { path, group, layouts, definitions: null };
  const descriptor = openSync(path, 'r');
  try {
    const plain = contents(() => openPlainSource(new FileBytes(descriptor), request));
    if (plain === null) return false;
    expect(
      contents(() => openShowerSource(library, descriptor, request)),
      path,
    ).toEqual(plain);
    return true;
  } finally {
    closeSync(descriptor);
  }
}

const formats = ['classic', 'v110', 'v200'] as const;
type Format = (typeof formats)[number];

function write(
  path: string,
  format: Format,
  chunks: number[] | null,
  { group = '/', others = 0 } = {},
): string {
  const [rows, voxels] = [30, 8];
  const file = new File(path, 'w', { libver: format === 'classic' ? ['earliest', 'latest'] : format });
  const place = group === '/' ? file : (file.create_group(group) as Group);
  const energies = Float32Array.from({ length: rows }, (_, row) => 1000 + row);
  const numbers = Float32Array.from({ length: rows * voxels }, (_, i) => ((i * 37) % 11) / 8);
  place.create_dataset({ name: 'incident_energies', data: energies, shape: [rows, 1] });
  const packing = chunks ? { chunks, compression: 4 } : {};
  place.create_dataset({ name: 'showers', data: numbers, shape: [rows, voxels], ...packing });
  for (let i = 0; i < others; i++)
    file.create_dataset({ name: `other_${i}`, data: new Float32Array(1), shape: [1] });
  file.create_attribute('caloscope_toy', 'yes');
  file.close();
  return path;
}

describe('files that are opened without the library', () => {
  it.each(formats)('hold what the library finds in them (format %s)', (format) => {
    for (const chunks of [null, [8, 4]]) {
      for (const group of ['/', 'data']) {
        const path = write(join(folder, `${format}-${chunks}-${group.length}.hdf5`), format, chunks, {
          group,
        });
        expect(expectSame(path, 'calochallenge', group)).toBe(true);
      }
    }
  });

  it('have up to as many links as a header keeps', () => {
    for (const [others, format] of [
      [6, 'v110'],
      [7, 'v110'],
      [300, 'classic'],
    ] as const) {
      const path = write(join(folder, `links-${others}.hdf5`), format, null, { others });
      expect(expectSame(path, 'calochallenge')).toBe(others !== 7);
      const descriptor = openSync(path, 'r');
      const request = { path, group: null, layouts: publishedLayouts(), definitions: null };
      const found = contents(() => openShowerSource(library, descriptor, request));
      closeSync(descriptor);
      expect(found).toMatchObject({ metadata: { rows: 30, toy: true } });
    }
  });

  it('are left to the library where a link is not a plain one', () => {
    const path = write(join(folder, 'soft.hdf5'), 'classic', null, { group: 'data' });
    const file = new File(path, 'a');
    file.create_soft_link('/data/showers', 'showers');
    file.create_soft_link('/data/incident_energies', 'incident_energies');
    file.close();
    expect(expectSame(path, 'calochallenge')).toBe(false);
    expect(expectSame(path, 'calochallenge', '/data')).toBe(true);
  });

  it.each(formats)('hold what the library finds in them when bits are flipped (format %s)', (format) => {
    const path = write(join(folder, `flips-${format}.hdf5`), format, [8, 4]);
    const bytes = readFileSync(path);
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let opened = 0;
    for (let i = 0; i < 300; i++) {
      const copy = Buffer.from(bytes);
      const at = random(bytes.length);
      copy.writeUInt8(copy.readUInt8(at) ^ (1 << random(8)), at);
      writeFileSync(path, copy);
      if (expectSame(path, 'calochallenge')) opened += 1;
    }
    expect(opened).toBeGreaterThan(100);
    expect(opened).toBeLessThan(300);
  });

  it.skipIf(!hasSharedData)('of the corpus hold what the library finds in them', () => {
    let opened = 0;
    for (const kind of ['good', 'bad']) {
      for (const name of readdirSync(sharedPath('corpus', 'hdf5', kind))) {
        const path = sharedPath('corpus', 'hdf5', kind, name);
        if (!statSync(path, { throwIfNoEntry: false })?.isFile() || statSync(path).size > 2 ** 22) continue;
        if (expectSame(path, name.startsWith('cgan') ? 'calogan' : 'calochallenge')) opened += 1;
      }
    }
    expect(opened).toBeGreaterThan(20);
  });
});
