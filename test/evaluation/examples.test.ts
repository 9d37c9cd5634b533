/** Showers that are drawn are those of the file. */
import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { typicalRow } from '#caloscope/evaluation/typical-row';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';
import { present } from '../support/present.js';

describe('the typical row', () => {
  it('has nearly the wanted condition, and the most ordinary values among those that have', () => {
    const rows = 2000;
    const condition = Float64Array.from({ length: rows }, (_, row) => row);
    // Of the 40 rows about 1000, that with the middle value; far from there the values are others.
    const value = Float64Array.from({ length: rows }, (_, row) =>
      row > 900 && row < 1100 ? row % 97 : 5000,
    );
    const about = Array.from({ length: 40 }, (_, i) => 980 + i).sort(
      (a, b) => (value[a] ?? 0) - (value[b] ?? 0),
    );
    expect(typicalRow([condition], [999.5], [value], [])).toBe(about[20]);
    expect(typicalRow([condition], [999.5], [value], [about[20] as number])).not.toBe(about[20]);
  });

  it('is none where all are taken, and passes over values that are none', () => {
    expect(typicalRow([Float64Array.of(1)], [1], [Float64Array.of(2)], [0])).toBeNull();
    const values = Float64Array.of(1, Number.NaN, 2, 3, 40);
    expect([1, 2]).toContain(typicalRow([], [], [values], []));
  });
});

describe('examples of clusters', () => {
  const rows = 1500;
  const reference = gridNumbers(rows, 11);
  const generated = gridNumbers(rows, 12, 1.15);

  it('are the showers of the file, cut at the threshold, each above one of the other sample', async () => {
    const { result, ensemble } = await evaluate(
      showersFromArrays(reference, gridGeometry()),
      showersFromArrays(generated, gridGeometry()),
      {
        features: 'full',
        folds: 3,
        learners: ['logistic'],
        threads: 2,
        threshold: 25,
        windows: [{ lower: null, upper: 0.8 }],
      },
    );
    ensemble.dispose();
    const { examples, clusters } = result;
    expect(examples.length).toBeGreaterThan(0);
    for (const { origin, layers, layersInAll, showers } of examples) {
      if (origin.part !== 'clusters') continue;
      const { window, cluster } = origin;
      expect(layersInAll).toBe(2);
      expect(layers.map(({ layer }) => layer)).toEqual([0, 1]);
      const rowsOfCluster = clusters[window]?.clusters[cluster]?.examples.slice(0, 2) ?? [];
      const shown = showers.filter(({ kind }) => kind === 'example');
      expect(shown.map(({ row }) => row)).toEqual(rowsOfCluster);
      expect(showers.map(({ kind }) => kind)).toEqual(rowsOfCluster.flatMap(() => ['example', 'typical']));
      expect(new Set(showers.map(({ role, row }) => `${role} ${row}`)).size).toBe(showers.length);
      for (const { role, row, kind, energies, conditions } of showers) {
        expect(role).toBe(kind === 'example' ? 'generated' : 'reference');
        const { voxels, incidentEnergies } = role === 'generated' ? generated : reference;
        expect(conditions[0]?.value).toBe(incidentEnergies[row]);
        const expected = Array.from(voxels.subarray(24 * row, 24 * row + 24), (energy) =>
          energy < 25 ? 0 : Number(energy.toPrecision(4)),
        );
        expect(energies.flat()).toEqual(expected);
      }
    }
    expect(JSON.parse(JSON.stringify(examples))).toEqual(examples);
  });

  it('are those of showers without support too, where many lie outside', async () => {
    // A tenth of the generated showers is far from all others.
    const odd = { ...generated, voxels: generated.voxels.slice() };
    for (let row = 0; row < rows; row += 10) odd.voxels.fill(400 + row / 10, 24 * row, 24 * row + 24);
    const { result, ensemble } = await evaluate(
      showersFromArrays(reference, gridGeometry()),
      showersFromArrays(odd, gridGeometry()),
      { features: 'full', folds: 3, learners: ['logistic'], threads: 2, windows: [] },
    );
    ensemble.dispose();
    const lonely = result.examples.find(({ origin }) => origin.part === 'support');
    expect(lonely?.origin).toEqual({ part: 'support', role: 'generated' });
    const farthest = present(result.support)
      .generated.farthest.slice(0, 2)
      .map(({ row }) => row);
    expect(lonely?.showers.filter(({ kind }) => kind === 'example').map(({ row }) => row)).toEqual(farthest);
    expect(farthest.every((row) => row % 10 === 0)).toBe(true);
    expect(lonely?.showers[0]?.energies.flat()).toEqual(
      new Array<number>(24).fill(400 + (farthest[0] as number) / 10),
    );
  });
});
