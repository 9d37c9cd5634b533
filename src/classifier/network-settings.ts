import * as z from 'zod';
import { oneOf } from '../names.js';
import { activations } from '../native/contract/ensembles.js';
import { precisions, schedules } from '../native/contract/training.js';

/** A whole number. */
export const whole = (lowest: number, highest: number) =>
  z
    .int({ error: `must be a whole number from ${lowest} to ${highest}` })
    .min(lowest, { error: `must be a whole number from ${lowest} to ${highest}` })
    .max(highest, { error: `must be a whole number from ${lowest} to ${highest}` });

const positive = z.number({ error: 'must be a number above 0' }).positive({ error: 'must be above 0' });

const beta = z
  .number({ error: 'must be two numbers from 0 to below 1' })
  .min(0, { error: 'must be from 0 to below 1' })
  .lt(1, { error: 'must be from 0 to below 1' });

const share = (name: string) => z.number({ error: name }).gt(0, { error: name }).lt(1, { error: name });

/** Network and training of each member. The defaults are for 1,000 to 1,000,000 showers a sample. */
export const classifierSchema = z.strictObject({
  /** Widths of the hidden layers. */
  hidden: z
    .array(whole(1, 65536), { error: 'must be a list of widths' })
    .min(1)
    .max(32)
    .readonly()
    .default([256, 256]),
  activation: oneOf(activations).default('leaky-relu'),
  /** Slope below zero of leaky-relu; α of elu. */
  slope: z.number({ error: 'must be a number' }).default(0.01),
  /** Share of hidden values dropped in training. */
  dropout: z
    .number({ error: 'must be from 0 to below 1' })
    .min(0, { error: 'must be from 0 to below 1' })
    .lt(1, { error: 'must be from 0 to below 1' })
    .default(0.2),
  /** At most so many passes over the training rows. */
  epochs: whole(1, 100_000).default(20),
  /** Rows of a step; `auto`: about a hundredth of the training rows, a power of two from 64 to 1024. */
  batchSize: z
    .union([z.literal('auto'), whole(1, 1_048_576)], { error: 'must be auto or a whole number of rows' })
    .default('auto'),
  /** Highest learning rate of AdamW. */
  learningRate: positive.default(5e-4),
  /** Decoupled weight decay, as a multiple of the learning rate. */
  weightDecay: z.number({ error: 'must be 0 or more' }).min(0, { error: 'must be 0 or more' }).default(0.01),
  /** Decay rates of AdamW's running means of the gradient and of its square. */
  betas: z
    .tuple([beta, beta], { error: 'must be two numbers from 0 to below 1' })
    .readonly()
    .default([0.9, 0.99]),
  /** What AdamW adds to the root of the mean square. */
  epsilon: positive.default(1e-8),
  /**
   * How the learning rate runs after a linear rise over the first epoch. `plateau`: after an epoch that made no
   * progress in validation loss training goes back to the best parameters, with 0.3 times the rate.
   */
  schedule: oneOf(schedules).default('plateau'),
  /** Epochs in a row with less than 1e-4 nats of progress in validation loss, after which a training ends. */
  patience: whole(1, 100_000).default(3),
  /**
   * Of the factors in products: `bfloat16` rounds weights, inputs, activations and gradients to 8 bits of mantissa where
   * they are multiplied. Sums, parameters and AdamW's moments are float32 in both. It pays on processors that multiply
   * bfloat16 (kernel set avx512bf16).
   */
  precision: oneOf(precisions).default('float32'),
  /** Share of the training rows that decide when to stop. */
  validationFraction: share('must be above 0 and below 1').default(0.1),
});

/** Options of network and training; what is left out gets its default. */
export type ClassifierOptions = z.input<typeof classifierSchema>;
export type ClassifierSettings = z.output<typeof classifierSchema>;

/** Batch size of a training with so many rows. */
export function batchSizeFor(settings: ClassifierSettings, trainingRows: number): number {
  if (settings.batchSize !== 'auto') return settings.batchSize;
  const power = 2 ** Math.round(Math.log2(Math.max(1, trainingRows / 100)));
  return Math.min(1024, Math.max(64, power));
}
