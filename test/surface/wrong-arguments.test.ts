/** Typing errors in options do not pass. */
import { describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { writeEvaluation } from '#caloscope/evaluation/outputs';
import * as caloscope from '#caloscope/index';
import { didYouMean } from '#caloscope/names';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { toyShowers } from '#caloscope/simulation/toy-showers';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';
import { gaussianSample } from '../support/gaussian-samples.js';

const toys = { geometry: 'calogan', showers: 2, seed: 1 };
const samples = [gaussianSample(30, [0], 1), gaussianSample(30, [1], 2)] as const;

describe('a typing error in an option is named, with what was meant', () => {
  const calls: readonly [typo: string, meant: string, call: (options: object) => Promise<unknown>][] = [
    ['fold', 'folds', (options) => evaluate(...samples, options)],
    ['theads', 'threads', (options) => openShowers('no.hdf5', options)],
    ['negatve', 'negative', (options) => openShowers('no.hdf5', options)],
    ['sede', 'seed', (options) => toyShowers({ ...toys, ...options } as never)],
    ['focre', 'force', (options) => simulateShowers('no.hdf5', { ...toys, ...options } as never)],
    ['priorshift', 'priorShift', (options) => densityRatioWeights(Float64Array.of(0), options)],
    ['Force', 'force', (options) => writeEvaluation({} as never, 'no', options)],
  ];
  it.each(calls)('%s → %s', async (typo, meant, call) => {
    const error = await call({ [typo]: 1 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CaloscopeError);
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT' });
    expect((error as Error).message).toContain(`there is no option ${typo}`);
    expect((error as Error).message).toContain(`did you mean ${meant}?`);
  });

  it('within options of options, too', async () => {
    const classifier = { epoch: 3 } as never;
    await expect(evaluate(...samples, { classifier })).rejects.toThrow(
      /no option epoch; did you mean epochs\?/,
    );
  });

  it('nothing is guessed where nothing is near', () => {
    expect(didYouMean('xyz', ['folds', 'seed'])).toBe('');
    expect(didYouMean('a', [])).toBe('');
  });
});

it('what is no sample is told with functions that there are', async () => {
  const error = await evaluate(null as never, null as never).catch((reason: Error) => reason);
  const named = (error as Error).message.match(/\b[a-z]+[A-Z]\w*/g) ?? [];
  expect(named).toEqual(['openShowers', 'showersFromArrays', 'openEvents', 'openJets']);
  for (const name of named) expect(caloscope).toHaveProperty(name);
});
