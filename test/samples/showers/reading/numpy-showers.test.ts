/** Showers in files that NumPy wrote (written/make-numpy-showers.py), and larger ones of its form, number by number. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { describeFile, freeSample, openSample } from '#caloscope/samples/kinds';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowerFile } from '#caloscope/samples/showers/reading/reading';
import { openShowers } from '#caloscope/samples/showers/shower-stream';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-numpy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string) => fileURLToPath(new URL(`written/${name}`, import.meta.url));

const [rows, columns, lines] = [23, 6, 4];
/** GeV, at column x and row y of the only layer. */
function energyAt(row: number, x: number, y: number): number {
  const place = row * 31 + x * 7 + y * 3;
  return place % 4 === 0 ? 0 : ((place % 97) + 1) / 16 + (place % 5) / 3;
}

const layout = {
  name: 'lhcb-like',
  incidentEnergies: { dataset: 'ParticleMomentum', transform: 'norm', unit: 'GeV' },
  voxels: { datasets: [{ dataset: 'EnergyDeposit', axes: ['shower', 'x', 'y', 'one'] }], unit: 'GeV' },
  conditions: [
    { name: 'x', unit: 'cm', dataset: 'ParticlePoint', column: 0 },
    { name: 'pdg', dataset: 'ParticlePDG' },
  ],
} satisfies LayoutDescription;

it.each([
  ['numpy-showers.npz', (energy: number) => energy],
  ['numpy-showers-packed.npz', (energy: number) => energy],
  ['numpy-showers-narrow.npz', Math.fround],
])('%s is read number by number, on any number of threads', async (name, rounded) => {
  for (const threads of [1, 3]) {
    const file = await openShowerFile(written(name), { layout, threads });
    expect(file.geometry.name).toBe(`cartesian:1x${lines}x${columns}`);
    let seen = 0;
    for await (const { firstRow, rows: count, voxels, incidentEnergies, conditions } of file.blocks()) {
      for (let row = firstRow; row < firstRow + count; row++, seen++) {
        const i = row - firstRow;
        const momentum = Math.hypot(3 + row, 4, 12);
        expect(incidentEnergies[i]).toBeCloseTo(1000 * momentum, 9);
        expect(conditions.map((values) => values[i])).toEqual([row - 11.5, row % 2 === 0 ? 11 : 22]);
        for (let y = 0; y < lines; y++) {
          for (let x = 0; x < columns; x++) {
            const stored = 1000 * rounded(energyAt(row, x, y));
            const wanted = rounded === Math.fround ? Math.fround(stored) : stored;
            expect(voxels[(i * lines + y) * columns + x]).toBe(wanted);
          }
        }
      }
    }
    expect(seen).toBe(rows);
    await file.close();
    const showers = await openShowers(written(name), { layout, threads });
    const dense = showers.read(0, rows);
    expect(dense[(7 * lines + 2) * columns + 5]).toBe(
      rounded === Math.fround ? Math.fround(1000 * rounded(energyAt(7, 5, 2))) : 1000 * energyAt(7, 5, 2),
    );
    freeSample(showers);
  }
});

it('an array (.npy) has its incident energy in its name', async () => {
  const layoutOfName: LayoutDescription = {
    name: 'array',
    fileName: 'E{energy}-',
    incidentEnergies: { placeholder: 'energy', unit: 'GeV' },
    voxels: { datasets: [{ dataset: 'array', axes: ['shower', 'x', 'y', 'one'] }], unit: 'GeV' },
  };
  const showers = await openShowers(written('E64-showers.npy'), { layout: layoutOfName });
  expect([...showers.incidentEnergies()]).toEqual(new Array(rows).fill(64_000));
  expect(showers.read(3, 1)[1 * columns + 2]).toBe(Math.fround(1000 * Math.fround(energyAt(3, 2, 1))));
  freeSample(showers);
});

/** A zip archive of arrays as `numpy.savez` writes it, apart from its dates. */
function archive(arrays: Readonly<Record<string, Buffer>>, packed: boolean): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [array, bytes] of Object.entries(arrays)) {
    const name = Buffer.from(`${array}.npy`);
    const stored = packed ? deflateRawSync(bytes) : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(packed ? 8 : 0, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, end, name);
    pieces.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, stored);
    at += 30 + name.length + stored.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const last = Buffer.alloc(22);
  last.write('PK\x05\x06', 0, 'latin1');
  for (const place of [8, 10]) last.writeUInt16LE(Object.keys(arrays).length, place);
  last.writeUInt32LE(size, 12);
  last.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, ...directory, last]);
}

