/** One small file of every layout, written by the HDF5 library as the authors' code writes it, and read voxel by voxel. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import {
  type OpenOptions,
  openShowerFile,
  type ShowerBlock,
} from '#caloscope/samples/showers/reading/reading';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { fixture } from '../../../formats/hdf5/reader/fixtures.js';

await ready;
const folder = mkdtempSync(join(tmpdir(), 'caloscope-layouts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = 5;
/** A number that tells row, layer and both places in the layer from each other. */
const energy = (row: number, layer: number, a: number, b: number) =>
  1 + row * 1000 + layer * 100 + a * 10 + b + (row * 7 + layer * 3 + a * 2 + b) / 64;

interface Stored {
  readonly path: string;
  readonly shape: readonly number[];
  readonly value: (at: readonly number[]) => number;
  readonly chunks?: readonly number[];
}

let files = 0;
function write(datasets: readonly Stored[]): string {
  const path = join(folder, `${++files}.h5`);
  const file = new File(path, 'w');
  for (const { path: name, shape, value, chunks } of datasets) {
    const steps = name.split('/');
    const last = steps.pop() as string;
    let place: File | Group = file;
    for (const step of steps) place = (place.get(step) as Group | null) ?? place.create_group(step);
    const size = shape.reduce((product, length) => product * length, 1);
    const data = Float32Array.from({ length: size }, (_, i) => {
      let rest = i;
      const at = shape.map((_length, axis) => {
        const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
        const index = Math.floor(rest / stride);
        rest -= index * stride;
        return index;
      });
      return value(at);
    });
    const packing = chunks ? { chunks: [...chunks], compression: 4 } : {};
    place.create_dataset({ name: last, data, shape: [...shape], ...packing });
  }
  file.close();
  return path;
}

const energies = (path: string, shape: readonly number[] = [rows, 1]): Stored => ({
  path,
  shape,
  value: ([row = 0]) => 10 + row,
});

async function readAll(path: string, options: OpenOptions = {}) {
  const file = await openShowerFile(path, options);
  try {
    const blocks: ShowerBlock[] = [];
    for await (const block of file.blocks()) blocks.push(block);
    return { file, block: blocks[0] as ShowerBlock, blocks };
  } finally {
    await file.close();
  }
}

/** What of each layout stands in a file, and what has to be read of it. */
const examples: Readonly<
  Record<
    string,
    {
      readonly datasets: readonly Stored[];
      readonly geometry: string;
      /** Layers × first × second axis within a layer, the last one fastest; MeV. */
      readonly lengths: readonly [number, number, number];
      readonly voxel?: (row: number, layer: number, a: number, b: number) => number;
      readonly incident: (row: number) => number;
      readonly conditions?: readonly ((row: number) => number)[];
    }
  >
