import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observablesOf, observableValues } from '#caloscope/samples/showers/observables';
import type { ShowerSample } from '#caloscope/samples/showers/shower-sample';
import { challengeFiles, openChallenge } from '../../support/challenge-samples.js';
import { expectClose } from '../../support/closeness.js';
import type { GoldenFile } from '../../support/golden-arrays.js';
import { hasSharedData } from '../../support/shared-data.js';

describe.skipIf(!hasSharedData).each(challengeFiles)('observables of $name', (file) => {
  let golden: GoldenFile;
  let sample: ShowerSample;
  /** By name, one entry a shower. */
  const ours = new Map<string, Float64Array>();
  let layers: readonly number[];
  let angular: readonly number[];

  beforeAll(async () => {
    ({ golden, sample } = await openChallenge(file));
    const all = observablesOf(sample.geometry);
    const values = await observableValues(sample, [...all.keys()], { threshold: file.threshold });
    for (const [i, { name }] of all.entries()) ours.set(name, values[i] as Float64Array);
    layers = sample.geometry.layers.map(({ id }) => id);
    angular = sample.geometry.layers.filter((layer) => layer.angular).map(({ id }) => id);
  });
  afterAll(() => {
    golden.close();
    sample.dispose();
  });

  /** What needs an energy to divide with is NaN without one, where the published code gives 0 or what rounding leaves. */
  function expectGiven(energy: number, found: number, close: () => void) {
    if (energy > 0) close();
    else expect(found).toBeNaN();
  }

  function value(name: string, row: number): number {
    const values = ours.get(name);
    if (!values) throw new Error(`no observable ${name}`);
    return values[row] as number;
  }

  /** Calls `compare` for each row and layer of a golden table. */
  function forEach(
    table: string,
    ids: readonly number[],
    compare: (row: number, id: number, wanted: number) => void,
  ) {
    const expected = golden.numbers(table);
    expect(expected.length).toBe(sample.rows * ids.length);
    for (let row = 0; row < sample.rows; row++) {
      for (const [i, id] of ids.entries()) compare(row, id, expected[row * ids.length + i] as number);
    }
  }

  // features_cut: the published code; exact_cut: the definitions in long double with centred widths.
  describe.each(['features_cut', 'exact_cut'])('against %s', (group) => {
    it('energies and sparsity', () => {
      forEach(`${group}/E_tot`, [0], (row, _, wanted) => {
        expectClose(value('deposited_energy', row), wanted, 1e-12, 0, `E_tot of row ${row}`);
        const ratio = wanted / (sample.incidentEnergies()[row] as number);
        expectClose(value('energy_ratio', row), ratio, 1e-12, 0, `ratio of row ${row}`);
      });
      forEach(`${group}/E_layers`, layers, (row, id, wanted) => {
        expectClose(value(`layer_energy_${id}`, row), wanted, 1e-12, 0, `layer ${id} of row ${row}`);
      });
      forEach(`${group}/sparsity`, layers, (row, id, wanted) => {
        const what = `sparsity ${id} of row ${row}`;
        expectClose(1 - value(`layer_occupancy_${id}`, row), wanted, 0, 1e-15, what);
        expectClose(value(`layer_sparsity_${id}`, row), wanted, 0, 1e-15, what);
      });
    });

    it.each(['r', 'eta', 'phi'])('centre of energy and width in %s', (coordinate) => {
      const ids = coordinate === 'r' ? layers : angular;
      const sizes = new Map<string, number>();
      forEach(`${group}/width_${coordinate}`, ids, (row, id, wanted) => {
        const centre = value(`centre_${coordinate}_${id}`, row);
        const size = centre ** 2 + wanted ** 2;
        sizes.set(`${row} ${id}`, Number.isNaN(size) ? 0 : size);
        const width = value(`width_${coordinate}_${id}`, row);
        const what = `width² in ${coordinate}, layer ${id} of row ${row}`;
        expectGiven(value(`layer_energy_${id}`, row), width, () =>
          expectClose(width ** 2, wanted ** 2, 0, 1e-12 * size + 1e-13, what),
        );
      });
      forEach(`${group}/EC_${coordinate}`, ids, (row, id, wanted) => {
        const size = Math.sqrt(sizes.get(`${row} ${id}`) as number);
        const centre = value(`centre_${coordinate}_${id}`, row);
        const what = `centre ${coordinate}, layer ${id} of row ${row}`;
        expectGiven(value(`layer_energy_${id}`, row), centre, () =>
          expectClose(centre, wanted, 0, 1e-12 * size + 1e-13, what),
        );
      });
    });
  });

  it('depth, occupancy and brightest fraction are those of slow loops, and all are finite where a shower has energy everywhere', () => {
    const { geometry } = sample;
    for (let row = 0; row < sample.rows; row++) {
      const energies = sample.read(row, 1).map((energy) => (energy < file.threshold ? 0 : energy));
      let total = 0;
      let lit = 0;
      let brightest = 0;
      let first = 0;
      let second = 0;
      for (const [l, { firstVoxel, voxels }] of geometry.layers.entries()) {
        for (const energy of energies.subarray(firstVoxel, firstVoxel + voxels)) {
          total += energy;
          lit += energy > 0 ? 1 : 0;
          brightest = Math.max(brightest, energy);
          first += l * energy;
          second += l * l * energy;
        }
      }
      expectClose(value('occupancy', row), lit / geometry.voxels, 1e-14, 0, `occupancy of row ${row}`);
      expect(value('hits', row)).toBe(lit);
      if (total <= 0) {
        for (const name of ['depth', 'depth_width', 'brightest_fraction']) expect(value(name, row)).toBeNaN();
        continue;
      }
      const depth = first / total;
      const variance = Math.max(0, second / total - depth ** 2);
      expectClose(value('depth', row), depth, 1e-11, 0, `depth of row ${row}`);
      expectClose(value('depth_width', row) ** 2, variance, 1e-9, 1e-11, `depth width² of row ${row}`);
      expectClose(value('brightest_fraction', row), brightest / total, 1e-11, 0, 'brightest');
    }
    const full = Array.from({ length: sample.rows }, (_, row) => row).filter((row) =>
      layers.every((id) => value(`layer_energy_${id}`, row) > 0),
    );
    expect(full.length).toBeGreaterThan(0);
    for (const [name, values] of ours) {
      for (const row of full) expect(values[row], `${name} of row ${row}`).toSatisfy(Number.isFinite);
    }
  });
});
