import * as z from 'zod';
import { ArgumentError } from '../errors.js';
import { oneOf } from '../names.js';
import { activations, type LearnerName, learnerNames } from '../native/contract/ensembles.js';
import { featureSetNames } from '../native/contract/showers.js';
import { precisions, schedules } from '../native/contract/training.js';
import { repeatedPolicies } from '../samples/repeated-rows.js';

const whole = (lowest: number, highest: number) =>
  z
    .int({ error: `must be a whole number from ${lowest} to ${highest}` })
    .min(lowest, { error: `must be a whole number from ${lowest} to ${highest}` })
    .max(highest, { error: `must be a whole number from ${lowest} to ${highest}` });

const positive = z.number({ error: 'must be a number above 0' }).positive({ error: 'must be above 0' });

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

/** What a cross-fitting is told; saved with the classifier. */
export interface CrossFittingPlan {
  readonly folds: number;
  readonly members: number;
  readonly seed: number;
  readonly learners: readonly LearnerName[];
  readonly whitening: boolean;
  readonly classifier: ClassifierSettings;
}

/** What a training is told beside network and samples. */
export const trainingSchema = z.strictObject({
  /** Feature set that the classifiers see; a matrix has its own columns. */
  features: oneOf(featureSetNames).default('full'),
  /** Voxels below count as zero, in MeV; `published`: the readout threshold of the geometry, if it has one. */
  threshold: z
    .union([z.literal('published'), z.null(), z.number().nonnegative()], {
      error: 'must be a number of MeV from 0 on, null, or published',
    })
    .default('published'),
  /**
   * Rows are drawn into so many folds, and every learner is fitted once for each pair of folds, to the rows outside of
   * them: what is said of a row comes from members that never saw it, and their weights from members that saw neither.
   */
  folds: whole(3, 100).default(5),
  /** What learns; the ensemble is their weighted sum. Those that have nothing to read, or too much, are left out. */
  learners: z
    .array(oneOf(learnerNames), { error: 'must be a list of learners' })
    .min(1, { error: 'must name a learner' })
    .refine((names) => new Set(names).size === names.length, { error: 'must name each learner once' })
    .readonly()
    .default([...learnerNames]),
  /**
   * Whether the stored columns are turned onto the principal axes of both samples together, in units of their width:
   * what is narrow, as E_dep/E_inc among energies, is not seen by networks otherwise.
   */
  whitening: z.boolean({ error: 'must be true or false' }).default(true),
  /** Networks a pair of folds, each with its own start, order of rows and validation part. */
  members: whole(1, 1000).default(1),
  seed: whole(0, Number.MAX_SAFE_INTEGER).default(1),
  /**
   * Rows that occur twice, in a sample or in both: `warn` of them, `refuse` the samples, or `remove` the copies: the later of
   * two in a sample, and the generated one of two that are in both.
   */
  repeated: oneOf(repeatedPolicies).default('warn'),
  classifier: classifierSchema.default(classifierSchema.parse({})),
});

export type TrainingOptions = z.input<typeof trainingSchema>;

/** Checks options; the error names the first that is wrong: ArgumentError ERR_ARGUMENT. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    throw new ArgumentError('ERR_ARGUMENT', `there is no option ${issue.keys.join(', ')}`);
  }
  throw new ArgumentError('ERR_ARGUMENT', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** Batch size of a training with so many rows. */
export function batchSizeFor(settings: ClassifierSettings, trainingRows: number): number {
  if (settings.batchSize !== 'auto') return settings.batchSize;
  const power = 2 ** Math.round(Math.log2(Math.max(1, trainingRows / 100)));
  return Math.min(1024, Math.max(64, power));
}
