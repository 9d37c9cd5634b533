import { describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { hasSharedData, sharedPath } from '../support/shared-data.js';

const geometry = 'cartesian:12x12x12';
const photons = sharedPath('data', 'csi12_photon_geant4_327.hdf5');
const electrons = sharedPath('data', 'csi12_electron_geant4_354.hdf5');

/** Every second row in a fixed scramble of the row numbers: a half that no order in the file decides. */
function half(sample: ShowerSample, parity: number): ShowerSample {
  const scrambled = (row: number) => (row * 7919 + 13) % sample.rows;
  const rows = Array.from({ length: sample.rows }, (_, row) => row)
    .sort((a, b) => scrambled(a) - scrambled(b))
    .filter((_, place) => place % 2 === parity);
  const energies = sample.incidentEnergies();
  const voxels = new Float64Array(rows.length * sample.geometry.voxels);
  for (const [i, row] of rows.entries()) voxels.set(sample.read(row, 1), i * sample.geometry.voxels);
  const incidentEnergies = Float64Array.from(rows, (row) => energies[row] as number);
  return showersFromArrays({ incidentEnergies, voxels }, sample.geometry, `half ${parity}`);
}

describe.skipIf(!hasSharedData)('Geant4 showers', () => {
  // An independent cross-validated logistic regression and boosted trees both reach 0.70 on these files.
  it.each([1, 2, 3, 4])(
    'photons and electrons are told apart as well as they can be, seed %i',
    async (seed) => {
      // Photons may start behind layer 0, electrons do not: weights can make electrons of photons, and not the other way.
      using reference = await openShowers(electrons, { geometry });
      using generated = await openShowers(photons, { geometry });
      const { result, ensemble } = await evaluate(reference, generated, { features: 'high', seed });
      ensemble.dispose();
      expect(result.auc.value).toBeGreaterThan(0.65);
      expect(result.auc.value).toBeLessThan(0.76);
      expect(result.verdict.level).toBe('distinguishable');
      // The weights must correct what they were learned from.
      for (const name of ['layer_energy_0', 'depth']) {
        const separation = result.observables.find((observable) => observable.name === name)?.separation;
        expect(separation?.generated).toBeGreaterThan(0.08);
        expect(separation?.reweighted).toBeLessThan((separation?.generated as number) / 4);
      }
    },
  );

  it.each([1, 2])('one half of the photons is not told from the other, seed %i', async (seed) => {
    using all = await openShowers(photons, { geometry });
    using reference = half(all, 0);
    using generated = half(all, 1);
    const { result, ensemble } = await evaluate(reference, generated, { features: 'high', seed });
    ensemble.dispose();
    // Folds that train on each other: the null of the AUC is up to √2 times as wide as that of one fixed score.
    expect(Math.abs(result.auc.value - 0.5)).toBeLessThan(3 * Math.SQRT2 * result.auc.nullStandardDeviation);
    expect(Math.abs(result.auc.z)).toBeLessThan(3);
    expect(result.verdict.level).toBe('indistinguishable');
  });
});
