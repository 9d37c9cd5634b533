import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { binsFor, type ObservableBins } from '#caloscope/evaluation/observable-axis';
import { histogramsOf } from '#caloscope/evaluation/observable-histograms';
import type { ObservableColumn } from '#caloscope/evaluation/own-observables';
import type { ObservableComparison } from '#caloscope/evaluation/result';
import { undefinedValueOf } from '#caloscope/evaluation/undefined-value';
import type { UhiHistogram } from '#caloscope/formats/uhi/uhi';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { separationPower } from '#caloscope/statistics/histogram-comparison';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';
import { gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';

const quick: EvaluateOptions = {
  folds: 3,
  learners: ['network'],
  threads: 2,
  classifier: { hidden: [4], epochs: 1 },
};

/** Grid showers whose second layer is empty in a share of the rows. */
function withEmptyLayer(rows: number, seed: number, share: number): GivenSample {
  const { incidentEnergies, voxels } = gridNumbers(rows, seed);
  const emptied = voxels.map((energy, i) => {
    const row = Math.floor(i / 24);
    return i % 24 >= 12 && (row * 0.6180339887498949) % 1 < share ? 0 : energy;
  });
  return showersFromArrays({ incidentEnergies, voxels: emptied }, gridGeometry());
}

function columnOf(reference: readonly number[], generated: readonly number[], unit = ''): ObservableColumn {
  const observable = { name: 'x', label: 'x', unit };
  return {
    observable,
    reference: Float64Array.from(reference),
    generated: Float64Array.from(generated),
  };
}

async function shapesOf(column: ObservableColumn, weights?: Float64Array) {
  const bins = binsFor(column) as ObservableBins;
  const reweighted = weights ?? new Float64Array(column.generated.length).fill(1);
  const compared = { reference: null, generated: null, reweighted };
  return histogramsOf(column, bins, { weights: compared, learned: [], kept: [] }, {});
}

function normal(rows: number, seed: number): number[] {
  const next = normalNumbers(seed);
  return Array.from({ length: rows }, next);
}

it('takes no whole number for "there is none"', () => {
  const counts = Float64Array.from({ length: 100 }, (_, row) => (row < 80 ? 0 : row % 7));
  expect(undefinedValueOf(counts, counts, counts.slice().sort())).toBeNull();
  const halves = counts.map((count) => count / 2 + (count > 0 ? 0.1234 * count : 0));
  expect(undefinedValueOf(halves, halves, halves.slice().sort())).toBe(0);
});

describe('an observable that some rows do not have', () => {
  it('an empty layer in 40 % of one sample: the separation of all that lies in it', async () => {
    const { result, ensemble } = await evaluate(gridShowers(2000, 1), withEmptyLayer(2000, 2, 0.4), quick);
    ensemble.dispose();
    const found = (name: string) =>
      result.observables.find((one) => one.name === name) as ObservableComparison;
    // p = 0 and q = 0.4 where the layer is empty, q = 0.6 p elsewhere: ½ (0.4 + 0.4²/1.6).
    const exact = 0.25;
    for (const name of ['layer_energy_1', 'centre_r_1', 'centre_x_1', 'centre_y_1']) {
      const { undefinedValue, separation, separationNoise, chiSquare, pValue } = found(name);
      // No energy is an energy; its center is none.
      expect(undefinedValue?.value).toBe(name === 'layer_energy_1' ? 0 : null);
      expect(Math.abs((undefinedValue?.generated as number) - 0.4)).toBeLessThan(0.01);
      expect(undefinedValue?.reference).toBeLessThan(0.01);
      expect(Math.abs(separation.generated - separationNoise.generated - exact), name).toBeLessThan(0.01);
      expect(chiSquare.generated.pValue).toBeLessThan(1e-100);
      expect(pValue).toBeLessThan(1e-100);
    }
    const { histograms } = found('layer_energy_1');
    const cells = (name: string) =>
      WeightedHistogram.fromUhi(result.histograms[name] as UhiHistogram).values(0);
    // The definition of the CaloChallenge looks away; the histograms hold all rows.
    expect(separationPower(cells(histograms.reference), cells(histograms.generated))).toBeLessThan(0.02);
    const whole = WeightedHistogram.fromUhi(result.histograms[histograms.generated] as UhiHistogram);
    expect(whole.values(0, { flow: true }).reduce((sum, value) => sum + value, 0)).toBe(2000);
    expect(result.verdict.level).not.toBe('indistinguishable');
  });

  it('NaN is a value of its own', async () => {
    const values = normal(1000, 1);
    const some = normal(1000, 2).map((value, i) => (i % 10 < 3 ? Number.NaN : value));
    const { undefinedValue, shapes } = await shapesOf(columnOf(values, some));
    expect(undefinedValue).toEqual({ value: null, reference: 0, generated: 0.3, reweighted: 0.3 });
    const { separation, noise } = shapes.generated;
    expect(Math.abs(separation - noise - (0.3 + 0.3 ** 2 / 1.7) / 2)).toBeLessThan(0.01);
  });

  it('counts with the weights', async () => {
    const some = normal(1000, 2).map((value, i) => (i % 10 < 3 ? 0 : value));
    const weights = Float64Array.from(some, (value) => (value === 0 ? 0 : 1));
    const { undefinedValue, shapes } = await shapesOf(columnOf(normal(1000, 1), some), weights);
    expect(undefinedValue).toEqual({ value: 0, reference: 0, generated: 0.3, reweighted: 0 });
    expect(shapes.generated.chiSquare.pValue).toBeLessThan(1e-50);
    expect(shapes.reweighted.chiSquare.pValue).toBeGreaterThan(1e-4);
    expect(shapes.reweighted.separation).toBeLessThan(2 * shapes.reweighted.noise);
  });

  it.each([
    ['continuous values', normal(500, 3), normal(500, 4), null],
    ['whole numbers', normal(500, 3).map(Math.round), normal(500, 4).map(Math.round), null],
    ['four equal ones', normal(500, 3).fill(7, 0, 4), normal(500, 4), null],
    ['five equal ones', normal(500, 3).fill(7, 0, 5), normal(500, 4), 7],
    ['−0 and 0', normal(500, 3).fill(0, 0, 9), normal(500, 4).fill(-0, 0, 9), 0],
    ['one value but for NaN', new Array(9).fill(3), [...new Array(9).fill(3), Number.NaN], Number.NaN],
  ])('of %s', (_, reference, generated, expected) => {
    const found = binsFor(columnOf(reference, generated))?.undefinedValue;
    if (expected === null) expect(found).toBeNull();
    else expect(found === 0 ? 0 : found).toBe(expected);
  });

  it('is not drawn where all rows are equal', () => {
    expect(binsFor(columnOf([1, 1, 1], [1, 1]))).toBeNull();
    expect(binsFor(columnOf([Number.NaN], [Number.NaN]))).toBeNull();
  });
});

describe('rows off the axis', () => {
  it('count as bins of their own', async () => {
    const far = normal(4000, 6).map((value, i) => (i % 1000 === 0 ? 1e6 : value));
    const near = normal(4000, 5);
    const { shapes, histograms, names } = await shapesOf(columnOf(near, far));
    expect(histograms[names.generated]?.storage.values.at(-1)).toBeGreaterThanOrEqual(4);
    const half = normal(4000, 7).map((value, i) => (i % 2 === 0 ? 1e6 + i : value));
    const apart = await shapesOf(columnOf(near, half));
    expect(shapes.generated.separation).toBeLessThan(0.02);
    // Half of the rows where the other sample has none.
    expect(apart.shapes.generated.separation).toBeGreaterThan(0.33);
  });
});

describe('what the weights leave', () => {
  const comparison = async (shift: number) => {
    const { result, ensemble } = await evaluate(
      gaussianSample(1500, [0, 0], 21),
      gaussianSample(1500, [shift, 0], 22),
      {
        folds: 3,
        learners: ['network'],
        threads: 2,
        classifier: { hidden: [16], epochs: 40, learningRate: 0.01 },
      },
    );
    ensemble.dispose();
    return result;
  };

  it('is nothing where they describe the difference', async () => {
    const result = await comparison(0.7);
    const [shifted, other] = result.observables as [ObservableComparison, ObservableComparison];
    // Φ(0.7/√2) = 0.690, of the generated sample above the reference.
    expect(Math.abs(shifted.auc.generated.value - 0.31)).toBeLessThan(0.04);
    expect(Math.abs(shifted.auc.reweighted.value - 0.5)).toBeLessThan(0.05);
    // Largest distance of two normal distributions: 2 Φ(0.35) − 1 = 0.274.
    expect(Math.abs(shifted.distance.generated.value - 0.274)).toBeLessThan(0.04);
    expect(shifted).toMatchObject({ unexplained: false });
    expect(shifted.pValue).toBeLessThan(1e-30);
    expect(other).toMatchObject({ unexplained: false });
    expect(other.pValue).toBeGreaterThan(0.001);
    expect(result.verdict.sentence).toMatch(/^The classifiers can tell .* The weights say where\.$/);
    expect(result.largestDistance).toMatchObject({ label: 'x0', columns: 2, reached: 0 });
    expect(result.warnings.map(({ code }) => code)).not.toContain('observable-not-described');
  });
});

describe('the columns of a wide table', () => {
  it('are tested where they are not drawn', async () => {
    const shift = [...new Array(49).fill(0), 1];
    const table = gaussianSample(300, shift, 32);
    const { result, ensemble } = await evaluate(gaussianSample(300, new Array(50).fill(0), 31), table, quick);
    ensemble.dispose();
    expect(sampleOf(table).otherColumns()).toHaveLength(10);
    expect(result.observables).toHaveLength(40);
    expect(result.largestDistance).toMatchObject({ columns: 50, label: 'x49' });
    expect(result.verdict.level).not.toBe('indistinguishable');
  });
});

describe('errors of the reweighted sample', () => {
  it('hold √Σw² and what the weights have in common', async () => {
    const reference = gaussianSample(300, [0.8, 0], 1);
    const generated = gaussianSample(300, [0, 0], 2);
    const {
      result,
      generated: said,
      ensemble,
    } = await evaluate(reference, generated, {
      learners: ['network'],
      threads: 1,
    });
    ensemble.dispose();
    const [first] = result.observables as [ObservableComparison];
    const { axes, storage } = result.histograms[first.histograms.reweighted] as UhiHistogram;
    const { lower, upper, bins } = axes[0] as { lower: number; upper: number; bins: number };
    const squares = new Array<number>(bins + 2).fill(0);
    for (const [row, logWeight] of said.logWeights.entries()) {
      const value = generated.values[2 * row] as number;
      const bin = Math.min(bins, Math.max(-1, Math.floor(((value - lower) / (upper - lower)) * bins)));
      squares[bin + 1] = (squares[bin + 1] as number) + Math.exp(2 * logWeight);
    }
    const variances = storage.variances as readonly number[];
    for (const [bin, variance] of variances.entries()) {
      expect(variance).toBeGreaterThanOrEqual((squares[bin] as number) * (1 - 1e-9));
    }
    expect(variances.reduce((sum, x) => sum + x, 0)).toBeGreaterThan(
      1.02 * squares.reduce((sum, x) => sum + x, 0),
    );
  });
});
