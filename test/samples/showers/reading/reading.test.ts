import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { createHdf5, type FilePlan } from '#caloscope/formats/hdf5/writer/writing';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import {
  type ContentProblem,
  openShowerFile,
  type ShowerBlock,
} from '#caloscope/samples/showers/reading/reading';
import { hasSharedData, sharedPath } from '../../../support/shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-reading-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, `showers-${++files}.hdf5`);

/** A CaloChallenge file whose voxel (row, i) is `voxel(row, i)` MeV, incident energies 1000 MeV and a row. */
async function writeShowers(
  rows: number,
  voxels: number,
  voxel: (row: number, i: number) => number,
  plan: Partial<FilePlan> & { group?: string; energy?: (row: number) => number } = {},
): Promise<string> {
  const path = newPath();
  const prefix = plan.group ?? '';
  const writer = await createHdf5(path, {
    attributes: plan.attributes ?? {},
    datasets: [
      { path: `${prefix}/incident_energies`, type: 'f4', rowShape: [1] },
      { path: `${prefix}/showers`, type: 'f4', rowShape: [voxels] },
      ...(plan.datasets ?? []),
    ],
  });
  const energies = Float32Array.from({ length: rows }, (_, row) => plan.energy?.(row) ?? 1000 + row);
  const numbers = Float32Array.from({ length: rows * voxels }, (_, i) =>
    voxel(Math.floor(i / voxels), i % voxels),
  );
  const extra = Object.fromEntries(
    (plan.datasets ?? []).map((dataset) => [
      dataset.path,
      Float64Array.from({ length: rows }, (_, row) => row / 2),
    ]),
  );
  await writer.append(
    { [`${prefix}/incident_energies`]: energies, [`${prefix}/showers`]: numbers, ...extra },
    rows,
  );
  await writer.close();
  return path;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const element of source) all.push(element);
  return all;
}

async function readBlocks(path: string, geometry: string, options = {}): Promise<ShowerBlock[]> {
  const file = await openShowerFile(path, { geometry });
  try {
    return await collect(file.blocks(options));
  } finally {
    await file.close();
  }
}

const sound = (_: number, i: number) => (i % 2 === 0 ? 100 : 0);

