/** Differences that an observable shows at a glance, and classifiers that cannot see them: the verdict must not rest on these. */
import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { GivenSample } from '#caloscope/samples/kinds';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers } from '../support/grid-showers.js';

/** One epoch of a learning rate of nearly zero: what the networks say is noise, so that the rest of the house stands alone. */
const blind: EvaluateOptions = {
  folds: 3,
  learners: ['network'],
  whitening: false,
  threads: 2,
  classifier: { hidden: [4], epochs: 1, learningRate: 1e-12 },
};

async function resultOf(reference: GivenSample, generated: GivenSample, options = blind) {
  const { result, ensemble } = await evaluate(reference, generated, options);
  ensemble.dispose();
  return { ...result, codes: result.warnings.map(({ code }) => code) };
}

type Change = (numbers: GridNumbers, normal: () => number) => void;

function showers(seed: number, change: Change = () => undefined): GivenSample {
  const numbers = gridNumbers(1500, seed);
  // E_dep/E_inc with a width of 0.3 %, of showers that fluctuate much more.
  const normal = normalNumbers(seed + 1000);
  for (let row = 0; row < 1500; row++) {
    const voxels = numbers.voxels.subarray(24 * row, 24 * (row + 1));
    const deposited = voxels.reduce((sum, energy) => sum + energy, 0);
    const wanted = 0.95 * (1 + 0.003 * normal()) * (numbers.incidentEnergies[row] as number);
    for (let i = 0; i < 24; i++) voxels[i] = ((voxels[i] as number) * wanted) / deposited;
  }
  change(numbers, normal);
  return showersFromArrays(numbers, gridGeometry());
}

describe('classifiers that see nothing', () => {
  const changes: readonly (readonly [string, string, Change])[] = [
    [
      'an energy scale that is 2 % off',
      'energy_ratio',
      ({ voxels }) => voxels.set(voxels.map((energy) => 1.02 * energy)),
    ],
    [
      'one layer that is empty in a tenth of the showers',
      'layer_energy_1',
      ({ voxels }) => voxels.set(voxels.map((energy, i) => (i % 240 >= 228 ? 0 : energy))),
    ],
    [
      'a resolution that is three times as wide',
      'energy_ratio',
      ({ voxels }, normal) => {
        for (let row = 0; row < 1500; row++) {
          const factor = 1 + 0.0085 * normal();
          for (let i = 24 * row; i < 24 * (row + 1); i++) voxels[i] = (voxels[i] as number) * factor;
        }
      },
    ],
  ];

  it.each(changes)('%s', async (_, name, change) => {
    const { verdict, observables, codes } = await resultOf(showers(1), showers(2, change), {
      ...blind,
      features: 'low',
    });
    expect(verdict.classifierPValue).toBeGreaterThan(1e-6);
    expect(verdict.level).not.toBe('indistinguishable');
    expect(verdict.observablesPValue).toBeLessThan(1e-6);
    const found = observables.find((one) => one.name === name);
    expect(found).toMatchObject({ unexplained: true });
    expect(verdict.sentence).toMatch(/^The weights do not describe [^:]+: do not use them\. /);
    expect(codes).toContain('observable-not-described');
  });

  it('two columns whose difference is shifted, and no column of its own', async () => {
    const whitened = { ...blind, whitening: true };
    // log E_inc and log E_dep: their difference has a width of 0.003 and differs by 2 %, its AUC is 0.98.
    const table = (shift: number, seed: number) => {
      const normal = normalNumbers(seed);
      const values = new Float32Array(4000);
      for (let row = 0; row < 2000; row++) {
        values[2 * row] = 2 * Math.abs(normal());
        values[2 * row + 1] = (values[2 * row] as number) + 0.003 * normal() + shift;
      }
      return { columns: ['log E_inc', 'log E_dep'], values };
    };
    const { verdict, largestDistance } = await resultOf(table(0, 7), table(0.0086, 8), whitened);
    // Whitened, even networks without training see it; what counts here is the other test.
    expect(verdict.observablesPValue).toBeLessThan(1e-6);
    expect(largestDistance.columns).toBe(3);
    expect(largestDistance.label).toMatch(/narrow direction/);
    expect(largestDistance.distance).toBeGreaterThan(0.8);
    expect(verdict.level).not.toBe('indistinguishable');
    const same = await resultOf(table(0, 9), table(0, 10), whitened);
    expect(same.largestDistance.columns).toBe(3);
    expect(same.verdict.level).toBe('indistinguishable');
  });

  it('a shift of one column of many', async () => {
    const shift = (value: number) => [value, ...new Array(19).fill(0)];
    const { verdict, codes } = await resultOf(
      gaussianSample(1000, shift(0), 5),
      gaussianSample(1000, shift(0.5), 6),
    );
    expect(verdict.level).toBe('distinguishable');
    expect(verdict.sentence).toMatch(/^The weights do not describe x0: do not use them\. x0 \(AUC 0\.6/);
    expect(codes).toEqual(expect.arrayContaining(['observable-not-described', 'classifier-blind']));
  });
});

describe('samples that do not differ', () => {
  it('are called so, with p-values that are not small more often than they should', async () => {
    const pairs = 60;
    let below = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const sample = (seed: number) => gaussianSample(200, new Array(8).fill(0), seed);
      const { verdict, observables, codes } = await resultOf(sample(100 + 2 * pair), sample(101 + 2 * pair));
      below += verdict.observablesPValue < 0.1 ? 1 : 0;
      expect(observables.some(({ unexplained }) => unexplained)).toBe(false);
      expect(codes).not.toContain('observable-not-described');
    }
    // Binomial: 6 ± 2.3
    expect(below).toBeLessThan(15);
  });
});