> = {
  lemurs: {
    datasets: [
      {
        path: 'showers',
        shape: [rows, 3, 4, 5],
        chunks: [2, 2, 3, 5],
        value: ([n = 0, r = 0, a = 0, z = 0]) => energy(n, z, a, r),
      },
      energies('incident_energy', [rows]),
      { path: 'incident_theta', shape: [rows], value: ([n = 0]) => n / 4 },
      { path: 'incident_phi', shape: [rows], value: ([n = 0]) => -n / 2 },
    ],
    geometry: 'polar:5x4x3',
    lengths: [5, 4, 3],
    incident: (row) => 10 + row,
    conditions: [(row) => row / 4, (row) => -row / 2],
  },
  'two-angle-bib-ae': {
    datasets: [
      { path: 'layers', shape: [rows, 5, 3, 4], value: ([n = 0, l = 0, x = 0, z = 0]) => energy(n, l, z, x) },
      energies('energy'),
      { path: 'theta', shape: [rows, 1], value: ([n = 0]) => 30 + n },
      { path: 'phi', shape: [rows, 1], value: ([n = 0]) => 5 - n },
    ],
    geometry: 'cartesian:5x4x3',
    lengths: [5, 4, 3],
    incident: (row) => 1000 * (10 + row),
    conditions: [(row) => 30 + row, (row) => 5 - row],
  },
  'ild-photons': {
    datasets: [
      {
        path: '30x30/layers',
        shape: [rows, 5, 3, 4],
        chunks: [1, 5, 3, 4],
        value: ([n = 0, l = 0, x = 0, z = 0]) => energy(n, l, z, x),
      },
      energies('30x30/energy'),
    ],
    geometry: 'cartesian:5x4x3',
    lengths: [5, 4, 3],
    incident: (row) => 1000 * (10 + row),
  },
  'ild-pions': {
    datasets: [
      {
        path: 'hcal_only/layers',
        shape: [rows, 2, 2, 3],
        value: ([n = 0, l = 0, x = 0, z = 0]) => energy(n, l, z, x),
      },
      energies('hcal_only/energy'),
    ],
    geometry: 'cartesian:2x3x2',
    lengths: [2, 3, 2],
    incident: (row) => 1000 * (10 + row),
  },
  hgcal: {
    datasets: [
      {
        path: 'showers',
        shape: [rows, 3, 7],
        chunks: [2, 3, 4],
        value: ([n = 0, l = 0, c = 0]) => energy(n, l, 0, c) / 1024,
      },
      {
        path: 'gen_info',
        shape: [rows, 3],
        value: ([n = 0, k = 0]) => [50 + n, 2 + n / 8, 1.5 - n / 8][k] as number,
      },
    ],
    geometry: 'cells:3x7',
    lengths: [3, 1, 7],
    voxel: (row, layer, a, b) => Math.fround((energy(row, layer, a, b) / 1024) * 1000),
    incident: (row) => 1000 * (50 + row),
    conditions: [(row) => 2 + row / 8, (row) => 1.5 - row / 8],
  },
  'par04-groups': {
    datasets: [128, 64].map((inc) => ({
      path: `${inc}/data`,
      shape: [inc === 64 ? 2 : 3, 3, 4, 5],
      value: ([n = 0, r = 0, a = 0, z = 0]: readonly number[]) => energy(inc === 64 ? n : n + 2, z, a, r),
    })),
    geometry: 'polar:5x4x3',
    lengths: [5, 4, 3],
    incident: (row) => (row < 2 ? 64_000 : 128_000),
  },
  par04: {
    datasets: [1024, 64].map((inc) => ({
      path: `${inc}`,
      shape: [inc === 64 ? 2 : 3, 3, 4, 5],
      chunks: [1, 3, 4, 5],
      value: ([n = 0, r = 0, a = 0, z = 0]: readonly number[]) => energy(inc === 64 ? n : n + 2, z, a, r),
    })),
    geometry: 'polar:5x4x3',
    lengths: [5, 4, 3],
    incident: (row) => (row < 2 ? 64_000 : 1_024_000),
  },
  'calochallenge-early': {
    datasets: [1024, 256].map((inc) => ({
      path: `data_${inc}`,
      shape: [inc === 256 ? 1 : 4, 368],
      value: ([n = 0, v = 0]: readonly number[]) => energy(inc === 256 ? n : n + 1, 0, 0, v),
    })),
    geometry: 'ds1-photons',
    lengths: [1, 1, 368],
    incident: (row) => (row < 1 ? 256 : 1024),
  },
  calogan: {
    datasets: [
      energies('energy'),
      ...(
        [
          [3, 96],
          [12, 12],
          [12, 6],
        ] as const
      ).map(([height, width], l) => ({
        path: `layer_${l}`,
        shape: [rows, height, width],
        value: ([n = 0, y = 0, x = 0]: readonly number[]) =>
          energy(n, 0, 0, [0, 288, 432][l] as number) + y * width + x,
      })),
    ],
    geometry: 'calogan',
    lengths: [1, 1, 504],
    voxel: (row, _layer, _a, b) => {
      const start = b < 288 ? 0 : b < 432 ? 288 : 432;
      return Math.fround(energy(row, 0, 0, start) + b - start);
    },
    incident: (row) => 1000 * (10 + row),
  },
  calochallenge: {
    datasets: [
      energies('incident_energies'),
      {
        path: 'showers',
        shape: [rows, 4, 3, 2, 1],
        chunks: [2, 3, 3, 1, 1],
        value: ([n = 0, l = 0, a = 0, r = 0]) => energy(n, l, a, r),
      },
    ],
    geometry: 'cartesian:4x3x2',
    lengths: [4, 3, 2],
    incident: (row) => 10 + row,
  },
};

