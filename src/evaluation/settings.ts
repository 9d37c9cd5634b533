import * as z from 'zod';
import { classifierSchema, ensembleSchema } from '../classifier/settings.js';

/** Options of an evaluation that decide its result. */
export const evaluationSchema = ensembleSchema.extend({
  /** Feature set that the classifiers see; a matrix has its own columns. */
  features: z
    .enum(['low', 'low-normalised', 'high'], { error: 'must be low, low-normalised or high' })
    .default('low'),
  /** Voxels below count as zero, in MeV; `published`: the readout threshold of the geometry, if it has one. */
  threshold: z
    .union([z.literal('published'), z.null(), z.number().nonnegative()], {
      error: 'must be a number of MeV from 0 on, null, or published',
    })
    .default('published'),
  /** How the logits of the members become one ln w. */
  ensembleRule: z
    .enum(['mean-logit', 'mean-probability', 'mean-weight'], {
      error: 'must be mean-logit, mean-probability or mean-weight',
    })
    .default('mean-logit'),
  /** Bounds on w; nothing is clipped by default. */
  clip: z
    .strictObject({ lower: z.number().nonnegative(), upper: z.number().positive() })
    .nullable()
    .default(null),
  classifier: classifierSchema.default(classifierSchema.parse({})),
});

export type EvaluationOptions = z.input<typeof evaluationSchema>;
export type EvaluationChoices = z.output<typeof evaluationSchema>;
