/** Windows of the weight and bins of the incident energy, against plain counts of the weights that are given out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type EvaluateOptions, type Evaluation, evaluate } from '#caloscope/evaluation/evaluate';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';

const rows = 2000;
const options: EvaluateOptions = {
  features: 'full',
  folds: 3,
  learners: ['logistic', 'trees'],
  threads: 2,
  windows: [
    { lower: null, upper: 0.5 },
    { lower: 1.5, upper: 3 },
    { lower: 1e6, upper: null },
  ],
};

/** Above 1 GeV all energies of layer 1 are a quarter too large. */
function wrongAbove() {
  const numbers = gridNumbers(rows, 82);
  for (const [row, energy] of numbers.incidentEnergies.entries()) {
    if (energy < 1000) continue;
    const layer = numbers.voxels.subarray(24 * row + 12, 24 * (row + 1));
    layer.set(layer.map((voxel) => 1.25 * voxel));
  }
  return numbers;
}

describe('windows and conditions', () => {
  let evaluation: Evaluation;
  const reference = gridNumbers(rows, 81);
  const generated = wrongAbove();

  beforeAll(async () => {
    evaluation = await evaluate(
      showersFromArrays(reference, gridGeometry()),
      showersFromArrays(generated, gridGeometry()),
      options,
    );
    evaluation.ensemble.dispose();
  });

  it('count the rows whose weight lies in the window', () => {
    const { windows } = evaluation.result;
    expect(windows.map(({ lower, upper }) => [lower, upper])).toEqual([
      [null, 0.5],
      [1.5, 3],
      [1e6, null],
    ]);
    for (const role of ['reference', 'generated'] as const) {
      const weights = evaluation[role].logWeights.map(Math.exp);
      const below = weights.filter((w) => w < 0.5).length;
      const between = weights.filter((w) => w >= 1.5 && w < 3).length;
      expect(windows.map((window) => window[role].rows)).toEqual([below, between, 0]);
    }
    expect(windows[2]?.observables).toEqual([]);
  });

  it('draw the showers in a window on the axis of all', () => {
    const { windows, histograms } = evaluation.result;
    const [first] = windows;
    expect(first?.observables.length).toBe(8);
    for (const { name, histograms: names } of first?.observables ?? []) {
      const all = histograms[`${name}_generated`];
      const inside = histograms[names.generated];
      expect(inside?.axes).toEqual(all?.axes);
      const entries = ((inside?.storage.values ?? []) as number[]).reduce((sum, value) => sum + value, 0);
      expect(entries).toBeLessThanOrEqual(first?.generated.rows as number);
      expect(entries).toBeGreaterThan(0);
    }
    // The energy of layer 1 is what makes showers frequent.
    expect(first?.observables.map(({ name }) => name).join()).toMatch(/_1|energy|depth/);
  });

  it('show where along the incident energy the samples differ', () => {
    const [energy] = evaluation.result.conditions;
    expect(energy?.label).toBe('E_inc');
    expect(energy?.bins.length).toBe(8);
    const inBins = energy?.bins.reduce((sum, bin) => sum + bin.reference + bin.generated, 0);
    expect(inBins).toBe(2 * rows);
    const [lowest, highest] = [energy?.bins[0], energy?.bins.at(-1)];
    expect(highest?.auc?.value).toBeGreaterThan(0.6);
    expect(Math.abs((lowest?.auc?.value ?? 0) - 0.5)).toBeLessThan(5 * (lowest?.auc?.standardError ?? 0));
    expect(energy?.spreadPValue).toBeLessThan(1e-4);
    expect(highest?.leading?.adjustedPValue).toBeLessThan(0.01);
    const weights = evaluation.generated.logWeights
      .map(Math.exp)
      .filter((_, row) => (generated.incidentEnergies[row] as number) >= (highest?.lower ?? 0));
    const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
    expect(highest?.meanWeight?.value).toBeCloseTo(mean, 10);
  });

  it('give no AUC in bins where no learner says anything', async () => {
    const equal = gridNumbers(200, 90);
    const { result, ensemble } = await evaluate(
      showersFromArrays(gridNumbers(200, 89), gridGeometry()),
      showersFromArrays(equal, gridGeometry()),
      { folds: 3, learners: ['sparse'], threads: 2 },
    );
    ensemble.dispose();
    expect(result.auc.value).toBe(0.5);
    expect(result.conditions[0]?.bins.map(({ auc }) => auc)).toEqual(
      result.conditions[0]?.bins.map(() => null),
    );
  });

  it('refuse windows that hold nothing', async () => {
    const sample = () => showersFromArrays(reference, gridGeometry());
    const upside = evaluate(sample(), sample(), { windows: [{ lower: 2, upper: 1 }] });
    await expect(upside).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    const negative = evaluate(sample(), sample(), { windows: [{ lower: -1, upper: 1 }] });
    await expect(negative).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});
