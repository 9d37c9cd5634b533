import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeChunk } from '#caloscope/formats/hdf5/reader/chunk-placement';
import { RowReader } from '#caloscope/formats/hdf5/reader/row-reader';
import { readStoredDataset } from '#caloscope/formats/hdf5/reader/stored-dataset';
import { withHdf5 } from '../../../support/hdf5-file.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-rank-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => ready);

const product = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);

describe('placeChunk', () => {
  /** Every element by its coordinates. */
  function slowly(
    chunkShape: number[],
    wholeShape: number[],
    start: number[],
    elementBytes: number,
    chunk: Buffer,
  ) {
    const whole = Buffer.alloc(product(wholeShape) * elementBytes, 0xee);
    for (let i = 0; i < product(chunkShape); i++) {
      let rest = i;
      const place = chunkShape.map(() => 0);
      for (let axis = chunkShape.length - 1; axis >= 0; axis--) {
        place[axis] = (rest % (chunkShape[axis] as number)) + (start[axis] as number);
        rest = Math.floor(rest / (chunkShape[axis] as number));
      }
      if (place.some((at, axis) => at >= (wholeShape[axis] as number))) continue;
      const to = place.reduce((sum, at, axis) => sum * (wholeShape[axis] as number) + at, 0);
      for (let k = 0; k < elementBytes; k++)
        whole[to * elementBytes + k] = chunk[i * elementBytes + k] as number;
    }
    return whole;
  }

  it('puts every element where its coordinates say, in 1 to 7 axes, also at the edge', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let i = 0; i < 400; i++) {
      const rank = 1 + (i % 7);
      const wholeShape = Array.from({ length: rank }, () => 1 + random(5));
      const chunkShape = wholeShape.map((length) => (random(2) ? length : 1 + random(5)));
      const start = wholeShape.map((length, axis) => {
        const size = chunkShape[axis] as number;
        return size * random(Math.ceil(length / size));
      });
      const elementBytes = [1, 4, 60][random(3)] as number;
      const chunk = Buffer.from(
        Array.from({ length: product(chunkShape) * elementBytes }, () => random(256)),
      );
      const whole = Buffer.alloc(product(wholeShape) * elementBytes, 0xee);
      placeChunk(chunk, whole, { chunkShape, wholeShape, start }, elementBytes);
      const expected = slowly(chunkShape, wholeShape, start, elementBytes, chunk);
      expect(whole.equals(expected), JSON.stringify({ wholeShape, chunkShape, start })).toBe(true);
    }
  });
});

/** A dataset of 0, 1, 2, …, written by the HDF5 library. */
function write(
  name: string,
  libver: 'earliest' | 'v110' | 'v200',
  storage: { shape: number[]; chunks?: number[]; maxshape?: (number | null)[]; compression?: number },
): string {
  const path = join(folder, `${name}.h5`);
  const file = new File(path, 'w', { libver: libver === 'earliest' ? ['earliest', 'latest'] : libver });
  const data = Float32Array.from({ length: product(storage.shape) }, (_, i) => i);
  file.create_dataset({ name: 'x', data, ...storage });
  file.close();
  return path;
}

/** All numbers of dataset `x`, in blocks of `block` rows. */
function readRows(
  path: string,
  block: number,
): { shape: readonly number[]; numbers: number[]; index: string } {
  return withHdf5(path, (file, address) => {
    const dataset = readStoredDataset(file, address('x'));
    const rows = new RowReader(file, dataset);
    const numbers: number[] = [];
    for (let first = 0; first < rows.rows; first += block) {
      numbers.push(...rows.view(first, Math.min(block, rows.rows - first), false));
    }
    const { storage } = dataset;
    const index = storage.kind === 'chunked' ? storage.index.kind : storage.kind;
    return { shape: [rows.rows, ...rows.rowShape], numbers, index };
  });
}

const shapes: { shape: number[]; chunks: number[] }[] = [
  { shape: [17], chunks: [4] },
  { shape: [7, 9], chunks: [2, 4] },
  { shape: [5, 4, 6], chunks: [2, 3, 4] },
  { shape: [2, 3, 4, 5], chunks: [1, 2, 3, 2] },
  { shape: [5, 4, 3, 7], chunks: [2, 4, 2, 7] },
  { shape: [3, 2, 5, 4, 1], chunks: [2, 1, 2, 3, 1] },
  { shape: [3, 4, 2, 3, 2, 3], chunks: [2, 2, 1, 2, 2, 2] },
];

describe('a dataset of any rank', () => {
  it.each(shapes)('has each number in its place: $shape in chunks of $chunks', ({ shape, chunks }) => {
    const expected = Array.from({ length: product(shape) }, (_, i) => i);
    const seen = new Set<string>();
    let files = 0;
    const check = (libver: 'earliest' | 'v110' | 'v200', storage: Partial<Parameters<typeof write>[2]>) => {
      const path = write(`${shape.join('-')}-${files++}`, libver, { shape, ...storage });
      for (const block of [1, 3, 1000]) {
        const found = readRows(path, block);
        expect(found.shape).toEqual(shape);
        expect(found.numbers, `${libver} ${JSON.stringify(storage)}`).toEqual(expected);
        seen.add(found.index);
      }
    };
    for (const libver of ['earliest', 'v110', 'v200'] as const) {
      check(libver, {});
      for (const compression of [{}, { compression: 4 }]) {
        check(libver, { chunks, ...compression });
        check(libver, { chunks: shape, ...compression });
        for (let axis = 0; axis < shape.length; axis++) {
          const maxshape = shape.map((length, i) => (i === axis ? null : length));
          check(libver, { chunks, maxshape, ...compression });
        }
        check(libver, { chunks, maxshape: shape.map(() => null), ...compression });
      }
    }
    for (const index of ['contiguous', 'btree-1', 'single', 'fixed-array', 'extensible-array']) {
      expect(seen).toContain(index);
    }
    if (shape.length > 1) expect(seen).toContain('btree-2');
  });
});
