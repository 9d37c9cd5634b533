import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { AreaUnderCurve, WeightHealth } from '#caloscope/evaluation/result';
import { outcomeWarnings, sampleWarnings, sizeWarnings } from '#caloscope/evaluation/warnings';
import { ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gaussianSample } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';

function codes(warnings: readonly { code: string }[]): string[] {
  return warnings.map(({ code }) => code);
}

function fromNumbers(numbers: GridNumbers): ShowerSample {
  return showersFromArrays(numbers, gridGeometry());
}

describe('warnings about samples', () => {
  it('are none for sound ones', async () => {
    expect(await sampleWarnings(gridShowers(2000, 1), gridShowers(2000, 2))).toEqual([]);
    expect(await sampleWarnings(gaussianSample(50, [0], 1), gaussianSample(50, [9], 2))).toEqual([]);
  });

  it('incident-energy-leak: other energies, not a chance difference', async () => {
    const { incidentEnergies, voxels } = gridNumbers(2000, 2);
    const shifted = fromNumbers({ incidentEnergies: incidentEnergies.map((energy) => 1.1 * energy), voxels });
    const [warning, ...others] = await sampleWarnings(gridShowers(2000, 1), shifted);
    expect(others).toEqual([]);
    expect(warning?.code).toBe('incident-energy-leak');
    // Log-normal with width 0.2, shifted by ln 1.1: AUC Φ(0.0953/(0.2·√2)) = 0.632.
    expect(Number(/AUC (\d\.\d+)/.exec(warning?.message ?? '')?.[1])).toBeCloseTo(0.632, 1);
  });

  it('incident-energy-leak: one fixed energy beside another that hardly differs', async () => {
    const fixed = (energy: number, seed: number) =>
      fromNumbers({ ...gridNumbers(500, seed), incidentEnergies: new Float64Array(500).fill(energy) });
    expect(codes(await sampleWarnings(fixed(2000, 1), fixed(1999.9, 2)))).toEqual(['incident-energy-leak']);
    expect(codes(await sampleWarnings(fixed(2000, 1), fixed(2000, 2)))).toEqual([]);
  });

  it('shared-rows and repeated-rows, with rows that can be looked up', async () => {
    const first = gridNumbers(1000, 3);
    const second = gridNumbers(1000, 4);
    const width = gridGeometry().voxels;
    const put = (from: GridNumbers, row: number, into: GridNumbers, place: number) => {
      into.voxels.set(from.voxels.subarray(row * width, (row + 1) * width), place * width);
      into.incidentEnergies[place] = from.incidentEnergies[row] as number;
    };
    put(first, 700, second, 10);
    put(first, 701, second, 11);
    put(second, 20, second, 900);
    const warnings = await sampleWarnings(fromNumbers(first), fromNumbers(second));
    expect(codes(warnings)).toEqual(['shared-rows', 'repeated-rows']);
    expect(warnings[0]?.message).toMatch(/^2 generated .* row 10 is reference row 700/);
    expect(warnings[1]?.message).toMatch(/^1 rows of the generated .* row 900 is row 20/);
    put(first, 5, first, 6);
    expect((await sampleWarnings(fromNumbers(first), gridShowers(1000, 9)))[0]?.message).toMatch(
      /reference .* row 6 is row 5/,
    );
  });

  it('hand on what was odd in a file', async () => {
    const sound = gridShowers(300, 5);
    const problems = [
      { code: 'units', message: 'the energies look like GeV' },
    ] as unknown as ShowerSample['problems'];
    const odd = ShowerSample.adopt(gridShowers(300, 6).handle, gridGeometry(), sound.origin, problems);
    expect(await sampleWarnings(odd, sound)).toEqual([
      { code: 'units', message: 'reference sample: the energies look like GeV' },
    ]);
  });
});

describe('warnings about sizes', () => {
  it.each([
    [500, 500, 5, 100, []],
    [499, 9999, 5, 100, ['small-sample']],
    [1000, 1000, 5, 160_000, []],
    [1000, 1000, 5, 160_001, ['large-network']],
    [10, 10, 2, 10_000, ['small-sample', 'large-network']],
  ] as const)('%i and %i rows, %i folds, %i parameters: %j', (first, second, folds, parameters, expected) => {
    const warnings = sizeWarnings(
      gaussianSample(first, [0], 1),
      gaussianSample(second, [0], 2),
      folds,
      parameters,
    );
    expect(codes(warnings)).toEqual(expected);
  });
});

describe('warnings about the outcome', () => {
  const auc: AreaUnderCurve = { value: 0.6, standardError: 0.01, nullStandardDeviation: 0.01, pValue: 0 };
  const sound = { mean: 1, meanError: 0.01, nonFinite: 0 } as WeightHealth;
  const both = { reference: sound, generated: sound };

  it('are none for a sound one', () => {
    expect(outcomeWarnings(auc, [0.6, 0.62], both)).toEqual([]);
    expect(outcomeWarnings(auc, [0.6], { ...both, generated: { ...sound, mean: 1.04 } })).toEqual([]);
  });

  it.each([
    ['members-disagree', [0.57, 0.61], both],
    ['mean-weight', [0.6], { ...both, generated: { ...sound, mean: 1.06 } }],
    ['mean-weight', [0.6], { ...both, reference: { ...sound, mean: 0.94 } }],
    ['non-finite-weights', [0.6], { ...both, generated: { ...sound, nonFinite: 3 } }],
  ] as const)('%s', (code, members, health) => {
    const warnings = outcomeWarnings(auc, members, health);
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
