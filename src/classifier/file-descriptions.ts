import * as z from 'zod';
import { FileError } from '../errors.js';
import { inputsSchema } from '../formats/files/inputs.js';
import { oneOf } from '../names.js';
import { learnerNames } from '../native/contract/ensembles.js';
import { columnRangesSchema } from '../samples/column-ranges.js';
import { storedInputSchema } from '../samples/kinds.js';
import { selectionsSchema } from '../samples/selected-rows.js';
import { warningSchema } from '../warnings.js';
import { classifierSchema } from './network-settings.js';
import { splitSchema } from './settings.js';

/** What the files of a classifier say of themselves: JSON in their metadata. */

export const metadataKey = 'caloscope';
export const formatVersion = 2;

export const recordSchema = z.strictObject({
  trainingRows: z.number(),
  validationRows: z.number(),
  bestEpoch: z.number(),
  stoppedEarly: z.boolean(),
  epochs: z.array(
    z.strictObject({ trainingLoss: z.number(), validationLoss: z.number(), learningRate: z.number() }),
  ),
});

const trainingSchema = z.strictObject({
  folds: z.int().positive(),
  /** In place of folds; classifiers from before there were splits have none. */
  split: splitSchema.nullable().default(null),
  /** Which rows of the samples it was trained on. */
  select: selectionsSchema.default([]),
  /** How many these were. */
  rows: z.strictObject({ reference: z.int().positive(), generated: z.int().positive() }).optional(),
  members: z.int().positive(),
  seed: z.int().nonnegative(),
  learners: z.array(oneOf(learnerNames)),
  whitening: z.boolean(),
  classifier: classifierSchema,
});

/** What every file of a classifier says of all of it. */
export const sharedSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  input: storedInputSchema,
  featureNames: z.array(z.string()),
  /** Missing where the classifier was not trained here. */
  training: trainingSchema.optional(),
  /** Of the samples of the training, both together. */
  ranges: columnRangesSchema.optional(),
  /** Of the samples of the training. */
  warnings: z.array(warningSchema).optional(),
  /** The files of these samples. */
  inputs: inputsSchema.optional(),
});

export const memberSchema = sharedSchema.extend({
  format: z.literal('caloscope-classifier'),
  learner: oneOf(learnerNames),
  columns: z.int().nonnegative(),
  activation: classifierSchema.shape.activation.unwrap(),
  slope: z.number(),
  /** Where it stands in the ensemble. */
  number: z.int().nonnegative(),
  /** The two folds that it never saw. */
  leftOut: z.tuple([z.int().nonnegative(), z.int().nonnegative()]).nullable(),
  record: recordSchema.optional(),
});
export type StoredMemberDescription = z.output<typeof memberSchema>;

export const ensembleSchema = sharedSchema.extend({
  format: z.literal('caloscope-ensemble'),
  members: z.int().positive(),
  /** SHA-256 of the file of each member, by name; missing in classifiers from before there were any. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)).optional(),
});

export function parsedDescription<Schema extends z.ZodType>(
  schema: Schema,
  text: string | undefined,
  path: string,
): z.output<Schema> {
  if (text === undefined) {
    throw new FileError(
      'ERR_CLASSIFIER',
      path,
      'this safetensors file was not written by caloscope: it has no description of its input',
    );
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new FileError('ERR_CLASSIFIER', path, 'its description is not JSON', { cause });
  }
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FileError(
    'ERR_CLASSIFIER',
    path,
    `its description is not sound (${issue?.path.join('.')}: ${issue?.message})`,
  );
}

/** What the files of one training have in common. */
export function sharedKey({ input, featureNames: names, training }: z.output<typeof sharedSchema>): string {
  return JSON.stringify([input, names, training]);
}
