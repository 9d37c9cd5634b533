import { describe, expect, it } from 'vitest';
import { type Geometry, namedGeometry } from '#caloscope/geometry/geometry';
import {
  columnCounts,
  type InputDescription,
  inputFor,
  inputSettings,
  restoreInput,
  sampleOf,
  storedInputSchema,
  storeInput,
} from '#caloscope/samples/kinds';
import type { Sample } from '#caloscope/samples/sample';
import type { ShowerInput } from '#caloscope/samples/showers/shower-input';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';
import { toyEvents } from '../support/toy-events.js';
import { toyJets } from '../support/toy-jets.js';

const choices = { features: 'low', threshold: 'published', conditions: 'varying' } as const;
const showers = sampleOf(gridShowers(20, 1));
const matrix = sampleOf(gaussianSample(20, [0, 0], 1));
const kinds: readonly [string, Sample][] = [
  ['showers', showers],
  ['rows', matrix],
  ['events', sampleOf(toyEvents(20, 1))],
  ['jets', sampleOf(toyJets(20, 1))],
];

describe('a sample', () => {
  it.each([
    undefined,
    null,
    3,
    'showers.hdf5',
    {},
    [],
    { rows: 3 },
    { columns: ['x'], values: [1, 2] },
    { columns: 'x', values: new Float32Array(2) },
  ])('cannot be %j', (given) => {
    expect(() => sampleOf(given)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        code: 'ERR_ARGUMENT',
        message: expect.stringMatching(/no sample; pass/),
      }),
    );
  });

  it('cannot be a matrix with incomplete rows', () => {
    const given = { columns: ['x', 'y'], values: new Float32Array(3) };
    expect(() => sampleOf(given)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
    expect(() => sampleOf({ columns: [], values: new Float32Array(0) })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });

  it('is compared with one of its kind', () => {
    for (const [reference, generated] of [
      [showers, matrix],
      [matrix, showers],
    ] as const) {
      expect(() => reference.requireFit(generated)).toThrow(
        expect.objectContaining({
          code: 'ERR_SHAPE',
          message: `the reference sample holds ${reference.noun}, the generated sample ${generated.noun}; compare samples of one kind`,
        }),
      );
    }
  });
});

describe.each(kinds)('a sample of %s', (noun, sample) => {
  const input = inputFor(sample, sample, choices) as InputDescription;

  it('says what it is', () => {
    expect(sample.noun).toBe(noun);
    expect(sample.origin('generated')).toMatchObject({ role: 'generated', rows: 20, toy: false });
    expect(sample.conditions().every(({ values }) => values.length === 20)).toBe(true);
  });

  it('has an input that comes back from a file as it was', () => {
    expect(input.kind).toBe(sample.kind);
    const stored: unknown = JSON.parse(JSON.stringify(storeInput(input)));
    expect(restoreInput(storedInputSchema.parse(stored))).toEqual(input);
    expect(inputSettings(input).features).toMatch(/./);
  });

  it('has one number a row and observable, in the order requested', async () => {
    const chosen = sample.observables().slice(0, 3).reverse();
    expect(chosen.length).toBeGreaterThan(1);
    const read = async (list: typeof chosen) => {
      const columns: Float64Array[] = [];
      for await (const values of sample.values(list, { threshold: null })) columns.push(values);
      return columns;
    };
    const together = await read(chosen);
    expect(together.map(({ length }) => length)).toEqual(chosen.map(() => 20));
    for (const [i, observable] of chosen.entries()) expect(await read([observable])).toEqual([together[i]]);
  });
});

it('columns of voxels, and of groups of them in detectors of very many, are none that are stored', () => {
  const inputOf = (geometry: string): InputDescription => ({
    ...(inputFor(showers, showers, { ...choices, features: 'full' }) as ShowerInput),
    geometry: namedGeometry(geometry) as Geometry,
  });
  // Beside the voxels: seven numbers of a shower, and six of each layer.
  expect(columnCounts(inputOf('cells:3x100'))).toEqual({ stored: 25, voxels: 300 });
  expect(columnCounts(inputOf('cells:2x40000'))).toEqual({ stored: 19, voxels: 16_000 });
});
