// The calls of the command line: small samples, few epochs; all feature sets, layouts, learners and kinds of network.
const short = ['--folds', '3', '--members', '2', '--epochs', '2', '--hidden', '24,16', '--seed', '3'];
const one = ['--folds', '3', '--members', '1', '--epochs', '2', '--hidden', '16', '--seed', '5'];
const calogan = ['cg-reference.hdf5', 'cg-generated.hdf5'];
const ds2 = ['ds2-reference.hdf5', 'ds2-generated.hdf5'];

const featureSets = ['full', 'low', 'low-normalised', 'high'];
const low = ['--features', 'low'];
const activations = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh'];
const learners = ['network', 'logistic', 'quadratic', 'sparse', 'trees'];
export const calibrations = ['isotonic', 'platt', 'temperature', 'histogram', 'venn-abers'];
const distortions = ['width', 'energy-scale', 'depth-shift'];

const named = (entries) => Object.fromEntries(entries);

export const commandCalls = {
  samples: {
    'cg-reference.hdf5': ['--showers', '700', '--seed', '1'],
    'cg-generated.hdf5': ['--showers', '600', '--seed', '2', '--distortion', 'width'],
    'cg-other.hdf5': ['--showers', '300', '--seed', '9', '--distortion', 'width'],
    'cg-null.hdf5': ['--showers', '500', '--seed', '8'],
    ...named(
      distortions.map((name) => [
        `cg-${name}.hdf5`,
        ['--showers', '300', '--seed', '4', '--distortion', name],
      ]),
    ),
    'ds2-reference.hdf5': ['--geometry', 'ds2', '--showers', '160', '--seed', '1'],
    'ds2-generated.hdf5': ['--geometry', 'ds2', '--showers', '150', '--seed', '2', '--distortion', 'width'],
  },
  evaluate: {
    ...named(featureSets.map((set) => [`calogan-${set}`, [...calogan, ...short, '--features', set]])),
    ...named(featureSets.map((set) => [`ds2-${set}`, [...ds2, ...one, '--features', set]])),
    ...named(
      activations.map((name) => [
        `activation-${name}`,
        [...calogan, ...one, '--features', 'high', '--activation', name],
      ]),
    ),
    ...named(
      distortions.map((name) => [
        `distortion-${name}`,
        ['cg-reference.hdf5', `cg-${name}.hdf5`, ...one, ...low],
      ]),
    ),
    'default-network': [...calogan, '--folds', '3', '--epochs', '2', '--features', 'high'],
    'many-folds': [...calogan, ...one, '--folds', '5', '--features', 'high'],
    'three-members': [...calogan, ...short, '--members', '3', '--features', 'high', '--dropout', '0'],
    clipped: [...calogan, ...short, '--features', 'high', '--clip', '0.5,1.5'],
    ...named(
      learners.map((name) => [
        `learner-${name}`,
        [...calogan, ...one, '--features', 'high', '--learners', name],
      ]),
    ),
    'no-whitening': [...calogan, ...one, '--features', 'high', '--no-whitening'],
    split: [...calogan, ...one.slice(2), '--features', 'high', '--split', '60/20/20'],
    permuted: [...calogan, ...one, '--features', 'high', '--learners', 'logistic', '--permutations', '20'],
    ...named(
      calibrations.map((name) => [
        `calibration-${name}`,
        [...calogan, ...one, '--features', 'high', '--calibration', name],
      ]),
    ),
    windows: [...calogan, ...one, '--features', 'high', '--windows', ':0.8,0.8:1.2,1.2:'],
    'null-sample': [...calogan, ...one, '--features', 'high', '--null', 'cg-null.hdf5'],
    repeated: [...calogan, ...one, '--features', 'high', '--repeat', '2'],
    threshold: [...calogan, ...one, ...low, '--threshold', '2'],
    'no-threshold': [...ds2, ...one, ...low, '--threshold', 'none'],
    bfloat16: [...calogan, ...one, ...low, '--precision', 'bfloat16'],
    cartesian: [...ds2, ...one, '--geometry', 'cartesian:45x16x9', '--features', 'high'],
    'one-file-twice': [
      'cg-reference.hdf5',
      'cg-reference.hdf5',
      ...one,
      '--allow-same',
      '--features',
      'high',
    ],
    'other-batch': [
      ...calogan,
      ...one,
      ...low,
      '--batch',
      '50',
      '--learning-rate',
      '0.002',
      '--weight-decay',
      '0.1',
      '--validation-fraction',
      '0.3',
      '--patience',
      '1',
      '--epochs',
      '6',
    ],
    'device-low': [...calogan, ...short, ...low, '--device', 'cuda'],
    'device-high': [...calogan, ...short, '--device', 'cuda', '--features', 'high'],
    'device-ds2': [...ds2, ...one, '--device', 'cuda', ...low],
  },
  train: {
    low: { train: [...calogan, ...one, ...low], weigh: ['cg-other.hdf5'] },
    high: {
      train: [...ds2, ...one, '--features', 'high'],
      weigh: ['ds2-generated.hdf5', '--clip', '0.2,5'],
    },
  },
};
