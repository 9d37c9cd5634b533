import type { Analysis } from '../analysis.js';

export interface TrainingSummary {
  readonly parameters: number;
  readonly networks: readonly NetworkTraining[];
  /** Median over the generated showers of the standard deviation of ln w between members; null with one member. */
  readonly memberSpread: number | null;
}

export interface NetworkTraining {
  readonly fold: number;
  readonly member: number;
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
  async run({ fitted, scores, choices: { members } }) {
    const networks = fitted.records.map((record, i) => ({
      fold: Math.floor(i / members),
      member: i % members,
      ...record,
    }));
    const { parameters } = fitted.ensemble;
    return { part: { parameters, networks, memberSpread: scores.generated.memberSpread } };
  },
};
