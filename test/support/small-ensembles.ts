import { native } from '#caloscope/native/binding';
import type { EnsembleHandle, MemberHandle } from '#caloscope/native/contract/ensembles';

/** Networks of which nothing is known but themselves, as an ensemble that is their mean. */
export function meanOfNetworks(networks: readonly MemberHandle[]): EnsembleHandle {
  return native().createEnsemble({
    members: networks.map((member) => ({ member, learner: 'network', leftOut: null })),
    blocks: 0,
    whitening: null,
    weights: Float64Array.of(1),
    constant: 0,
    covariance: new Float64Array(4),
  });
}

/** What createEnsemble takes: for each pair of three blocks a network of one column and the regression 2 x + 1. */
export function smallEnsemble(member: MemberHandle) {
  const regression = native().createMember({
    learner: 'logistic',
    columns: 1,
    activation: 'relu',
    slope: 0,
    tensors: [
      { name: 'weights', shape: Uint32Array.of(1), values: Float64Array.of(2) },
      { name: 'constant', shape: Uint32Array.of(1), values: Float64Array.of(1) },
    ],
  });
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].flatMap((pair) => {
    const leftOut = Uint32Array.from(pair);
    return [
      { member, learner: 'network', leftOut },
      { member: regression, learner: 'logistic', leftOut },
    ] as const;
  });
  const sumOfBoth = {
    members: pairs,
    blocks: 3,
    whitening: null,
    weights: Float64Array.of(0.5, 0.5),
    constant: 0,
    covariance: new Float64Array(9),
  };
  /** A whitening that changes nothing. */
  const axes = {
    centre: Float64Array.of(0),
    matrix: Float64Array.of(1),
    relativeWidth: Float64Array.of(1),
    clip: 5,
  };
  return { regression, pairs, sumOfBoth, axes };
}