describe('reading block by block', () => {
  it('gives every shower once, in order, in blocks of a few MB', async () => {
    const [rows, voxels] = [30_000, 368];
    const path = await writeShowers(rows, voxels, (row, i) => (i === row % voxels ? row : 1));
    const file = await openShowerFile(path);
    expect(file.geometry.name).toBe('ds1-photons');
    expect(file.metadata).toMatchObject({
      layout: 'calochallenge',
      rows,
      voxels,
      storedType: 'float32',
      toy: false,
    });
    let next = 0;
    for await (const block of file.blocks({ negative: 'keep' })) {
      expect(block.firstRow).toBe(next);
      expect(block.voxels).toBeInstanceOf(Float32Array);
      expect(block.voxels.byteLength).toBeLessThanOrEqual(16 * 2 ** 20);
      for (const row of [0, block.rows - 1]) {
        const inFile = block.firstRow + row;
        expect(block.voxels[row * voxels + (inFile % voxels)]).toBe(inFile);
        expect(block.incidentEnergies[row]).toBe(1000 + inFile);
      }
      next += block.rows;
    }
    expect(next).toBe(rows);
    await file.close();
  });

  it('gives float64 where float32 would round', async () => {
    await ready;
    const path = newPath();
    const file = new File(path, 'w');
    file.create_dataset({ name: 'incident_energies', data: Float64Array.of(1e3, 2e3) });
    file.create_dataset({ name: 'showers', data: Int32Array.of(16_777_217, 0, 0, 7), shape: [2, 2] });
    file.close();
    const [block] = await readBlocks(path, 'cartesian:1x1x2', { asStored: true });
    expect(block?.voxels).toEqual(Float64Array.of(16_777_217, 0, 0, 7));
  });

  it('recognises toy showers and their density ratios', async () => {
    const path = await writeShowers(10, 368, sound, {
      attributes: { caloscope_toy: 'simulate 1' },
      datasets: [{ path: '/log_density_ratio', type: 'f8', rowShape: [] }],
    });
    const file = await openShowerFile(path);
    expect(file.metadata).toMatchObject({ toy: true, hasLogDensityRatio: true });
    const [block] = await collect(file.blocks({ asStored: true }));
    expect(Array.from(block?.logDensityRatio ?? [])).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    await file.close();
  });

  it('reads a group, and names it to those who forgot it', async () => {
    const path = await writeShowers(3, 368, sound, { group: '/data/train' });
    const file = await openShowerFile(path, { group: 'data/train' });
    expect(file.metadata.rows).toBe(3);
    await file.close();
    await expect(openShowerFile(path)).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
      message: expect.stringContaining('/data/train'),
    });
  });

  it('can be read twice, and left early', async () => {
    const path = await writeShowers(30_000, 368, sound);
    const file = await openShowerFile(path);
    for await (const block of file.blocks({ asStored: true })) if (block.firstRow === 0) break;
    const rows = [];
    for await (const block of file.blocks({ asStored: true })) rows.push(block.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(30_000);
    await file.close();
  });

  it('needs a geometry for other numbers of voxels', async () => {
    const path = await writeShowers(2, 24, sound);
    await expect(openShowerFile(path)).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
      message: expect.stringContaining('--geometry'),
    });
    await expect(openShowerFile(path, { geometry: 'ds2' })).rejects.toMatchObject({
      code: 'ERR_VOXEL_COUNT',
    });
    await expect(openShowerFile(path, { geometry: 'calogan' })).rejects.toMatchObject({ code: 'ERR_LAYOUT' });
    const file = await openShowerFile(path, { geometry: 'cartesian:2x3x4' });
    expect(file.geometry.voxels).toBe(24);
    await file.close();
  });

  it('says that a file is missing, a folder or no HDF5 file', async () => {
    await expect(openShowerFile(join(folder, 'none.hdf5'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    await expect(openShowerFile(folder)).rejects.toMatchObject({ code: 'ERR_NOT_A_FILE' });
    const text = newPath();
    writeFileSync(text, 'E,layer\n1,2\n');
    await expect(openShowerFile(text)).rejects.toMatchObject({ code: 'ERR_NOT_HDF5', path: text });
  });
});

describe('cancelling', () => {
  it('stops before the next block, with the reason of the signal', async () => {
    const path = await writeShowers(40_000, 368, (row, i) => ((row * 31 + i * 17) % 97 === 0 ? row + i : 1));
    const file = await openShowerFile(path);
    const controller = new AbortController();
    const reason = new Error('enough');
    let blocks = 0;
    const work = (async () => {
      for await (const _ of file.blocks({ signal: controller.signal, asStored: true })) {
        blocks += 1;
        controller.abort(reason);
      }
    })();
    await expect(work).rejects.toBe(reason);
    expect(blocks).toBe(1);
    await file.close();
  });

  it('stops while a file is being opened or inspected', async () => {
    const path = await writeShowers(20_000, 368, sound);
    await expect(openShowerFile(path, { signal: AbortSignal.abort('now') })).rejects.toBe('now');
    const controller = new AbortController();
    const opening = openShowerFile(path, { signal: controller.signal });
    setTimeout(() => controller.abort('later'), 5);
    await expect(opening).rejects.toBe('later');
    const other = new AbortController();
    const inspecting = inspectShowerFile(path, {
      signal: other.signal,
      onProgress: () => other.abort('seen'),
    });
    await expect(inspecting).rejects.toBe('seen');
  });

  it('tells those who read a closed file', async () => {
    const file = await openShowerFile(await writeShowers(5, 368, sound));
    await file.close();
    await file.close();
    await expect(collect(file.blocks())).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});

describe('what a user is told about odd numbers', () => {
  it('refuses negative voxels unless told what to do', async () => {
    const path = await writeShowers(4, 368, (row, i) => (row === 2 && i === 7 ? -3 : sound(row, i)));
    await expect(readBlocks(path, 'ds1-photons')).rejects.toMatchObject({
      code: 'ERR_NEGATIVE_ENERGY',
      message: expect.stringContaining('row 2, voxel 7'),
    });
    const warnings: ContentProblem[] = [];
    const onWarning = (problem: ContentProblem) => warnings.push(problem);
    const [kept] = await readBlocks(path, 'ds1-photons', { negative: 'keep', onWarning });
    const [zeroed] = await readBlocks(path, 'ds1-photons', { negative: 'zero', onWarning });
    expect([kept?.voxels[2 * 368 + 7], zeroed?.voxels[2 * 368 + 7]]).toEqual([-3, 0]);
    expect(warnings.filter(({ code }) => code === 'negative')).toHaveLength(2);
  });

  it('reads NaN as 0 where asked to', async () => {
    const path = await writeShowers(3, 368, (row, i) => (row === 1 && i === 5 ? Number.NaN : sound(row, i)));
    await expect(readBlocks(path, 'ds1-photons')).rejects.toMatchObject({ code: 'ERR_NON_FINITE' });
    const [block] = await readBlocks(path, 'ds1-photons', { nonFinite: 'zero' });
    expect(block?.voxels[368 + 5]).toBe(0);
  });

  it('refuses incident energies of 0', async () => {
    const path = await writeShowers(3, 368, sound, { energy: (row) => (row === 1 ? 0 : 1e4) });
    await expect(readBlocks(path, 'ds1-photons')).rejects.toMatchObject({ code: 'ERR_INCIDENT_ENERGY' });
  });
});

describe('inspection', () => {
  it('describes a file and what is odd in it', async () => {
    const path = await writeShowers(50, 368, (row, i) => (row < 10 ? 0 : sound(row, i)), {
      energy: () => 20_000,
    });
    const inspection = await inspectShowerFile(path);
    expect(inspection).toMatchObject({
      layout: 'calochallenge',
      geometry: 'ds1-photons',
      rows: 50,
      voxels: 368,
      incidentEnergy: { min: 20_000, max: 20_000 },
      voxelEnergy: { min: 0, max: 100 },
      depositedOverIncident: 0.92,
      occupancy: 0.4,
      problems: [{ code: 'zero-showers', severity: 'warning' }],
    });
    expect(inspection.layers).toHaveLength(5);
    expect(inspection.datasets.map((dataset) => dataset.filters)).toEqual([['gzip'], ['gzip']]);
    expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection);
  });

  it('collects what reading would refuse', async () => {
    const path = await writeShowers(5, 24, (row, i) =>
      row === 1 ? -1 : row === 2 ? Number.NaN : sound(row, i),
    );
    const { problems, geometry, layers } = await inspectShowerFile(path);
    expect(problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['ERR_GEOMETRY', 'ERR_NON_FINITE', 'ERR_NEGATIVE_ENERGY']),
    );
    expect([geometry, layers]).toEqual([null, null]);
  });
});

describe('damaged files', () => {
  const noise = (row: number, i: number) => ((row * 7919 + i * 104_729) % 1009) / 8;

  it('notices a missing end', async () => {
    const path = await writeShowers(200, 368, noise);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    await expect(openShowerFile(path)).rejects.toMatchObject({ code: 'ERR_FILE_TRUNCATED' });
  });

  it('notices a changed byte in packed data', async () => {
    const path = await writeShowers(2000, 368, noise);
    const bytes = readFileSync(path);
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0x10, middle);
    writeFileSync(path, bytes);
    await expect(readBlocks(path, 'ds1-photons')).rejects.toMatchObject({ code: 'ERR_FILE_CORRUPT' });
  });
});

