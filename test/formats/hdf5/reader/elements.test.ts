import { describe, expect, it } from 'vitest';
import { elementWords, numbersInElement } from '#caloscope/formats/hdf5/reader/element-type';
import { SequenceReader } from '#caloscope/formats/hdf5/reader/sequence-reader';
import { readStoredElements, readStoredSequences } from '#caloscope/formats/hdf5/reader/stored-dataset';
import { withHdf5 } from '../../../support/hdf5-file.js';
import { fixture, fixtureNumbers, fixtureShape, readNumbers } from './fixtures.js';

const types = fixture('types.h5');
const numbers = fixtureNumbers();

describe('numbers that h5py wrote', () => {
  it.each(['f2', '>f2', '>f4', '>f8', '<f8'])('of type %s', (name) => {
    expect(readNumbers(types, name)).toEqual({ shape: fixtureShape, numbers });
  });

  it.each(['i1', 'u1', '<i2', '>i2', '<u2', '>u4', '<i8', '>i8', '>u8'])('of type %s', (name) => {
    expect(readNumbers(types, name).numbers).toEqual(numbers.map((number) => (number * 8) % 100));
  });

  it('as booleans', () => {
    expect(readNumbers(types, 'bool').numbers).toEqual(numbers.map((number) => (number > 0 ? 1 : 0)));
  });

  it('in arrays, whose axes come last', () => {
    expect(readNumbers(types, 'arrays')).toEqual({ shape: fixtureShape, numbers });
  });

  it('in members of compound records', () => {
    expect(readNumbers(types, 'compound', 7, ['cells'])).toEqual({ shape: fixtureShape, numbers });
    const ids = Array.from({ length: 80 }, (_, i) => i);
    expect(readNumbers(types, 'compound', 7, ['id'])).toEqual({ shape: [20, 4], numbers: ids });
    expect(readNumbers(types, 'compound', 7, ['hit', 't']).numbers).toEqual(ids.map((id) => 0 - id / 4));
  });

  it('but not of a compound whose member is not named, or not there', () => {
    expect(() => readNumbers(types, 'compound')).toThrow(
      expect.objectContaining({ code: 'ERR_DATASET_TYPE', message: expect.stringMatching(/id, cells, hit/) }),
    );
    for (const members of [['x'], ['hit', 'x'], ['id', 'x']]) {
      expect(() => readNumbers(types, 'compound', 7, members)).toThrow(
        expect.objectContaining({ code: 'ERR_DATASET_MISSING' }),
      );
    }
  });

  it('but not of complex numbers, which are told as such', () => {
    const float = { kind: 'number', words: 'float32' } as never;
    const members = ['r', 'i'].map((name, i) => ({ name, at: 4 * i, type: float }));
    const complex = { kind: 'compound', bytes: 8, members } as never;
    expect(() => numbersInElement(complex, [])).toThrow(
      expect.objectContaining({
        code: 'ERR_DATASET_TYPE',
        message: 'it holds complex numbers; real ones are needed: write their .real, or .imag',
      }),
    );
  });

  it('with types in words', () => {
    withHdf5(types, (file, address) => {
      const words = (name: string) => elementWords(readStoredElements(file, address(name)).element);
      expect(words('>f4')).toBe('float32 big-endian');
      expect(words('bool')).toBe('enumeration in int8');
      expect(words('arrays')).toBe('arrays (5, 6) of float32');
      expect(words('compound')).toBe(
        'compound (id: int64, cells: arrays (5, 6) of float32 big-endian, hit: compound (n: uint16, t: float64))',
      );
    });
  });
});

describe('sequences that h5py wrote', () => {
  const expected = Array.from({ length: 40 }, (_, i) =>
    i % 7 === 3 ? [] : Array.from({ length: 5 * (i % 11) }, (_, k) => k * 0.5 + i),
  );

  it.each(['float32', 'packed', 'big-endian', 'int64'])('%s', (name) => {
    withHdf5(fixture('sequences.h5'), (file, address) => {
      const reader = new SequenceReader(file, readStoredSequences(file, address(name)));
      expect([reader.rows, reader.perRow]).toEqual([40, 1]);
      for (const block of [1, 9, 40]) {
        const found: number[][] = [];
        for (let first = 0; first < 40; first += block) {
          const { offsets, values } = reader.read(first, Math.min(block, 40 - first));
          for (let i = 1; i < offsets.length; i++)
            found.push([...values.subarray(offsets[i - 1], offsets[i])]);
        }
        const whole = (sequence: number[]) =>
          sequence.map((value) => (name === 'int64' ? Math.trunc(value) : value));
        expect(found).toEqual(expected.map(whole));
      }
    });
  });

  it('several a row', () => {
    withHdf5(fixture('sequences.h5'), (file, address) => {
      const reader = new SequenceReader(file, readStoredSequences(file, address('table')));
      expect([reader.rows, reader.perRow]).toEqual([6, 3]);
      const { offsets, values } = reader.read(2, 2);
      expect([...offsets]).toEqual([0, 6, 13, 21, 30, 40, 51]);
      expect([...values.subarray(13, 21)]).toEqual([800, 801, 802, 803, 804, 805, 806, 807]);
    });
  });
});

describe('chunks that were never written', () => {
  it('are the fill value', () => {
    const { numbers: found } = readNumbers(fixture('filled.h5'), 'part');
    const [rows, layers, lines, cells] = fixtureShape;
    const expected = numbers.map((number, i) => {
      const line = Math.floor(i / cells) % lines;
      return Math.floor(i / (layers * lines * cells)) < 8 && line < 2 ? number : -7;
    });
    expect(found).toHaveLength(rows * layers * lines * cells);
    expect(found).toEqual(expected);
    expect(new Set(readNumbers(fixture('filled.h5'), 'nothing').numbers)).toEqual(new Set([-7]));
  });
});
