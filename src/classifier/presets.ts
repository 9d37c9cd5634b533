import { ArgumentError } from '../errors.js';
import type { LearnerName } from '../native/contract/ensembles.js';
import type { FeatureSetName } from '../native/contract/showers.js';
import type { HeldOutSplit } from '../native/contract/training.js';
import type { ClassifierOptions } from './network-settings.js';

/** Classifiers of the literature: architecture, features and training as their code has them. */

/** What a preset sets; what is requested beside it goes before. */
interface Preset {
  /** Whose geometries it is for. */
  readonly definitions: 'calogan' | 'calochallenge';
  /** The code that it follows, and its version. */
  readonly source: string;
  readonly commit: string;
  readonly options: {
    readonly features: FeatureSetName;
    readonly threshold: 'published' | null;
    readonly conditions: 'none';
    readonly members: number;
    readonly learners: readonly LearnerName[];
    readonly whitening: boolean;
    readonly split: HeldOutSplit;
    readonly classifier: ClassifierOptions;
  };
}

const published = { conditions: 'none', members: 1, learners: ['network'], whitening: false } as const;
const split = { train: 0.6, validation: 0.2, test: 0.2 };

/** Branch calo_plots: params/calo_inn.yaml, 512 → 512 → 1. Batches are of 1000 rows of each sample. */
const calogan = {
  ...published,
  threshold: null,
  split,
  classifier: {
    hidden: [512, 512],
    activation: 'leaky-relu',
    slope: 0.01,
    dropout: 0,
    epochs: 200,
    patience: 200,
    batchSize: 2000,
    learningRate: 1e-3,
    betas: [0.9, 0.99],
    epsilon: 1e-6,
    weightDecay: 0,
    schedule: 'constant',
  },
} as const;

/** code/evaluate.py, modes cls-low, cls-low-normed and cls-high: an input layer and two hidden ones, Adam as PyTorch has it. */
const calochallenge = {
  ...published,
  threshold: 'published',
  split,
  classifier: {
    hidden: [2048, 2048, 2048],
    activation: 'leaky-relu',
    slope: 0.01,
    dropout: 0,
    epochs: 50,
    patience: 50,
    batchSize: 1000,
    learningRate: 2e-4,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    weightDecay: 0,
    schedule: 'constant',
  },
} as const;

const discriminatorMetric = {
  definitions: 'calogan',
  source: 'heidelberg-hepml/discriminator-metric',
  commit: '44752a7e669d71caa986d574eb183f4250298407',
} as const;
const calochallengeHomepage = {
  definitions: 'calochallenge',
  source: 'CaloChallenge/homepage',
  commit: '9b41df72a03aeecb48bfbaa946f9792f255e0ba7',
} as const;

export const presets = {
  'calogan-low': { ...discriminatorMetric, options: { ...calogan, features: 'low' } },
  'calogan-low-normalised': { ...discriminatorMetric, options: { ...calogan, features: 'low-normalised' } },
  'calogan-high': { ...discriminatorMetric, options: { ...calogan, features: 'high' } },
  'calochallenge-low': { ...calochallengeHomepage, options: { ...calochallenge, features: 'low' } },
  'calochallenge-low-normalised': {
    ...calochallengeHomepage,
    options: { ...calochallenge, features: 'low-normalised' },
  },
  'calochallenge-high': { ...calochallengeHomepage, options: { ...calochallenge, features: 'high' } },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

/**
 * @param geometry name of the geometry; null for a matrix.
 * @throws ArgumentError ERR_ARGUMENT where the preset is of other samples.
 */
export function requirePresetFits(name: PresetName, geometry: string | null): void {
  const { definitions } = presets[name];
  const isCalogan = geometry === 'calogan';
  const fits = definitions === 'calogan' ? isCalogan : !isCalogan && !geometry?.startsWith('cartesian:');
  if (geometry !== null && fits) return;
  const given = geometry === null ? 'a table of columns' : `showers of ${geometry}`;
  const wanted = definitions === 'calogan' ? 'the geometry calogan' : 'a geometry of the CaloChallenge';
  const message = `preset: ${name} is for showers of ${wanted}; these samples are ${given}`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}
