import { describe, expect, it } from 'vitest';
import { presetNames, presets, requirePresetFits } from '#caloscope/classifier/presets';
import { trainingChoices, trainingSchema } from '#caloscope/classifier/settings';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { gaussianSample } from '../support/gaussian-samples.js';

describe('presets', () => {
  it.each(presetNames)('%s has settings that the training takes, and names its source', (preset) => {
    const choices = trainingChoices(trainingSchema, { preset });
    expect(choices).toMatchObject({ preset, learners: ['network'], whitening: false, members: 1 });
    expect(choices.split).toEqual({ train: 0.6, validation: 0.2, test: 0.2 });
    expect(presets[preset].commit).toMatch(/^[0-9a-f]{40}$/);
    expect(preset.endsWith(choices.features)).toBe(true);
    expect(choices.classifier.patience).toBe(choices.classifier.epochs);
  });

  it('have the published numbers', () => {
    const { classifier: calogan } = trainingChoices(trainingSchema, { preset: 'calogan-high' });
    expect(calogan).toMatchObject({
      hidden: [512, 512],
      learningRate: 1e-3,
      betas: [0.9, 0.99],
      epochs: 200,
    });
    const { classifier: challenge } = trainingChoices(trainingSchema, { preset: 'calochallenge-low' });
    expect(challenge).toMatchObject({ hidden: [2048, 2048, 2048], learningRate: 2e-4, batchSize: 1000 });
    expect(challenge).toMatchObject({ betas: [0.9, 0.999], epochs: 50, dropout: 0, weightDecay: 0 });
  });

  it('give way to what is set beside them, folds in place of their split too', () => {
    const chosen = { preset: 'calogan-low', classifier: { epochs: 3 }, features: 'high' } as const;
    const choices = trainingChoices(trainingSchema, chosen);
    expect(choices).toMatchObject({ features: 'high', classifier: { epochs: 3, hidden: [512, 512] } });
    const folded = trainingChoices(trainingSchema, { preset: 'calogan-low', folds: 4, features: undefined });
    expect(folded).toMatchObject({ folds: 4, split: null, features: 'low' });
  });

  it('are refused where they are unknown, or of other samples', async () => {
    const sample = gaussianSample(100, [0], 1);
    await expect(evaluate(sample, sample, { preset: 'calogan' as 'calogan-low' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/^preset: must be calogan-low, .* or calochallenge-high$/),
    });
    const other = gaussianSample(100, [0], 2);
    await expect(evaluate(sample, other, { preset: 'calogan-low' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message:
        'preset: calogan-low is for showers of the geometry calogan; these samples are a table of columns',
    });
    for (const [preset, geometry] of [
      ['calogan-low', 'ds2'],
      ['calochallenge-high', 'calogan'],
      ['calochallenge-low', 'cartesian:3x4x5'],
    ] as const) {
      expect(() => requirePresetFits(preset, geometry)).toThrow(`these samples are showers of ${geometry}`);
    }
    expect(() => requirePresetFits('calochallenge-low', 'ds1-photons')).not.toThrow();
    expect(() => requirePresetFits('calogan-high', 'calogan')).not.toThrow();
  });
});
