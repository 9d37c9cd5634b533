/** Sound arguments of the core's operations, as JavaScript hands them over. */
import { native } from '#caloscope/native/binding';
import type { RankedScoresHandle } from '#caloscope/native/contract/statistics';
import type { PreparedSamplesHandle } from '#caloscope/native/contract/training';
import { runJob } from '#caloscope/native/run-job';
import { oneInputNetwork } from './one-input-network.js';
import { smallEnsemble } from './small-ensembles.js';

/** The operations without their types. */
export const core = native() as unknown as Record<string, (...args: unknown[]) => unknown>;

export const computer = { threads: 1, cudaDevices: new Uint32Array(0) };
export const geometry = {
  definitions: 'calochallenge',
  transverse: 'eta-phi',
  firstVoxel: Uint32Array.of(0, 2, 3),
  layerId: Uint32Array.of(0, 1),
  angular: Uint8Array.of(1, 0),
  lengthUnit: 'mm',
  eta: Float64Array.of(0, 1, 2),
  phi: Float64Array.of(0, 1, 2),
  radius: Float64Array.of(0, 1, 2),
};
export const plan = {
  folds: 3,
  members: 1,
  seed: 1,
  learners: ['network', 'logistic', 'quadratic', 'trees'],
  split: null,
  input: 'two columns',
  groups: new Uint32Array(0),
  validationFraction: 0.2,
  hidden: Uint32Array.of(4),
  activation: 'relu',
  slope: 0,
  epochs: 1,
  batchSize: 4,
  learningRate: 1e-3,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  dropout: 0,
  patience: 1,
  schedule: 'plateau',
  precision: 'float32',
};
export const table = native().createShowerTable(3, 0);
native().appendShowers(table, Float64Array.of(10, 20), Float32Array.of(1, 0, 2, 0, 3, 4));
export const matrix = native().makeMatrix(new Float32Array(40).map(Math.sin), 2);
export const samples = await runJob<PreparedSamplesHandle>((notify) =>
  native().prepareSamples(matrix, matrix, new Float64Array(0), true, computer, notify),
);
export const scores = Float64Array.of(1, 2);
export const ranked = await runJob<RankedScoresHandle>((notify) =>
  native().rankScores(scores, scores, null, null, computer, notify),
);
export const network = oneInputNetwork();
export const withTensor = (wrong: object) => ({
  ...network,
  tensors: [{ ...network.tensors[0], ...wrong }, ...network.tensors.slice(1)],
});
export const member = native().createMember(network);
export const { regression, pairs, sumOfBoth, axes } = smallEnsemble(member);
export const ensemble = native().createEnsemble(sumOfBoth);
export const disposed = native().createShowerTable(3, 0);
native().dispose(disposed);
