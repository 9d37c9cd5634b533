import { ArgumentError } from '../errors.js';
import { requireOneOf } from '../names.js';
import { type DistortionName, distortionNames } from '../native/contract/simulation.js';

export type { DistortionName } from '../native/contract/simulation.js';

/** What a distortion does and what its strength means. */
export interface DistortionDescription {
  readonly name: DistortionName;
  readonly description: string;
  readonly strength: {
    readonly meaning: string;
    readonly default: number;
    readonly min: number;
    readonly max: number;
    /** The limits that cannot be reached themselves. */
    readonly excluded: readonly ('min' | 'max')[];
  };
  /** Whether the density ratio of every shower is known exactly and stored. */
  readonly exactRatio: boolean;
}

const unlimited = 1e6;

const descriptions: Readonly<Record<DistortionName, Omit<DistortionDescription, 'name'>>> = {
  'energy-scale': {
    description: 'wrong energy scale: all voxel energies are multiplied by 1 + strength',
    strength: {
      meaning: 'relative change of the energy',
      default: 0.02,
      min: -1,
      max: unlimited,
      excluded: ['min'],
    },
    exactRatio: false,
  },
  width: {
    description:
      'smeared width: energy lies 1 + strength times as far from the shower axis; layer energies stay',
    strength: {
      meaning: 'relative change of radii',
      default: 0.1,
      min: -1,
      max: unlimited,
      excluded: ['min'],
    },
    exactRatio: false,
  },
  'missing-tail': {
    description: 'missing tail: the showers with the deepest maximum are never made',
    strength: { meaning: 'share of the showers missing', default: 0.05, min: 0, max: 1, excluded: ['max'] },
    exactRatio: false,
  },
  noise: {
    description: 'noise: normal noise in every voxel, then voxels below two standard deviations are set to 0',
    strength: { meaning: 'standard deviation in MeV', default: 0.1, min: 0, max: unlimited, excluded: [] },
    exactRatio: false,
  },
  'dead-voxels': {
    description: 'dead voxels: some voxels are 0, the same ones in every shower',
    strength: { meaning: 'share of the voxels', default: 0.05, min: 0, max: 1, excluded: ['max'] },
    exactRatio: false,
  },
  'over-smoothing': {
    description: 'over-smoothing: a share of every voxel’s energy moves to its four neighbors in the layer',
    strength: { meaning: 'share of the energy', default: 0.2, min: 0, max: 1, excluded: [] },
    exactRatio: false,
  },
  'depth-shift': {
    description:
      'showers develop too late: ln T, with T the depth of the maximum, is shifted. The density ratio of every ' +
      'shower is known exactly; the best possible classifier has AUC = Φ(|strength|/√2)',
    strength: {
      meaning: 'shift in standard deviations of ln T (below 0: too early)',
      default: 0.5,
      min: -3,
      max: 3,
      excluded: [],
    },
    exactRatio: true,
  },
};

/** The distortions of toy showers, in the order in which they are listed to users. Each changes one thing. */
export const distortions: readonly DistortionDescription[] = distortionNames.map((name) => ({
  name,
  ...descriptions[name],
}));

/** A distortion with its strength, checked; null for undistorted showers. */
export interface ChosenDistortion {
  readonly description: DistortionDescription;
  readonly strength: number;
}

/** @throws ArgumentError ERR_ARGUMENT for a name that is not known and for a strength outside its range. */
export function chooseDistortion(
  name: string | undefined,
  strength: number | undefined,
): ChosenDistortion | null {
  if (name === undefined) {
    if (strength === undefined) return null;
    throw new ArgumentError('ERR_ARGUMENT', 'strength is that of a distortion; name the distortion too');
  }
  requireOneOf(distortionNames, name, 'distortion');
  const description = { name, ...descriptions[name] };
  const { default: usual, min, max, excluded } = description.strength;
  const chosen = strength ?? usual;
  const aboveMin = excluded.includes('min') ? chosen > min : chosen >= min;
  const belowMax = excluded.includes('max') ? chosen < max : chosen <= max;
  if (!(aboveMin && belowMax)) {
    const range = `${excluded.includes('min') ? 'above' : 'from'} ${min} ${excluded.includes('max') ? 'to below' : 'to'} ${max}`;
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `strength of "${name}" (${description.strength.meaning}) is ${chosen}; it must be ${range}`,
    );
  }
  return { description, strength: chosen };
}
