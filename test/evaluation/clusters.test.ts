/** Two faults in different showers: each is a cluster of its own. */
import { expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';

it('finds the two kinds of wrong showers', async () => {
  const rows = 3000;
  const generated = gridNumbers(rows, 92);
  // One shower in ten has twice the energy, another has nothing in layer 1.
  for (let row = 0; row < rows; row++) {
    const shower = generated.voxels.subarray(24 * row, 24 * (row + 1));
    if (row % 10 === 0) shower.set(shower.map((energy) => 3 * energy));
    if (row % 10 === 5) shower.set(shower.map((energy, voxel) => (voxel < 12 ? energy : 0)));
  }
  const { result, ensemble } = await evaluate(
    showersFromArrays(gridNumbers(rows, 91), gridGeometry()),
    showersFromArrays(generated, gridGeometry()),
    { features: 'full', folds: 3, learners: ['trees'], threads: 2, windows: [{ lower: null, upper: 0.1 }] },
  );
  ensemble.dispose();
  const [window] = result.clusters;
  expect(window?.role).toBe('generated');
  expect(window?.factor.value).toBeLessThan(0.1);
  const kinds = (window?.clusters ?? []).flatMap(({ examples }) => examples.map((row) => row % 10));
  expect(kinds).toContain(0);
  expect(kinds).toContain(5);
  // The showers nearest to a center are all of one kind.
  for (const { examples } of window?.clusters ?? []) {
    expect(new Set(examples.map((row) => row % 10)).size).toBe(1);
  }
  const traits = (window?.clusters ?? []).map(({ traits: of }) => of.map(({ name }) => name).join());
  expect(traits.join(';')).toMatch(/energy/);
  expect(window?.clusters.every(({ rows: size }) => size >= 10)).toBe(true);
  expect(window?.clusters.reduce((sum, { rows: size }) => sum + size, window.others)).toBe(
    result.windows[0]?.generated.rows,
  );
});