it('every published layout of voxels has an example', () => {
  const ofVoxels = publishedLayouts().filter(({ voxels }) => voxels !== undefined);
  expect(Object.keys(examples).sort()).toEqual(ofVoxels.map(({ name }) => name).sort());
});

describe.each(Object.entries(examples))('a file in the layout %s', (name, example) => {
  const path = write(example.datasets);
  const { lengths, voxel = (...at: [number, number, number, number]) => Math.fround(energy(...at)) } =
    example;

  it('is recognized and read voxel by voxel', async () => {
    const { file, block } = await readAll(path);
    expect(file.metadata.layout).toBe(name);
    expect(file.geometry.name).toBe(example.geometry);
    expect(block.rows).toBe(rows);
    const [layers, first, second] = lengths;
    const expected: number[] = [];
    for (let row = 0; row < rows; row++) {
      for (let l = 0; l < layers; l++) {
        for (let a = 0; a < first; a++) for (let b = 0; b < second; b++) expected.push(voxel(row, l, a, b));
      }
    }
    expect(Array.from(block.voxels)).toEqual(expected);
    const eachRow = (value: (row: number) => number) =>
      Float64Array.from({ length: rows }, (_, row) => value(row));
    expect(block.incidentEnergies).toEqual(eachRow(example.incident));
    expect(block.conditions).toEqual((example.conditions ?? []).map(eachRow));
  });

  it('gives the same sample as hits', async () => {
    const { block } = await readAll(path);
    using sample = await openShowers(path);
    expect(sample.read(0, rows)).toEqual(Float64Array.from(block.voxels));
    expect(sample.conditions.map(({ values }) => values)).toEqual(block.conditions);
    expect(sample.incidentEnergies()).toEqual(block.incidentEnergies);
    expect(sample.origin.layout).toBe(name);
  });

  it('is refused where another layout is named', async () => {
    const other = name === 'lemurs' ? 'ild-photons' : 'lemurs';
    await expect(openShowerFile(path, { layout: other })).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
      message: expect.stringContaining(`of the ${other} layout is missing`),
    });
  });
});

