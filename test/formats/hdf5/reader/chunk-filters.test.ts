import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { fixture, fixtureNumbers, fixtureShape, readNumbers } from './fixtures.js';

const packed = fixture('packed.h5');
const numbers = fixtureNumbers();
const readable = [
  'lzf',
  'lzf-shuffle-fletcher32',
  'bitshuffle',
  'bitshuffle-lz4',
  'bitshuffle-lz4-small-blocks',
  'bitshuffle-zstd',
  'zstd',
  'zstd-most',
  'zstd-least',
  'zstd-shuffle',
  'lz4',
  'blosc-lz4',
  'blosc-blosclz',
  'blosc-zlib',
  'blosc-zstd',
];

describe('filters of h5py and hdf5plugin', () => {
  it.each(readable)('%s', (name) => {
    expect(readNumbers(packed, name)).toEqual({ shape: fixtureShape, numbers });
  });

  it('on what does not shrink, and on long repetitions far apart', () => {
    expect(readNumbers(packed, 'lzf-noise')).toEqual(readNumbers(packed, 'noise'));
    const long = Array.from({ length: 10_000 }, (_, i) => i % 500);
    for (const name of ['lzf-long', 'lz4-long', 'zstd-long'])
      expect(readNumbers(packed, name, 10_000).numbers).toEqual(long);
  });

  it.each(['blosc2', 'bzip2', 'sz3'])(
    '%s is refused by its name, with the command that writes the file again',
    (name) => {
      expect(() => readNumbers(packed, name)).toThrow(
        expect.objectContaining({
          code: 'ERR_FILTER_UNSUPPORTED',
          message: expect.stringMatching(
            new RegExp(`^it is packed with filter \\d+ \\(${name}\\).*python3 -c "import h5py, hdf5plugin`),
          ),
        }),
      );
    },
  );
});

describe('damaged files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-mutations-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Whether the numbers were read, or the code of the error. */
  function outcome(path: string, name: string, members: readonly string[]): string {
    try {
      readNumbers(path, name, 20, members);
      return 'read';
    } catch (error) {
      if (!(error instanceof CaloscopeError)) {
        if (error instanceof Error && /is not reached by plain links/.test(error.message)) return 'lost';
        throw error;
      }
      expect(error.message).not.toMatch(/\n/);
      expect(error.message.length).toBeGreaterThan(20);
      return error.code;
    }
  }

  it.each([
    ['packed.h5', [...readable, 'lzf-long', 'lz4-long', 'zstd-long']],
    ['types.h5', ['f2', '>i8', 'arrays', 'compound']],
    ['filled.h5', ['part', 'nothing']],
  ] as const)('%s: changed anywhere, they end in numbers or one clear line', (file, names) => {
    const bytes = readFileSync(fixture(file));
    const path = join(folder, file);
    let state = 99;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 120; i++) {
      const copy = Buffer.from(bytes);
      for (let k = 0; k < 1 + random(40); k++)
        copy.writeUInt8(random(4) ? random(256) : 255 * random(2), random(copy.length));
      writeFileSync(path, i % 10 === 0 ? copy.subarray(0, random(copy.length)) : copy);
      for (const name of names) {
        const found = outcome(path, name, name === 'compound' ? ['cells'] : []);
        outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()]).toContain('read');
    expect([...outcomes.keys()]).toContain('ERR_FILE_CORRUPT');
    expect(process.memoryUsage.rss()).toBeLessThan(2 ** 30);
  });
});
