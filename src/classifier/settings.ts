import * as z from 'zod';
import { ArgumentError } from '../errors.js';
import { didYouMean, oneOf } from '../names.js';
import { type LearnerName, learnerNames } from '../native/contract/ensembles.js';
import { featureSetNames } from '../native/contract/showers.js';
import type { HeldOutSplit } from '../native/contract/training.js';
import { repeatedPolicies } from '../samples/repeated-rows.js';
import { type RowSelection, selectionsSchema } from '../samples/selected-rows.js';
import { type ClassifierSettings, classifierSchema, whole } from './network-settings.js';
import { presetNames, presets } from './presets.js';

const shares = 'must have three shares train, validation and test, above 0, that sum to 1';
const part = z.number({ error: shares }).gt(0, { error: shares }).lt(1, { error: shares });

/** Shares of the rows of each sample in place of folds. */
export const splitSchema = z
  .strictObject({ train: part, validation: part, test: part }, { error: shares })
  .refine(({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-9, { error: shares });

/** What a cross-fitting is told; saved with the classifier. */
export interface CrossFittingPlan {
  /** Which rows of the samples it has; none named: all. */
  readonly select: readonly RowSelection[];
  readonly folds: number;
  /** Not null: in place of folds. */
  readonly split: HeldOutSplit | null;
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
   * Conditions beside the incident energy, such as angles, that classifiers read: those that vary in the samples, none, or
   * these by name.
   */
  conditions: z
    .union([z.enum(['varying', 'none']), z.array(z.string().min(1)).readonly()], {
      error: 'must be varying, none, or a list of names',
    })
    .default('varying'),
  /**
   * Rows are drawn into so many folds, and every learner is fitted once for each pair of folds, to the rows outside of
   * them: what is said of a row comes from members that never saw it, and their weights from members that saw neither.
   */
  folds: whole(3, 100).default(5),
  /**
   * In place of folds: rows are drawn into three parts, to train with, to choose epoch and sum of the learners with, and to
   * test with. The rows of the last part are all that is scored and compared; the null of their test is exact. null: folds.
   */
  split: splitSchema.nullable().default(null),
  /** Architecture, features and training of a published classifier; what is set beside it goes before. */
  preset: oneOf(presetNames).nullable().default(null),
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
   * Rows whose conditions are all as named: `energy` (MeV) or another, from a number to a number, both ends included, or of
   * some values. Of both samples; rows keep the numbers that they have in the files.
   */
  select: selectionsSchema.default([]),
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
    const within = issue.path.reduce<z.ZodType | undefined>(stepInto, schema);
    const advice = didYouMean(issue.keys[0] as string, optionsOf(within));
    throw new ArgumentError('ERR_ARGUMENT', `there is no option ${issue.keys.join(', ')}${advice}`);
  }
  throw new ArgumentError('ERR_ARGUMENT', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** The object behind what may be left out. */
function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  const inner = schema as { unwrap?: () => z.ZodType } | undefined;
  return inner?.unwrap ? unwrapped(inner.unwrap()) : schema;
}

function stepInto(schema: z.ZodType | undefined, key: PropertyKey): z.ZodType | undefined {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? (inner.shape as Record<PropertyKey, z.ZodType>)[key] : undefined;
}

function optionsOf(schema: z.ZodType | undefined): string[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Options of a training with those of its preset, checked; the error names the first that is wrong. */
export function trainingChoices<Schema extends z.ZodType>(
  schema: Schema,
  options: TrainingOptions,
): z.output<Schema> {
  const { preset, split, folds, classifier } = options;
  if (split && (folds !== undefined || classifier?.validationFraction !== undefined)) {
    const other = folds === undefined ? 'classifier.validationFraction' : 'folds';
    throw new ArgumentError(
      'ERR_ARGUMENT',
      `split: there are no folds with a split; leave out split or ${other}`,
    );
  }
  if (preset === undefined || preset === null) return parseOptions(schema, options);
  parseOptions(trainingSchema.pick({ preset: true }), { preset });
  const { classifier: published, ...others } = presets[preset].options;
  // Folds that are asked for take the place of the split.
  const rest = folds === undefined ? others : { ...others, split: null };
  const all = {
    ...rest,
    ...withoutUndefined(options),
    classifier: { ...published, ...withoutUndefined(classifier) },
  };
  return parseOptions(schema, all);
}

function withoutUndefined(options: object | undefined): object {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}

/** `a split of 60/20/20`, in percent. */
export function splitText({ train, validation, test }: HeldOutSplit): string {
  const percent = (share: number) => Number((100 * share).toFixed(2));
  return `a split of ${percent(train)}/${percent(validation)}/${percent(test)}`;
}

/** Rows of each sample that one member is fitted to or stopped by, as a share. */
export function seenShare({ split, folds }: Pick<CrossFittingPlan, 'split' | 'folds'>): number {
  return split ? split.train + split.validation : (folds - 2) / folds;
}
