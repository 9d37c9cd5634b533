import { classifierSchema } from '#caloscope/classifier/network-settings';

/** Network and training of all training cases; relu and no dropout, so that both sides do the same. */
export const plan = {
  hidden: [512, 512],
  activation: 'relu',
  dropout: 0,
  batchSize: 512,
  learningRate: 5e-4,
  weightDecay: 0.01,
  schedule: 'constant',
  patience: 100_000,
};

/** Whether the training knows precisions. */
export function knowsPrecisions() {
  return classifierSchema.safeParse({ precision: 'bfloat16' }).success;
}