function npy(shape: readonly number[], numbers: Float32Array | Float64Array): Buffer {
  const type = numbers instanceof Float32Array ? '<f4' : '<f8';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`);
  const begin = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  begin.writeUInt16LE(header.length, 8);
  return Buffer.concat([begin, header, Buffer.from(numbers.buffer)]);
}

function file(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

it.each([false, true])('many blocks come in order, packed: %s', async (packed) => {
  const [showers, width, height] = [9000, 30, 31];
  const at = (row: number, voxel: number) =>
    (row * 7 + voxel * 13) % 11 === 0 ? 1 + ((row + voxel) % 50) : 0;
  const energies = Float32Array.from({ length: showers * width * height }, (_, i) =>
    at(Math.floor(i / (width * height)), i % (width * height)),
  );
  const incident = Float64Array.from({ length: showers }, (_, row) => 1000 + row);
  const path = file(
    `large-${packed}.npz`,
    archive(
      { showers: npy([showers, 1, width, height], energies), energy: npy([showers], incident) },
      packed,
    ),
  );
  const opened = await openShowers(path, {
    threads: 3,
    layout: {
      name: 'large',
      incidentEnergies: { dataset: 'energy', unit: 'MeV' },
      voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'y', 'x'] }], unit: 'MeV' },
    },
  });
  expect([...opened.incidentEnergies()]).toEqual([...incident]);
  for (let first = 0; first < showers; first += 1000) {
    const wanted = energies.subarray(first * width * height, (first + 1000) * width * height);
    const found = Float32Array.from(opened.read(first, 1000));
    expect(found.every((energy, i) => energy === wanted[i])).toBe(true);
  }
  freeSample(opened);
});

it('inspect lists arrays, and how they are packed', async () => {
  const {
    datasets,
    rows: found,
    depositedOverIncident,
  } = await inspectShowerFile(written('numpy-showers-packed.npz'), { layout });
  expect(found).toBe(rows);
  expect(depositedOverIncident).toBeGreaterThan(0);
  expect(datasets.find(({ path }) => path === '/EnergyDeposit')).toEqual({
    path: '/EnergyDeposit',
    shape: [rows, columns, lines, 1],
    type: 'float64',
    chunks: null,
    filters: ['gzip'],
  });
});

it('arrays of published names are showers, others a table', async () => {
  const names = { incident_energies: npy([4, 1], Float64Array.of(1e4, 2e4, 3e4, 4e4)) };
  const known = file(
    'known.npz',
    archive({ ...names, showers: npy([4, 368], new Float32Array(1472).fill(2)) }, true),
  );
  const showers = await openSample(known);
  expect(showers.constructor.name).toBe('ShowerSample');
  freeSample(showers);
  const other = file('other.npz', archive({ ...names, showers: npy([4], new Float32Array(4)) }, true));
  const table = await openSample(other);
  expect(table).toMatchObject({ columns: ['incident_energies_0', 'showers'] });
});

it('a table of an archive that lacks an array of a layout says so, but where it was asked for', async () => {
  const arrays = {
    energy: npy([4], new Float64Array(4)),
    layer_0: npy([4, 3, 96], new Float32Array(4 * 288)),
    layer_1: npy([4, 12, 12], new Float32Array(4 * 144)),
  };
  const lacking = file('lacking.npz', archive(arrays, true));
  const warnings = [
    {
      code: 'incomplete-layout',
      message:
        'layer_0, layer_1: named as in the calogan layout of showers, which has layer_2, too; ' +
        'without that the file is read as a table, a column for each number; --layout table takes it as one',
    },
  ];
  expect(await openSample(lacking)).toMatchObject({ origin: { warnings } });
  expect(await openSample(lacking, { layout: 'table' })).toMatchObject({ origin: { warnings: [] } });
  const columns = { energy: npy([4], new Float64Array(4)), layer_0: npy([4], new Float64Array(4)) };
  const table = await openSample(file('columns.npz', archive(columns, true)));
  expect(table).toMatchObject({ columns: ['energy', 'layer_0'], origin: { warnings: [] } });
});

function inOrderOfFortran(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.toString('latin1').replace("'fortran_order': False", "'fortran_order': True "),
    'latin1',
  );
}

it.each<[string, Record<string, Buffer>, string, RegExp]>([
  [
    'the order of Fortran',
    {
      incident_energies: npy([4, 1], new Float64Array(4)),
      showers: inOrderOfFortran(npy([4, 368], new Float32Array(1472))),
    },
    'ERR_DATASET_SHAPE',
    /\/showers.*order of Fortran.*ascontiguousarray/,
  ],
  [
    'incident energies of fewer showers',
    {
      energy: npy([3], new Float64Array(3)),
      layer_0: npy([4, 3, 96], new Float32Array(4 * 288)),
      layer_1: npy([4, 12, 12], new Float32Array(4 * 144)),
      layer_2: npy([4, 12, 6], new Float32Array(4 * 72)),
    },
    'ERR_ROW_MISMATCH',
    /energy has 3 rows, \/layer_0 has 4/,
  ],
  [
    'voxels of no layer',
    {
      energy: npy([4], new Float64Array(4)),
      layer_0: npy([4, 3, 95], new Float32Array(4 * 285)),
      layer_1: npy([4, 12, 12], new Float32Array(4 * 144)),
      layer_2: npy([4, 12, 6], new Float32Array(4 * 72)),
    },
    'ERR_DATASET_SHAPE',
    /layer_0 has shape \(4,3,95\)/,
  ],
])('arrays of published names are no table: %s is told', async (what, arrays, code, message) => {
  const path = file(`${what.replaceAll(' ', '-')}.npz`, archive(arrays, false));
  const refusal = { code, message: expect.stringMatching(message) };
  await expect(describeFile(path)).rejects.toMatchObject(refusal);
  await expect(openSample(path).then(freeSample)).rejects.toMatchObject(refusal);
});

it.each([
  ['<f16', /long double numbers \(16 bytes\): save them as float64/],
  ['<c16', /complex numbers \(16 bytes\): save real and imaginary parts/],
])('elements of %s are no numbers that are read', async (type, says) => {
  const text = npy([4], new Float64Array(8)).toString('latin1').replace("'<f8', ", `'${type}',`);
  const path = file(`${type.slice(1)}.npz`, archive({ x: Buffer.from(text, 'latin1') }, false));
  await expect(openSample(path)).rejects.toMatchObject({
    code: 'ERR_DATASET_TYPE',
    message: expect.stringMatching(says),
  });
});

const good = readFileSync(written('numpy-showers.npz'));
const packed = readFileSync(written('numpy-showers-packed.npz'));
/** Another byte in the packed numbers of the first array. */
const damaged = Buffer.from(packed);
damaged.writeUInt8((damaged.readUInt8(400) + 1) % 256, 400);

it.each<[string, () => string, Partial<LayoutDescription>, string, RegExp]>([
  [
    'an archive cut short',
    () => file('cut.npz', good.subarray(0, 3000)),
    {},
    'ERR_FILE_CORRUPT',
    /zip archive is damaged.*copy it again/,
  ],
  [
    'packed bytes that are damaged',
    () => file('damaged.npz', damaged),
    {},
    'ERR_FILE_CORRUPT',
    /EnergyDeposit.*copy the file again/,
  ],
  [
    'objects of Python',
    () => written('numpy-refused.npz'),
    { conditions: [] },
    'ERR_DATASET_TYPE',
    /EnergyDeposit.*Python objects.*save plain numbers/,
  ],
  [
    'the order of Fortran',
    () => written('numpy-refused.npz'),
    {
      voxels: { datasets: [{ dataset: 'Fortran', axes: ['shower', 'x', 'y', 'one'] }], unit: 'GeV' },
      conditions: [],
    },
    'ERR_DATASET_SHAPE',
    /Fortran.*ascontiguousarray/,
  ],
  [
    'a structured array',
    () => written('numpy-refused.npz'),
    { voxels: { datasets: [{ dataset: 'fields', axes: ['shower', 'voxel'] }], unit: 'GeV' }, conditions: [] },
    'ERR_DATASET_TYPE',
    /fields.*structured/,
  ],
  [
    'other axes',
    () => written('numpy-showers.npz'),
    {
      voxels: {
        datasets: [{ dataset: 'EnergyDeposit', axes: ['shower', 'x', 'y'], lengths: [4, 6] }],
        unit: 'GeV',
      },
    },
    'ERR_DATASET_SHAPE',
    /EnergyDeposit has shape \(23,6,4,1\), needed is \(N,4,6\)/,
  ],
  [
    'other numbers of rows',
    () =>
      file(
        'rows.npz',
        archive({ e: npy([3], new Float64Array(3)), s: npy([4, 5], new Float32Array(20)) }, false),
      ),
    {
      incidentEnergies: { dataset: 'e', unit: 'GeV' },
      voxels: { datasets: [{ dataset: 's', axes: ['shower', 'voxel'] }], unit: 'GeV' },
      conditions: [],
    },
    'ERR_ROW_MISMATCH',
    /e has 3 rows, \/s has 4/,
  ],
  [
    'an array that is not there',
    () => written('numpy-showers.npz'),
    { conditions: [{ name: 'theta', dataset: 'theta' }] },
    'ERR_DATASET_MISSING',
    /dataset theta .* is missing \(found: EnergyDeposit, ParticleMomentum/,
  ],
  [
    'an archive of something else',
    () => file('other.zip', archive({}, false)),
    {},
    'ERR_NOT_HDF5',
    /zip archive/,
  ],
])('%s is refused in one line', async (_, path, change, code, message) => {
  await expect(
    openShowers(path(), { layout: { ...layout, ...change } as LayoutDescription }).then(freeSample),
  ).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

it('an array cut short is refused', async () => {
  const bytes = readFileSync(written('E64-showers.npy'));
  const path = file('E64-cut.npy', bytes.subarray(0, 1000));
  const description: LayoutDescription = {
    name: 'array',
    fileName: 'E{energy}-',
    incidentEnergies: { placeholder: 'energy', unit: 'GeV' },
    voxels: { datasets: [{ dataset: 'array', axes: ['shower', 'x', 'y', 'one'] }], unit: 'GeV' },
  };
  await expect(openShowers(path, { layout: description })).rejects.toMatchObject({
    code: 'ERR_FILE_TRUNCATED',
    message: expect.stringMatching(/announces 2208 bytes of numbers, 872 are there; copy the file again/),
  });
});
