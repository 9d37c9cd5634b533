/** native/addon/simulation_operations.cc as TypeScript sees it. */
import type { JobHandle, Notify } from './jobs.js';

/** The calorimeters that toy showers can be made for. */
export const toyGeometryNames = ['calogan', 'ds2'] as const;
export type ToyGeometryName = (typeof toyGeometryNames)[number];

/** Ways in which a toy generator can be wrong, in the order in which they are listed to users. */
export const distortionNames = [
  'energy-scale',
  'width',
  'missing-tail',
  'noise',
  'dead-voxels',
  'over-smoothing',
  'depth-shift',
] as const;
export type DistortionName = (typeof distortionNames)[number];

export const toyDistortions = ['none', ...distortionNames] as const;

export interface ToyShowerOptions {
  readonly geometry: ToyGeometryName;
  readonly seed: number;
  readonly distortion: (typeof toyDistortions)[number];
  readonly strength: number;
  /** False: undistorted showers, with the density ratio to the distorted ones where that is known. */
  readonly distorted: boolean;
  /** Number of the first shower of the block. */
  readonly first: number;
  readonly count: number;
  readonly threads: number;
}

export interface ToyShowerBlock {
  /** MeV, `count` entries. */
  readonly incidentEnergies: Float64Array;
  /** MeV, `count` rows of all voxels. */
  readonly voxels: Float32Array;
  /** MeV beside the three sections of the calorimeter (calogan: its layers), `count` rows of 3. */
  readonly overflow: Float32Array;
  /** ln p_reference / p_generated, `count` entries; there for distortions with a known ratio. */
  readonly logDensityRatio?: Float64Array;
}

export interface SimulationOperations {
  makeToyShowers(options: ToyShowerOptions, notify: Notify<ToyShowerBlock>): JobHandle;
  /** Area under the ROC curve of the exact density ratio of the distortion 'depth-shift'. */
  toyDepthShiftAuc(strength: number): number;
}