describe('filters', () => {
  it.each([
    ['shuffle', 2, []],
    ['fletcher32', 3, []],
    ['scale-offset', 6, [2, 0]],
  ] as const)('undoes %s', async (name, compression, options) => {
    await ready;
    const path = newPath();
    const numbers = Int32Array.from({ length: 4000 }, (_, i) => ((i * 37) % 1000) - 300);
    const file = new File(path, 'w');
    file.create_dataset({ name: 'incident_energies', data: new Float32Array(1000).fill(1e5) });
    const storage = { chunks: [64, 4], compression, compression_opts: [...options] };
    file.create_dataset({ name: 'showers', data: numbers, shape: [1000, 4], ...storage });
    file.close();
    const opened = await openShowerFile(path, { geometry: 'cartesian:1x2x2' });
    expect(opened.metadata.datasets[1]).toMatchObject({ type: 'int32', filters: [name], chunks: [64, 4] });
    const blocks = await collect(opened.blocks({ asStored: true }));
    await opened.close();
    expect(blocks.flatMap(({ voxels }) => Array.from(voxels))).toEqual(Array.from(numbers));
  });

  it('warns of floats that scale-offset rounded', async () => {
    await ready;
    const path = newPath();
    const file = new File(path, 'w');
    file.create_dataset({ name: 'incident_energies', data: new Float32Array(100).fill(1e5) });
    const storage = { chunks: [64, 4], compression: 6, compression_opts: [0, 2] };
    const data = Float32Array.from({ length: 400 }, (_, i) => (i % 7) + 0.123456);
    file.create_dataset({ name: 'showers', data, shape: [100, 4], ...storage });
    file.close();
    const { problems } = await inspectShowerFile(path, { geometry: 'cartesian:1x2x2' });
    expect(problems.filter(({ code }) => code === 'rounded-numbers')).toEqual([
      {
        code: 'rounded-numbers',
        severity: 'warning',
        message: expect.stringMatching(/^\/showers is packed with scale-offset.*NaN.*gzip$/),
      },
    ]);
  });
});

