import { describe, expect, it } from 'vitest';
import { sizeWarnings } from '#caloscope/classifier/size-warnings';
import { disagreement } from '#caloscope/evaluation/analyses/auc';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { AreaUnderCurve, WeightHealth } from '#caloscope/evaluation/result';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { healthWarnings } from '#caloscope/weights/health-warnings';
import { type GridNumbers, gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';

function codes(warnings: readonly { code: string }[]): string[] {
  return warnings.map(({ code }) => code);
}

function fromNumbers(numbers: GridNumbers): ShowerSample {
  return showersFromArrays(numbers, gridGeometry());
}

describe('warnings about sizes', () => {
  it.each([
    [500, 500, 5, 100, []],
    [499, 9999, 5, 100, ['small-sample']],
    [1000, 1000, 5, 160_000, []],
    [1000, 1000, 5, 160_001, ['large-network']],
    [10, 10, 2, 10_000, ['small-sample', 'large-network']],
    [100, 100, 1, 20_000, []],
    [99, 100, 1, 20_000, ['small-sample', 'large-network']],
  ] as const)('%i and %i rows, %i folds, %i parameters: %j', (first, second, folds, parameters, expected) => {
    const warnings = sizeWarnings({ rows: first, noun: 'jets' }, { rows: second }, folds, parameters);
    expect(codes(warnings)).toEqual(expected);
    for (const { message } of warnings) expect(message).toMatch(/\d (training )?jets/);
  });
});

describe('warnings about the outcome', () => {
  const auc: AreaUnderCurve = { value: 0.6, standardError: 0.01, nullStandardDeviation: 0.01, pValue: 0 };
  const sound = {
    mean: 1,
    meanError: 0.01,
    nonFinite: 0,
    effectiveSampleSize: 900,
    tailIndex: 0.7,
    rows: 1000,
  } as WeightHealth;
  const both = { reference: sound, generated: sound };

  const outcomeWarnings = (members: readonly number[], health: typeof both) => [
    ...disagreement(auc, members),
    ...healthWarnings(health.generated, 'generated', 'jets'),
    ...healthWarnings(health.reference, 'reference', 'jets'),
  ];

  it('are none for a sound one', () => {
    expect(outcomeWarnings([0.6, 0.62], both)).toEqual([]);
    expect(outcomeWarnings([0.6], { ...both, generated: { ...sound, mean: 1.04 } })).toEqual([]);
  });

  it.each([
    ['members-disagree', [0.57, 0.61], both],
    ['mean-weight', [0.6], { ...both, generated: { ...sound, mean: 1.06 } }],
    ['mean-weight', [0.6], { ...both, reference: { ...sound, mean: 0.94 } }],
    ['heavy-tail', [0.6], { ...both, generated: { ...sound, tailIndex: 0.71 } }],
    ['few-showers-dominate', [0.6], { ...both, reference: { ...sound, effectiveSampleSize: 9, rows: 1000 } }],
    ['non-finite-weights', [0.6], { ...both, generated: { ...sound, nonFinite: 3 } }],
  ] as const)('%s', (code, members, health) => {
    const warnings = outcomeWarnings(members, health);
    expect(codes(warnings)).toEqual([code]);
  });
});

describe('warnings of an evaluation', () => {
  it('come in its result', async () => {
    const { incidentEnergies, voxels } = gridNumbers(60, 2);
    const shifted = fromNumbers({ incidentEnergies: incidentEnergies.map((energy) => 2 * energy), voxels });
    const { result } = await evaluate(gridShowers(60, 1), shifted, {
      folds: 2,
      members: 1,
      threads: 2,
      classifier: { hidden: [200], epochs: 2 },
    });
    expect(codes(result.warnings)).toEqual(expect.arrayContaining(['incident-energy-leak', 'small-sample']));
  });
});
