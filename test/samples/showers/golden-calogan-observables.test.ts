import { beforeAll, describe, expect, it } from 'vitest';
import { observablesOf, observableValues } from '#caloscope/samples/showers/observables';
import type { ShowerSample } from '#caloscope/samples/showers/shower-sample';
import { caloganGoldenNames, openCaloganGolden } from '../../support/calogan-golden.js';
import { expectClose } from '../../support/closeness.js';
import type { GoldenFile } from '../../support/golden-arrays.js';
import { hasSharedData } from '../../support/shared-data.js';

/** MeV; the published features hold voxels to it. */
const highestVoxel = 1e5;
const floor = 1e-8;
const log10 = (value: number) => Math.log10(value + floor);

const ranks = ['', 'second_', 'third_', 'fourth_', 'fifth_'];

/** The 41 columns in their order: our observable, and how the column is made of it. */
const columns: readonly (readonly [string, (value: number) => number])[] = [
  ...[0, 1, 2].map((l) => [`layer_energy_${l}`, (e: number) => log10(e / 1e3)] as const),
  ['deposited_energy', (energy) => Math.log10(energy / 1e3)],
  ...[0, 1, 2].map((l) => [`layer_fraction_${l}`, log10] as const),
  ['depth_weighted_energy', log10],
  ...[0, 1, 2].map((l) => [`width_phi_${l}`, log10] as const),
  ['depth', (depth) => depth],
  ['depth_width', (width) => width],
  ...[0, 1, 2].flatMap((l) =>
    ranks.map((rank) => [`${rank}brightest_fraction_${l}`, (share: number) => 10 * share] as const),
  ),
  ...[0, 1, 2].map((l) => [`brightest_ratio_${l}`, (ratio: number) => ratio] as const),
  ...[0, 1, 2].map((l) => [`layer_occupancy_${l}`, (occupancy: number) => occupancy] as const),
  ...[0, 1, 2].map((l) => [`centre_phi_${l}`, (centre: number) => centre / 100] as const),
  ...[0, 1, 2].map((l) => [`centre_eta_${l}`, (centre: number) => centre / 100] as const),
  ['incident_energy', (energy) => Math.log10(energy / 1e4)],
];

describe.skipIf(!hasSharedData).each(caloganGoldenNames)('the 41 published columns of %s', (name) => {
  let golden: GoldenFile;
  let sample: ShowerSample;
  const ours = new Map<string, Float64Array>();
  beforeAll(async () => {
    ({ golden, sample } = await openCaloganGolden(name));
    const all = observablesOf(sample.geometry);
    const values = await observableValues(sample, [...all.keys()], { threshold: 0 });
    for (const [i, one] of all.entries()) ours.set(one.name, values[i] as Float64Array);
  });

  it('are observables', () => {
    const expected = golden.numbers(`branch_main/${name === 'edge_cases_14' ? 'high_cut_0' : 'high'}`);
    expect(columns.length).toBe(41);
    expect(expected.length).toBe(sample.rows * 41);
    const valueIn = (observable: string, row: number) => ours.get(observable)?.[row] as number;
    let compared = 0;
    for (let row = 0; row < sample.rows; row++) {
      if (sample.read(row, 1).some((energy) => energy > highestVoxel)) continue;
      for (const [column, [observable, published]] of columns.entries()) {
        const wanted = expected[row * 41 + column] as number;
        const value = valueIn(observable, row);
        const what = `${observable} of row ${row}`;
        const layer = /_(\d)$/.exec(observable)?.[1];
        const energy = valueIn(layer === undefined ? 'deposited_energy' : `layer_energy_${layer}`, row);
        if (energy <= 0 && !/energy|occupancy/.test(observable)) {
          // The published columns hold 0, −8 or NaN there. A fraction needs the energy of the whole shower alone.
          const exists = observable.startsWith('layer_fraction') && valueIn('deposited_energy', row) > 0;
          if (!exists) {
            expect(value, what).toBeNaN();
            continue;
          }
        }
        compared++;
        // The published moments divide by E + 1e-8 MeV; positions are within 240 mm.
        const softening = floor / energy;
        if (observable.startsWith('width_phi')) {
          const width = 10 ** wanted - floor;
          expectClose(value ** 2, width ** 2, 1e-9, 3 * softening * 240 ** 2 + 1e-8, what);
        } else {
          expectClose(
            published(value),
            wanted,
            1e-10,
            observable.startsWith('centre') ? 2.4 * softening : 1e-13,
            what,
          );
        }
      }
    }
    expect(compared).toBeGreaterThan(name === 'edge_cases_14' ? 400 : 2000);
  });
});
