import type { LearnerName } from '../../native/contract/ensembles.js';
import type { Warning } from '../../warnings.js';
import type { Analysis } from '../analysis.js';

export interface TrainingSummary {
  /** What was fitted; those that had nothing to read, or too much, are missing. */
  readonly learners: readonly LearnerName[];
  /** Numbers that are fitted, one a learner: of its largest member. */
  readonly parameters: readonly number[];
  readonly networks: readonly NetworkTraining[];
}

export interface NetworkTraining {
  /** The two folds that it never saw; null with a split. */
  readonly leftOut: readonly [number, number] | null;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Mean binary cross-entropy, classes balanced, in nats; ln 2 = 0.693 is a coin toss. */
  readonly epochs: readonly {
    readonly trainingLoss: number;
    readonly validationLoss: number;
    readonly learningRate: number;
  }[];
  /** Epoch whose parameters were kept, from 0. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}

/** How the trainings went, network by network. */
export const training: Analysis<TrainingSummary> = {
  async run({ fitted: { ensemble, records, learners }, choices }) {
    const { folds, split, members } = choices;
    const networks = records
      .filter((record) => record !== null)
      .map((record, i) => ({ leftOut: split ? null : pairOf(Math.floor(i / members), folds), ...record }));
    const { parameters } = ensemble;
    return {
      part: { learners: learners.map(({ name }) => name), parameters, networks },
      warnings: unfinishedTrainings(networks, choices.classifier.epochs),
    };
  },
};

/** Says so where most networks were best at their last epoch. */
export function unfinishedTrainings(
  networks: readonly Pick<NetworkTraining, 'epochs' | 'bestEpoch'>[],
  most: number,
): Warning[] {
  const unfinished = networks.filter(
    ({ epochs, bestEpoch }) => epochs.length === most && bestEpoch === most - 1,
  );
  if (unfinished.length <= networks.length / 2) return [];
  const message = `${unfinished.length} of ${networks.length} networks were best in the last of ${most} epochs: they still gained when they ended; allow more (--epochs)`;
  return [{ code: 'epochs-used-up', message }];
}

/** The pairs of folds in their order: 0-1, 0-2, …, 1-2, … */
function pairOf(number: number, folds: number): [number, number] {
  let first = 0;
  let rest = number;
  for (let pairs = folds - 1; rest >= pairs; pairs--) {
    rest -= pairs;
    first += 1;
  }
  return [first, first + 1 + rest];
}
