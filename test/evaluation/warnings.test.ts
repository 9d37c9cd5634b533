import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { type ClassifierSettings, classifierSchema } from '#caloscope/classifier/network-settings';
import { sizeWarnings } from '#caloscope/classifier/size-warnings';
import { trainClassifier } from '#caloscope/classifier/training';
import { foldsDiffer } from '#caloscope/evaluation/analyses/auc';
import { unfinishedTrainings } from '#caloscope/evaluation/analyses/training';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { WeightHealth } from '#caloscope/evaluation/result';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { SampleRole } from '#caloscope/weights/density-ratio';
import { healthWarnings } from '#caloscope/weights/health-warnings';
import { gaussianSample } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';

function codes(warnings: readonly { code: string }[]): string[] {
  return warnings.map(({ code }) => code);
}

function settingsOf(hidden: number[]): ClassifierSettings {
  return classifierSchema.parse({ hidden });
}

function fromNumbers(numbers: GridNumbers): ShowerSample {
  return showersFromArrays(numbers, gridGeometry());
}

describe('warnings about sizes', () => {
  it.each([
    [500, 500, 5, 100, []],
    [499, 9999, 5, 100, ['small-sample']],
    [1000, 1000, 5, 120_000, []],
    [1000, 1000, 5, 120_001, ['large-network']],
    [10, 10, 3, 10_000, ['small-sample', 'large-network']],
  ] as const)('%i and %i rows, %i folds, %i parameters: %j', (first, second, folds, parameters, expected) => {
    const warnings = sizeWarnings(
      { reference: first, generated: second },
      'jets',
      { folds, split: null, classifier: settingsOf([64, 64]) },
      parameters,
    );
    expect(codes(warnings)).toEqual(expected);
    for (const { message } of warnings) expect(message).toMatch(/\d (training )?jets/);
  });

  it.each([
    [[256, 256], 'one of fewer parameters (--hidden 128,128)'],
    [[64, 64], 'one of fewer parameters (--hidden 32,32)'],
    [[1], 'one of fewer parameters'],
  ])('of a network of %j advise a smaller one', (hidden, expected) => {
    const plan = { folds: 5, split: null, classifier: settingsOf(hidden) };
    const [warning] = sizeWarnings({ reference: 1000, generated: 1000 }, 'jets', plan, 120_001);
    expect(warning?.message.endsWith(expected)).toBe(true);
  });

  it('stay with the classifier when it is saved, and are repeated when it is used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-warnings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const samples = [gaussianSample(90, [0, 0], 1), gaussianSample(90, [0, 0], 2)] as const;
    const learners = ['logistic'] as const;
    const { ensemble, warnings } = await trainClassifier(...samples, { folds: 3, learners, threads: 1 });
    expect(codes(warnings)).toEqual(['small-sample']);
    await ensemble.save(join(folder, 'classifier'));
    ensemble.dispose();
    using loaded = await ClassifierEnsemble.load(join(folder, 'classifier'));
    expect(loaded.description.warnings).toEqual(warnings);
    writeFileSync(join(folder, 'rows.csv'), 'x0,x1\n0,0\n');
    const [again] = (await scoreFile(loaded, join(folder, 'rows.csv'))).warnings;
    expect(again?.code).toBe('small-sample');
    expect(again?.message).toBe(`in the training of the classifier: ${warnings[0]?.message}`);
  });
});