describe('a described layout', () => {
  const path = write([
    {
      path: 'data/ECAL',
      shape: [rows, 3, 4, 5],
      value: ([n = 0, x = 0, y = 0, z = 0]) => energy(n, z, y, x) / 1024,
    },
    {
      path: 'data/target',
      shape: [rows, 3],
      value: ([n = 0, k = 0]) => [n, Math.log10(100 + n), 7][k] as number,
    },
  ]);
  const layout = {
    name: 'mine',
    groups: ['data'],
    incidentEnergies: { dataset: 'target', column: 1, transform: 'log10', unit: 'GeV' },
    voxels: { datasets: [{ dataset: 'ECAL', axes: ['shower', 'x', 'y', 'layer'] }], unit: 'keV', factor: 2 },
    conditions: [{ name: 'number', dataset: 'target', column: 0 }],
  } as const;

  it('says units, factor, axes, columns and logarithms', async () => {
    const { file, block } = await readAll(path, { layout: structuredClone(layout) as never });
    expect(file.geometry.name).toBe('cartesian:5x4x3');
    expect(block.voxels[(1 * 4 + 2) * 3 + 1]).toBeCloseTo((energy(0, 1, 2, 1) / 1024) * 2e-3, 9);
    expect(Array.from(block.incidentEnergies)).toEqual(
      Array.from({ length: rows }, (_, n) => expect.closeTo((100 + n) * 1000, 0)),
    );
    expect(block.conditions).toEqual([Float64Array.of(0, 1, 2, 3, 4)]);
    expect(file.metadata.conditions).toEqual([{ name: 'number', label: 'number', unit: '' }]);
  });

  it('is told once which of its datasets holds no numbers', async () => {
    const types = fixture('types.h5');
    const voxels = { datasets: [{ dataset: 'compound', axes: ['shower', 'voxel'] }], unit: 'MeV' };
    const other = { name: 'mine', incidentEnergies: { dataset: '<f8', column: 0, unit: 'MeV' }, voxels };
    await expect(inspectShowerFile(types, { layout: other as never })).rejects.toMatchObject({
      code: 'ERR_DATASET_TYPE',
      message: expect.stringMatching(/^[^:]*: dataset \/compound: it holds compound records/),
    });
  });

  it('may be a file, and is checked', async () => {
    const described = join(folder, 'mine.json');
    writeFileSync(described, JSON.stringify(layout));
    expect((await inspectShowerFile(path, { layout: described })).layout).toBe('mine');
    const bad = async (change: object, message: string) => {
      writeFileSync(described, JSON.stringify({ ...layout, ...change }));
      await expect(inspectShowerFile(path, { layout: described })).rejects.toMatchObject({
        code: 'ERR_LAYOUT',
        message: expect.stringContaining(message),
      });
    };
    await bad({ incidentEnergies: { dataset: 'target', column: 1, unit: 'MV' } }, 'incidentEnergies.unit: ');
    const short = { dataset: 'ECAL', axes: ['shower', 'x', 'y', 'layer'], lengths: [3, 4] };
    await bad({ voxels: { datasets: [short], unit: 'MeV' } }, 'ECAL has 2 lengths for 3 axes');
    await bad(
      { voxels: { datasets: [{ dataset: 'ECAL', axes: ['shower', 'x', 'layer', 'r'] }], unit: 'MeV' } },
      'axes',
    );
    writeFileSync(described, '{');
    await expect(inspectShowerFile(path, { layout: described })).rejects.toThrow('not a JSON file');
    await expect(inspectShowerFile(path, { layout: 'nothing' })).rejects.toThrow(
      /"nothing" is not known; use calogan, /,
    );
  });

  it('that contradicts the file is refused with the dataset', async () => {
    const refused = (change: object, code: string, message: string) =>
      expect(openShowerFile(path, { layout: { ...layout, ...change } as never })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
    await refused(
      { voxels: { datasets: [{ dataset: 'ECAL', axes: ['shower', 'x', 'y'] }], unit: 'MeV' } },
      'ERR_DATASET_SHAPE',
      'ECAL has shape (5,3,4,5), needed is (N,x,y)',
    );
    await refused(
      { incidentEnergies: { dataset: 'target', column: 3, unit: 'GeV' } },
      'ERR_DATASET_SHAPE',
      'target has shape (5,3), needed is (N,k) with k above 3',
    );
    await refused({ groups: ['others'] }, 'ERR_DATASET_MISSING', 'mine layout is missing');
  });
});

it('showers of some parts are read across their ends', async () => {
  const path = write(
    [3, 1, 2].map((inc) => ({
      path: `data_${inc}`,
      shape: [40 * inc, 6480],
      chunks: [7, 6480],
      value: ([n = 0, v = 0]: readonly number[]) => (v === n ? inc : 0),
    })),
  );
  const { blocks } = await readAll(path);
  const seen = blocks.flatMap((block) =>
    Array.from({ length: block.rows }, (_, i) => {
      const shower = block.voxels.subarray(i * 6480, (i + 1) * 6480);
      const hit = shower.findIndex((value) => value !== 0);
      return [block.incidentEnergies[i], hit, shower[hit]];
    }),
  );
  const expected = [1, 2, 3].flatMap((inc) => Array.from({ length: 40 * inc }, (_, n) => [inc, n, inc]));
  expect(seen).toEqual(expected);
});
