import { namedGeometry } from '#caloscope/geometry/geometry';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { type GoldenFile, openGolden } from './golden-arrays.js';
import { sharedPath } from './shared-data.js';

/** Golden files of CaloChallenge features, with the geometry and the readout threshold (MeV) that they were made with. */
export const challengeFiles = [
  { name: 'ds1_photons', geometry: 'ds1-photons', threshold: 1 },
  { name: 'ds1_pions', geometry: 'ds1-pions', threshold: 1 },
  { name: 'ds2', geometry: 'ds2', threshold: 0.5e-3 / 0.033 },
  { name: 'ds3', geometry: 'ds3', threshold: 0.5e-3 / 0.033 },
  { name: 'ds2_real10', geometry: 'ds2', threshold: 0.5e-3 / 0.033 },
] as const;

export type ChallengeFile = (typeof challengeFiles)[number];

export async function openChallenge(
  file: ChallengeFile,
): Promise<{ golden: GoldenFile; sample: ShowerSample }> {
  const golden = await openGolden('calochallenge', `${file.name}.h5`);
  const geometry = namedGeometry(file.geometry);
  if (!geometry) throw new Error(`no geometry ${file.geometry}`);
  const sample = golden.has('input')
    ? showersFromArrays(
        {
          incidentEnergies: Float64Array.from(golden.numbers('input/incident_energies')),
          voxels: golden.numbers('input/showers') as Float32Array,
        },
        geometry,
      )
    : await openShowers(sharedPath('data', 'calochallenge_ds2_diffusion_10.hdf5'), { geometry: 'ds2' });
  return { golden, sample };
}
