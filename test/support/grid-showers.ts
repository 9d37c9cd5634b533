import { type Geometry, namedGeometry } from '#caloscope/geometry/geometry';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { normalNumbers } from './gaussian-samples.js';

export interface GridNumbers {
  readonly incidentEnergies: Float64Array;
  readonly voxels: Float32Array;
}

/** A plain grid of two layers, 3 × 4 voxels each. */
export function gridGeometry(): Geometry {
  const geometry = namedGeometry('cartesian:2x3x4');
  if (!geometry) throw new Error('no grid');
  return geometry;
}

/** Showers of 1 GeV on average in the grid: half of the voxels lit, energies log-normal about `scale` · 30 MeV. */
export function gridNumbers(rows: number, seed: number, scale = 1): GridNumbers {
  const normal = normalNumbers(seed);
  const { voxels } = gridGeometry();
  return {
    incidentEnergies: Float64Array.from({ length: rows }, () => 1000 * Math.exp(0.2 * normal())),
    voxels: Float32Array.from({ length: rows * voxels }, () =>
      normal() > 0 ? 30 * scale * Math.exp(0.5 * normal()) : 0,
    ),
  };
}

export function gridShowers(rows: number, seed: number, scale = 1): ShowerSample {
  return showersFromArrays(gridNumbers(rows, seed, scale), gridGeometry());
}
