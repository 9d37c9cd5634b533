/** What is said to be wrong, of samples whose fault is known. */
import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import type { FailureSummary } from '#caloscope/evaluation/result';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { type GridNumbers, gridGeometry, gridNumbers } from '../support/grid-showers.js';
import { present } from '../support/present.js';

const rows = 3000;
const options: EvaluateOptions = { features: 'full', folds: 3, learners: ['logistic', 'trees'], threads: 2 };

async function failuresOf(seed: number, change: (numbers: GridNumbers) => void): Promise<FailureSummary> {
  const sample = (numbers: GridNumbers) => showersFromArrays(numbers, gridGeometry());
  const wrong = gridNumbers(rows, seed + 1);
  change(wrong);
  const { result, ensemble } = await evaluate(sample(gridNumbers(rows, seed)), sample(wrong), options);
  ensemble.dispose();
  return present(result.failures);
}

describe('failures', () => {
  it('name the layer that is wrong, with a factor that holds', async () => {
    // Layer 0 is empty in a third of the generated showers.
    const { sentences, observables, sound } = await failuresOf(41, ({ voxels }) =>
      voxels.set(voxels.map((energy, i) => (Math.floor(i / 24) % 3 === 0 && i % 24 < 12 ? 0 : energy))),
    );
    const [first] = sentences;
    expect(first?.observables.join()).toMatch(/_0|depth|energy_ratio|brightest|occupancy/);
    expect(first?.text).toMatch(/^Showers with .* (missing|made up|times too (rare|frequent))/);
    expect(first?.text).toMatch(/explains \d+(\.\d)? ± \d+(\.\d)? % of the AUC/);
    const energy = observables.find(({ name }) => name === 'layer_energy_0');
    // In the reference a layer is empty once in 4096 showers; the range holds those and a few beside them.
    expect(energy?.adjustedPValue).toBeLessThan(1e-30);
    expect(energy?.region?.rows.generated).toBeGreaterThan(400);
    expect(energy?.region?.factor.value).toBeLessThan(0.2);
    expect(sound).toMatch(/^No difference is seen in \d+ of \d+ observables: E_inc/);
  });

  it('are none between equal samples', async () => {
    for (const seed of [51, 53, 55]) {
      const { sentences, sound, inTurn } = await failuresOf(seed, () => undefined);
      expect(sentences).toEqual([]);
      expect(inTurn).toEqual([]);
      expect(sound).not.toBeNull();
    }
  });

  it('count a region where nothing is generated as missing', async () => {
    // No energy above that which most showers have.
    const { sentences } = await failuresOf(61, ({ voxels }) => {
      for (let row = 0; row < rows; row++) {
        const shower = voxels.subarray(24 * row, 24 * (row + 1));
        const sum = shower.reduce((total, energy) => total + energy, 0);
        if (sum > 500) shower.set(shower.map((energy) => (energy * 500) / sum));
      }
    });
    expect(sentences.map(({ text }) => text).join('\n')).toMatch(
      /E_dep of \d+ MeV or more are missing \(\d+ of \d+ in the reference, none of \d+ generated, in the half that was counted\)/,
    );
  });

  it('are as many as ten at most, and JSON', async () => {
    const failures = await failuresOf(71, ({ voxels }) => voxels.set(voxels.map((energy) => 1.3 * energy)));
    expect(failures.sentences.length).toBeGreaterThan(0);
    expect(failures.sentences.length).toBeLessThanOrEqual(10);
    expect(JSON.parse(JSON.stringify(failures))).toEqual(failures);
  });
});
