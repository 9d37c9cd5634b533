import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectShowerFile } from '#caloscope/samples/showers/inspection';
import { openShowerFile } from '#caloscope/samples/showers/reading/reading';
import { openShowers } from '#caloscope/samples/showers/shower-stream';

/** What is read must not depend on how many threads read it, nor on which of them is faster. */

const folder = mkdtempSync(join(tmpdir(), 'caloscope-parallel-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => ready);

const [rows, voxels] = [24_000, 504];
const geometry = 'cartesian:1x1x504';

/** Every third voxel lit, each with an energy of its own; the rest zero. */
function energies(): Float32Array {
  return Float32Array.from({ length: rows * voxels }, (_, i) => (i % 3 === 0 ? 1 + (i % 100_003) / 8 : 0));
}

interface Storage {
  readonly chunks: number[] | null;
  readonly compression?: number;
}

function write(name: string, numbers: Float32Array | Float64Array, storage: Storage): string {
  const path = join(folder, name);
  const file = new File(path, 'w');
  const incident = Float64Array.from({ length: rows }, (_, row) => 300_000 + row);
  file.create_dataset({ name: 'incident_energies', data: incident, shape: [rows, 1] });
  const { chunks, compression } = storage;
  const packing = chunks ? { chunks, ...(compression && { compression }) } : {};
  file.create_dataset({ name: 'showers', data: numbers, shape: [rows, voxels], ...packing });
  file.close();
  return path;
}

/** The CaloGAN layout with layers in chunks of these heights. */
function writeCalogan(name: string, numbers: Float32Array, heights: readonly number[]): string {
  const path = join(folder, name);
  const file = new File(path, 'w');
  const incident = Float64Array.from({ length: rows }, (_, row) => 300 + row / 1000);
  file.create_dataset({ name: 'energy', data: incident, shape: [rows, 1] });
  let column = 0;
  for (const [layer, shape] of [
    [3, 96],
    [12, 12],
    [12, 6],
  ].entries()) {
    const width = (shape[0] as number) * (shape[1] as number);
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const start = row * voxels + column;
      data.set(numbers.subarray(start, start + width), row * width);
    }
    column += width;
    const chunks = [heights[layer] as number, ...shape];
    file.create_dataset({ name: `layer_${layer}`, data, shape: [rows, ...shape], chunks, compression: 1 });
  }
  file.close();
  return path;
}

async function codeAndMessage(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was refused',
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

describe('threads that read one file', () => {
  const numbers = energies();
  const wanted = Float64Array.from(numbers);
  const forms: readonly [string, () => [path: string, geometry: string]][] = [
    [
      'packed chunks of whole rows',
      () => [write('rows', numbers, { chunks: [700, 504], compression: 1 }), geometry],
    ],
    ['plain chunks across and along', () => [write('tiles', numbers, { chunks: [1000, 100] }), geometry]],
    [
      'bands larger than a block',
      () => [write('band', numbers, { chunks: [11_000, 84], compression: 1 }), geometry],
    ],
    ['one piece', () => [write('piece', numbers, { chunks: null }), geometry]],
    ['one piece in float64', () => [write('wide', wanted, { chunks: null }), geometry]],
    ['layers in chunks of one height', () => [writeCalogan('equal', numbers, [910, 1820, 3640]), 'calogan']],
    ['layers in chunks of any height', () => [writeCalogan('odd', numbers, [910, 1303, 24_000]), 'calogan']],
  ];
  it.each(forms)('give the same showers in the same order: %s', async (_, make) => {
    const [path, name] = make();
    for (const threads of [1, 2, 4]) {
      using sample = await openShowers(path, { geometry: name, threads });
      expect(sample.rows).toBe(rows);
      expect(Buffer.from(sample.read(0, rows).buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
      const incident = sample.incidentEnergies();
      expect([incident[0], incident[rows - 1]]).toEqual([300_000, 323_999]);
    }
    rmSync(path);
  });

  it('tell of the first error in the file, whichever they meet first', async () => {
    const late = numbers.slice();
    // The end of the file is read at once, its middle after other work: both are odd.
    late.fill(0, 13_000 * voxels);
    late[11_111 * voxels + 3] = Number.NaN;
    late[11_113 * voxels + 3] = Number.NaN;
    late[20_000 * voxels + 5] = -1;
    const path = write('errors', late, { chunks: [700, 504], compression: 1 });
    const expected = await codeAndMessage(openShowers(path, { geometry, threads: 1 }));
    expect(expected).toMatch(/^ERR_NON_FINITE .*2 voxels.*row 11111, voxel 3/);
    for (let i = 0; i < 3; i++) {
      for (const threads of [2, 3, 4]) {
        expect(await codeAndMessage(openShowers(path, { geometry, threads }))).toBe(expected);
      }
    }
  });

  it('note the same oddities', async () => {
    const odd = numbers.slice();
    for (const row of [5, 9000, 9001, 23_999]) odd[row * voxels + 1] = -row;
    odd[15_000 * voxels] = Number.POSITIVE_INFINITY;
    odd.fill(0, 100 * voxels, 104 * voxels);
    const path = write('odd-numbers', odd, { chunks: [700, 504], compression: 1 });
    const policy = { geometry, negative: 'zero', nonFinite: 'zero' } as const;
    const samples = await Promise.all([1, 4].map((threads) => openShowers(path, { ...policy, threads })));
    const problems = samples.map((sample) => sample.problems);
    expect(problems[0]?.map(({ code }) => code)).toEqual(['non-finite', 'negative', 'zero-showers', 'units']);
    expect(problems[1]).toEqual(problems[0]);
    for (const sample of samples) {
      expect(sample.read(9000, 2)[1]).toBe(0);
      expect(sample.read(15_000, 1)[0]).toBe(0);
      sample.dispose();
    }
    const inspected = await Promise.all(
      [1, 4].map((threads) => inspectShowerFile(path, { geometry, threads })),
    );
    expect(inspected[1]).toEqual(inspected[0]);
    const hits = odd.reduce((sum, energy) => sum + (energy > 0 ? 1 : 0), 0);
    expect(inspected[0]?.occupancy).toBe(hits / odd.length);
  });

  it('do not mix two files of one name', async () => {
    const path = write('first', numbers, { chunks: [700, 504], compression: 1 });
    const other = write(
      'second',
      numbers.map((energy) => energy / 2),
      { chunks: [700, 504], compression: 1 },
    );
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    const file = await openShowerFile(path, { geometry, threads: 2 });
    renameSync(other, path);
    const parts: Buffer[] = [];
    for await (const { voxels: read } of file.blocks()) parts.push(Buffer.from(read.buffer));
    expect(Buffer.concat(parts).equals(Buffer.from(numbers.buffer))).toBe(true);
    expect(await file.checksum()).toBe(sha256);
    await file.close();
  });

  it('refuse a file that is written to meanwhile', async () => {
    const path = write('growing', numbers, { chunks: [700, 504], compression: 1 });
    const file = await openShowerFile(path, { geometry, threads: 2 });
    const read = async () => {
      for await (const { firstRow } of file.blocks()) if (firstRow === 0) appendFileSync(path, 'x');
    };
    expect(await codeAndMessage(read())).toMatch(/^ERR_FILE_CHANGED .*written to while it was read/);
    await expect(file.checksum()).rejects.toMatchObject({ code: 'ERR_FILE_CHANGED' });
    await file.close();
  });

  it('leave the event loop its turns', async () => {
    const path = write('loop', numbers, { chunks: [700, 504], compression: 1 });
    const blocks: number[] = [];
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
    }, 1);
    const file = await openShowerFile(path, { geometry, threads: 4 });
    for await (const { firstRow } of file.hits()) blocks.push(firstRow);
    await file.close();
    clearInterval(clock);
    expect(blocks).toEqual(blocks.toSorted((a, b) => a - b));
    expect(turns).toBeGreaterThan(5);
  });

  it('are ended at any moment without harm to the process', () => {
    // Small chunks: a stream of node:zlib is begun every few microseconds.
    const path = write('ended', numbers, { chunks: [10, 504], compression: 1 });
    const library = new URL('../../../../dist/index.js', import.meta.url).href;
    const code = `
      import { setTimeout } from 'node:timers/promises';
      import { openShowers } from '${library}';
      const [path, geometry] = process.argv.slice(1);
      for (let i = 0; i < 25; i++) {
        const aborting = new AbortController();
        const reading = openShowers(path, { geometry, threads: 3, signal: aborting.signal,
          onProgress: () => void setTimeout(3 * Math.random()).then(() => aborting.abort('enough')) });
        await reading.then((showers) => showers.dispose(), (reason) => {
          if (reason !== 'enough') throw reason;
        });
      }
      openShowers(path, { geometry, threads: 3, onProgress: () => process.exit(7) });
    `;
    for (let i = 0; i < 3; i++) {
      const words = ['--input-type=module', '--eval', code, path, geometry];
      const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      expect([status, stderr]).toEqual([7, '']);
    }
  });
});