describe('chunk indexes of the newer formats', () => {
  const [rows, voxels] = [9000, 4];
  it.each([
    ['fixed array of pages', { chunks: [1, 4] }],
    ['extensible array', { chunks: [2, 3], maxshape: [null, 4] }],
    ['extensible array of pages', { chunks: [1, 1], maxshape: [null, 4] }],
    ['extensible array along the voxels', { chunks: [2, 3], maxshape: [rows, null] }],
    ['version 2 B-tree of several levels', { chunks: [1, 4], maxshape: [null, null] }],
    ['single chunk', { chunks: [rows, 4] }],
  ])(
    '%s',
    async (_, { chunks, maxshape = null }: { chunks: number[]; maxshape?: (number | null)[] | null }) => {
      await ready;
      const numbers = Float32Array.from({ length: rows * voxels }, (_, i) => (i % 7 === 0 ? 0 : i));
      for (const libver of ['v110', 'v200'] as const) {
        for (const compression of [0, 1]) {
          const path = newPath();
          const file = new File(path, 'w', { libver });
          file.create_dataset({ name: 'incident_energies', data: new Float32Array(rows).fill(1e5) });
          const packed = compression > 0 ? { compression } : {};
          file.create_dataset({
            name: 'showers',
            data: numbers,
            shape: [rows, voxels],
            chunks,
            maxshape,
            ...packed,
          });
          file.close();
          const blocks = await readBlocks(path, 'cartesian:1x2x2', { asStored: true });
          expect(Buffer.concat(blocks.map(({ voxels: read }) => Buffer.from(read.buffer)))).toEqual(
            Buffer.from(numbers.buffer),
          );
        }
      }
    },
  );
});

describe.skipIf(!hasSharedData)('real files', () => {
  it.each([
    ['calogan_eplus_geant4_51.hdf5', undefined, 51, 504],
    ['csi12_photon_geant4_327.hdf5', 'cartesian:12x12x12', 327, 1728],
    ['csi12_electron_geant4_354.hdf5', 'cartesian:12x12x12', 354, 1728],
    ['calochallenge_ds2_diffusion_10.hdf5', undefined, 10, 6480],
  ])('%s', async (name, geometry, rows, voxels) => {
    const inspection = await inspectShowerFile(sharedPath('data', name), { geometry });
    expect(inspection).toMatchObject({ rows, voxels, problems: [] });
    expect(inspection.depositedOverIncident).toBeGreaterThan(0.3);
  });

  it('turns GeV into MeV', async () => {
    const { incidentEnergy } = await inspectShowerFile(sharedPath('data', 'calogan_eplus_geant4_51.hdf5'));
    expect(incidentEnergy?.min).toBeGreaterThan(1000);
    expect(incidentEnergy?.max).toBeLessThan(100_000);
  });

  it('refuses another layout with a clear word', async () => {
    await expect(openShowerFile(sharedPath('data', 'lcd_ecal_hcal_100.hdf5'))).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: expect.stringContaining('ECAL, HCAL, target'),
    });
  });
});
