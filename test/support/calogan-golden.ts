import { namedGeometry } from '#caloscope/geometry/geometry';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { type GoldenFile, openGolden } from './golden-arrays.js';
import { sharedPath } from './shared-data.js';

/** Golden files of the features of the CaloGAN: Geant4 showers, and made-up ones at the edges of the definitions. */
export const caloganGoldenNames = ['calogan_eplus_51', 'edge_cases_14'] as const;

const voxels = 504;

export async function openCaloganGolden(
  name: (typeof caloganGoldenNames)[number],
): Promise<{ golden: GoldenFile; sample: ShowerSample }> {
  const golden = await openGolden('discriminator_metric', `${name}.h5`);
  const sample = golden.has('input')
    ? edgeCases(golden)
    : await openShowers(sharedPath('data', 'calogan_eplus_geant4_51.hdf5'), { geometry: 'calogan' });
  return { golden, sample };
}

/** The made-up showers: three datasets of layers, one after the other in our rows; GeV become MeV. */
function edgeCases(golden: GoldenFile): ShowerSample {
  const energies = golden.numbers('input/energy');
  const layers = [0, 1, 2].map((layer) => golden.numbers(`input/layer_${layer}`));
  const rows = energies.length;
  const showers = new Float64Array(rows * voxels);
  for (let row = 0; row < rows; row++) {
    let place = row * voxels;
    for (const layer of layers) {
      const width = layer.length / rows;
      showers.set(layer.subarray(row * width, (row + 1) * width), place);
      place += width;
    }
  }
  const incidentEnergies = Float64Array.from(energies, (energy) => energy * 1000);
  const geometry = namedGeometry('calogan');
  if (!geometry) throw new Error('no geometry calogan');
  return showersFromArrays({ incidentEnergies, voxels: showers }, geometry);
}