describe('warnings about trainings', () => {
  const network = (epochs: number, bestEpoch: number) => {
    const epoch = { trainingLoss: 0.6, validationLoss: 0.6, learningRate: 1e-3 };
    return { epochs: new Array(epochs).fill(epoch), bestEpoch };
  };

  it('are given where most networks were best at their last epoch', () => {
    const networks = [network(20, 19), network(20, 19), network(20, 16)];
    expect(codes(unfinishedTrainings(networks, 20))).toEqual(['epochs-used-up']);
    expect(unfinishedTrainings(networks, 20)[0]?.message).toMatch(/^2 of 3 networks .* last of 20 epochs/);
    expect(unfinishedTrainings(networks, 21)).toEqual([]);
    expect(unfinishedTrainings([network(20, 19), network(20, 16)], 20)).toEqual([]);
    expect(unfinishedTrainings([], 20)).toEqual([]);
  });

  it('are given where folds do not fit together', () => {
    expect(codes(foldsDiffer(0.6, 0.57, 0.02))).toEqual(['folds-differ']);
    expect(foldsDiffer(0.6, 0.57, 0.02)[0]?.message).toContain('together is 0.570');
    expect(foldsDiffer(0.6, 0.59, 0.02)).toEqual([]);
  });
});

describe('warnings about the outcome', () => {
  const sound = {
    mean: 1,
    meanError: 0.01,
    nonFinite: 0,
    effectiveSampleSize: 900,
    tailIndex: 0.7,
    rows: 1000,
  } as WeightHealth;
  const both = { reference: sound, generated: sound };

  const logWeights = Float64Array.of(-709, 709, 0);
  const jets = { noun: 'jets', sourceRows: null };
  const outcomeWarnings = (health: typeof both) => [
    ...healthWarnings(health.generated, logWeights, 'generated', jets),
    ...healthWarnings(health.reference, logWeights, 'reference', jets),
  ];

  it('are none for a sound one', () => {
    expect(outcomeWarnings(both)).toEqual([]);
    expect(outcomeWarnings({ ...both, generated: { ...sound, mean: 1.04 } })).toEqual([]);
  });

  it.each([
    ['mean-weight', { ...both, generated: { ...sound, mean: 1.06 } }],
    ['mean-weight', { ...both, reference: { ...sound, mean: 0.94 } }],
    ['heavy-tail', { ...both, generated: { ...sound, tailIndex: 0.71 } }],
    ['few-showers-dominate', { ...both, reference: { ...sound, effectiveSampleSize: 9, rows: 1000 } }],
  ] as const)('%s', (code, health) => {
    const warnings = outcomeWarnings(health);
    expect(codes(warnings)).toEqual([code]);
  });
});

describe('weights that are not finite', () => {
  const health = {
    mean: 1,
    meanError: 0.01,
    effectiveSampleSize: 9,
    tailIndex: null,
    rows: 10,
  } as WeightHealth;
  const said = (logWeights: number[], role: SampleRole, sourceRows: number[] | null = null) =>
    healthWarnings(health, Float64Array.from(logWeights), role, {
      noun: 'jets',
      sourceRows: sourceRows && Float64Array.from(sourceRows),
    });

  it('are told by the row of the file: exp overflows at 709.78', () => {
    expect(said([709.78, -800], 'generated')).toEqual([]);
    expect(said([0, 709.79, Number.NaN, Number.POSITIVE_INFINITY], 'generated', [3, 5, 7, 9])).toEqual([
      {
        code: 'non-finite-weights',
        message: expect.stringMatching(/^3 of 10 weights .* the first in row 5 \(ln w = 709\.790\)/),
      },
    ]);
  });

  it('of the reference sample are those of 1/w, too', () => {
    expect(said([1, -709.79], 'reference')).toMatchObject([
      { message: expect.stringContaining('the first in row 1 (ln w = -709.790)') },
    ]);
  });
});

describe('warnings of an evaluation', () => {
  it('come in its result', async () => {
    const { incidentEnergies, voxels } = gridNumbers(60, 2);
    const shifted = fromNumbers({ incidentEnergies: incidentEnergies.map((energy) => 2 * energy), voxels });
    const { result } = await evaluate(gridShowers(60, 1), shifted, {
      folds: 3,
      learners: ['network'],
      threads: 2,
      classifier: { hidden: [200], epochs: 2 },
    });
    expect(codes(result.warnings)).toEqual(expect.arrayContaining(['incident-energy-leak', 'small-sample']));
  });
});
