import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from '#caloscope/formats/hdf5/reader/file-bytes';
import { withHdf5 } from '../../../support/hdf5-file.js';
import { fixture, readNumbers } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-virtual-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => ready);

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

it('a name that no file can have is told as one that is not there', () => {
  withHdf5(fixture('virtual-latest.h5'), (file) => {
    expect(() => FileBytes.beside(file, 'x'.repeat(300))).toThrow(
      expect.objectContaining({
        code: 'ERR_EXTERNAL_DATA',
        message: expect.stringContaining('ENAMETOOLONG'),
      }),
    );
  });
});

describe.each(['virtual-earliest.h5', 'virtual-latest.h5'])('virtual datasets of %s', (name) => {
  const path = fixture(name);

  it('are read over files beside it, wherever the reader was started', () => {
    for (const block of [1, 3, 5, 12]) {
      expect(readNumbers(path, 'rows', block)).toEqual({ shape: [12, 2, 3], numbers: upTo(72) });
      expect(readNumbers(path, 'stacked', block)).toEqual({ shape: [3, 4, 2, 3], numbers: upTo(72) });
      const backwards = [3, 2, 1, 0].flatMap((row) => upTo(6).map((i) => 6 * row + i));
      expect(readNumbers(path, 'backwards', block).numbers).toEqual(backwards);
      const half = upTo(12).map((i) => i + 6);
      expect(readNumbers(path, 'of-this-file', block)).toEqual({ shape: [2, 2, 3], numbers: half });
    }
  });

  it.each([
    ['missing', /part3\.h5, which is not beside it/],
    ['with-a-gap', /parts|have no source/],
    ['side-by-side', /not whole rows/],
    ['no-dataset', /y of part0\.h5: it is not there/],
    ['above', /part0\.h5, which is never opened/],
    ['absolute', /part0\.h5, which is never opened/],
  ])('are never filled in: %s', (dataset, message) => {
    expect(() => readNumbers(path, `bad/${dataset}`)).toThrow(
      expect.objectContaining({ code: 'ERR_EXTERNAL_DATA', message: expect.stringMatching(message) }),
    );
  });

  it('are not read in a circle', () => {
    expect(() => readNumbers(path, 'bad/circle')).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_CORRUPT' }),
    );
  });

  it('do not take a namesake from the current folder, and notice other or damaged files', async () => {
    const copy = join(folder, name);
    for (const file of [name, 'part0.h5', 'part1.h5']) copyFileSync(fixture(file), join(folder, file));
    rmSync(join(folder, 'part2.h5'), { force: true });
    const started = process.cwd();
    process.chdir(fixture('.'));
    try {
      expect(() => readNumbers(copy, 'rows')).toThrow(expect.objectContaining({ code: 'ERR_EXTERNAL_DATA' }));
    } finally {
      process.chdir(started);
    }
    writeFileSync(join(folder, 'part2.h5'), 'no HDF5');
    expect(() => readNumbers(copy, 'rows')).toThrow(expect.objectContaining({ code: 'ERR_EXTERNAL_DATA' }));
    for (const [data, shape] of [
      [new Float64Array(24), [4, 2, 3]],
      [new Float32Array(18), [3, 2, 3]],
    ] as const) {
      const other = new File(join(folder, 'part2.h5'), 'w');
      other.create_dataset({ name: 'x', data, shape: [...shape] });
      other.close();
      expect(() => readNumbers(copy, 'rows')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_(EXTERNAL_DATA|FILE_CORRUPT)$/) }),
      );
    }
  });
});
