import { type Dataset, File, ready } from 'h5wasm/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyShowers } from '#caloscope/simulation/toy-showers';
import { hasSharedData, sharedPath } from '../support/shared-data.js';

const grids = [
  { rows: 3, columns: 96 },
  { rows: 12, columns: 12 },
  { rows: 12, columns: 6 },
];

/** Means of a sample of CaloGAN showers above 30 GeV, per layer. */
interface Means {
  response: number;
  readonly share: number[];
  readonly occupancy: number[];
  readonly width: number[];
}

function means(energies: ArrayLike<number>, voxels: ArrayLike<number>): Means {
  const result: Means = { response: 0, share: [0, 0, 0], occupancy: [0, 0, 0], width: [0, 0, 0] };
  let showers = 0;
  for (let i = 0; i < energies.length; i++) {
    if ((energies[i] as number) < 30e3) continue;
    showers++;
    let voxel = i * 504;
    const layers = grids.map(({ rows, columns }) => {
      let [energy, hits, first, second] = [0, 0, 0, 0];
      for (let cell = 0; cell < rows * columns; cell++, voxel++) {
        const e = voxels[voxel] as number;
        const eta = (((cell % columns) + 0.5) / columns) * 480 - 240;
        energy += e;
        hits += e > 0 ? 1 : 0;
        first += e * eta;
        second += e * eta * eta;
      }
      return {
        energy,
        occupancy: hits / rows / columns,
        width: Math.sqrt(second / energy - (first / energy) ** 2),
      };
    });
    const total = layers.reduce((sum, layer) => sum + layer.energy, 0);
    result.response += total / (energies[i] as number);
    layers.forEach((layer, k) => {
      (result.share[k] as number) += layer.energy / total;
      (result.occupancy[k] as number) += layer.occupancy;
      (result.width[k] as number) += layer.width;
    });
  }
  const mean = (sum: number) => sum / showers;
  return {
    response: mean(result.response),
    share: result.share.map(mean),
    occupancy: result.occupancy.map(mean),
    width: result.width.map(mean),
  };
}

describe.skipIf(!hasSharedData)('toy showers beside Geant4 showers of the CaloGAN calorimeter', () => {
  beforeAll(() => ready);

  it('have similar layer energies, widths, occupancy and response', async () => {
    const file = new File(sharedPath('data', 'calogan_eplus_geant4_51.hdf5'), 'r');
    const numbers = (name: string) => (file.get(name) as Dataset).value as Float64Array;
    const energies = numbers('energy').map((energy) => energy * 1000);
    const voxels = new Float64Array(energies.length * 504);
    [288, 144, 72].forEach((width, k) => {
      const layer = numbers(`layer_${k}`);
      const offset = [0, 288, 432][k] as number;
      for (let i = 0; i < energies.length; i++) {
        voxels.set(layer.subarray(i * width, (i + 1) * width), i * 504 + offset);
      }
    });
    file.close();
    const real = means(energies, voxels);
    const sample = await toyShowers({ geometry: 'calogan', showers: 2000, seed: 1 });
    const toy = means(sample.incidentEnergies, sample.voxels);

    expect(Math.abs(toy.response - real.response)).toBeLessThan(0.003);
    const within = (part: 'share' | 'occupancy' | 'width', layer: number, factor: number) => {
      const ratio = (toy[part][layer] as number) / (real[part][layer] as number);
      expect(ratio, `${part} of layer ${layer}`).toBeGreaterThan(1 / factor);
      expect(ratio, `${part} of layer ${layer}`).toBeLessThan(factor);
    };
    within('share', 0, 1.25);
    within('share', 1, 1.05);
    within('share', 2, 1.8);
    within('occupancy', 0, 1.3);
    within('occupancy', 1, 1.1);
    within('occupancy', 2, 1.8);
    within('width', 0, 1.4);
    within('width', 1, 1.1);
    within('width', 2, 1.3);
  });
});
