import { ArgumentError } from '../errors.js';
import { requireKnownOptions, requireOneOf } from '../names.js';
import { native } from '../native/binding.js';
import {
  type ToyGeometryName,
  type ToyShowerBlock,
  toyGeometryNames,
} from '../native/contract/simulation.js';
import { type SampleRole, sampleRoles } from '../native/contract/statistics.js';
import { callNative, type JobOptions, runJob } from '../native/run-job.js';
import { threadsOf } from '../native/threads.js';
import { type ChosenDistortion, chooseDistortion, type DistortionName } from './distortions.js';

export type { ToyGeometryName } from '../native/contract/simulation.js';

/** Voxels of the calorimeters that toy showers can be made for. */
export const toyVoxels: Readonly<Record<ToyGeometryName, number>> = { calogan: 504, ds2: 6480 };

/** Which toy showers to make. */
export interface ToySampleOptions extends JobOptions {
  readonly geometry: ToyGeometryName;
  /** Number of showers, from 1 on. */
  readonly showers: number;
  /** A whole number from 0 on. Shower i of a seed is the same in every sample, for any number of threads. */
  readonly seed: number;
  /** Undistorted where left out: a reference sample. */
  readonly distortion?: DistortionName | undefined;
  /** Strength of the distortion; its default is in {@link distortions}. */
  readonly strength?: number | undefined;
  /**
   * 'generated' (where left out): distorted showers. 'reference': undistorted ones, the same as without a distortion,
   * with their exact density ratio to the distorted sample; for distortions with an exact ratio.
   */
  readonly sample?: SampleRole | undefined;
  /** Threads to work on; those that the process may keep busy where left out. The showers do not depend on it. */
  readonly threads?: number | undefined;
}

const knownOptions: Readonly<Record<keyof ToySampleOptions, true>> = {
  geometry: true,
  showers: true,
  seed: true,
  distortion: true,
  strength: true,
  sample: true,
  threads: true,
  signal: true,
  onProgress: true,
};

/** Toy showers in memory. */
export interface ToyShowers {
  /** MeV, one a shower. */
  readonly incidentEnergies: Float64Array;
  /**
   * MeV, row after row. calogan: 3×96, 12×12 and 12×6 voxels (φ rows, η columns, over ±240 mm); ds2: 45 layers of 16 azimuth
   * bins from -π of 9 radial bins of 4.65 mm (voxel = layer·144 + azimuth·9 + radius).
   */
  readonly voxels: Float32Array;
  /** ln(p_reference / p_generated) of each shower, where it is known exactly. */
  readonly logDensityRatio?: Float64Array;
}

/** Options after checking, with all defaults in place. */
export interface ToySamplePlan {
  readonly geometry: ToyGeometryName;
  readonly showers: number;
  readonly seed: number;
  readonly distortion: ChosenDistortion | null;
  readonly sample: SampleRole;
  readonly threads: number;
}

function requireWhole(name: string, value: unknown, min: number, max: number): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `${name} is ${String(value)}; it must be a whole number from ${min} to ${max}`,
    );
  }
}

/**
 * @param others options of the caller.
 * @throws ArgumentError ERR_ARGUMENT when an option is not as {@link ToySampleOptions} says.
 */
export function planToySample(
  options: ToySampleOptions,
  others: Readonly<Record<string, true>> = {},
): ToySamplePlan {
  requireKnownOptions(options, { ...knownOptions, ...others });
  const { geometry, showers, seed } = options;
  requireOneOf(toyGeometryNames, geometry, 'geometry of toy showers');
  requireWhole('showers', showers, 1, 1e12);
  requireWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const threads = threadsOf(options);
  const distortion = chooseDistortion(options.distortion, options.strength);
  const { sample = distortion ? 'generated' : 'reference' } = options;
  requireOneOf(sampleRoles, sample, 'sample');
  if (sample === 'reference' && distortion && !distortion.description.exactRatio) {
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `the density ratio of "${distortion.description.name}" is not known; leave the distortion out for reference showers`,
    );
  }
  return { geometry, showers, seed, distortion, sample, threads };
}

/** Makes showers [first, first + count) of a plan. */
export function makeToyBlock(
  plan: ToySamplePlan,
  first: number,
  count: number,
  options: JobOptions,
): Promise<ToyShowerBlock> {
  const { geometry, seed, distortion, sample, threads } = plan;
  return runJob(
    (notify) =>
      native().makeToyShowers(
        {
          geometry,
          seed,
          distortion: distortion?.description.name ?? 'none',
          strength: distortion?.strength ?? 0,
          distorted: sample === 'generated',
          first,
          count,
          threads,
        },
        notify,
      ),
    options,
  );
}

/**
 * Makes TOY showers in memory: electromagnetic showers from a parametrisation (G. Grindhammer, S. Peters, hep-ex/0001020,
 * homogeneous media): gamma-distributed longitudinal profile with correlated fluctuations, two-component radial
 * profile, energy spots, readout threshold. Incident energies: calogan, uniform from 1 to 100 GeV; ds2, log-uniform
 * from 1 GeV to 1 TeV. For tests, examples and closure; nothing about a detector follows from them.
 *
 * Left out, among other things: late conversions of photons, material in front, hadronic interactions, the correction
 * of profiles for the sampling structure, angles, displacements, cross-talk, electronics, pile-up.
 *
 * A distorted sample uses other random numbers than the undistorted one of the same seed, so the two are independent.
 * Two undistorted samples are independent when their seeds differ.
 *
 * @throws ArgumentError ERR_ARGUMENT; NativeError ERR_MEMORY for more showers than fit (about 2 million calogan or
 * 160,000 ds2); the reason of the signal when aborted.
 */
export async function toyShowers(options: ToySampleOptions): Promise<ToyShowers> {
  const plan = planToySample(options);
  const block = await makeToyBlock(plan, 0, plan.showers, options);
  const { incidentEnergies, voxels, logDensityRatio } = block;
  return logDensityRatio ? { incidentEnergies, voxels, logDensityRatio } : { incidentEnergies, voxels };
}

/** AUC of the exact density ratio, Φ(|strength|/√2) for 'depth-shift'; null for other distortions and for none. */
export function exactAuc(distortion: ChosenDistortion | null): number | null {
  if (!distortion?.description.exactRatio) return null;
  return callNative(() => native().toyDepthShiftAuc(distortion.strength));
}
