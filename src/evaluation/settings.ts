import * as z from 'zod';
import { foldsSchema, trainingSchema } from '../classifier/settings.js';
import { oneOf } from '../names.js';
import { ensembleRules } from '../native/contract/statistics.js';
import { usualEnsembleRule } from '../weights/density-ratio.js';
import { ownObservableSchema } from './own-observables.js';

/** Options of an evaluation that decide its result. */
export const evaluationSchema = trainingSchema.extend({
  folds: foldsSchema.default(5),
  /** How the logits of the members become one ln w. */
  ensembleRule: oneOf(ensembleRules).default(usualEnsembleRule),
  /** Bounds on w; nothing is clipped by default. */
  clip: z
    .strictObject({ lower: z.number().nonnegative(), upper: z.number().positive() })
    .refine(({ lower, upper }) => lower < upper, { error: 'needs a lower bound below the upper one' })
    .nullable()
    .default(null),
  /** Observables of the user's own, compared after the built-in ones. */
  observables: z.array(ownObservableSchema).readonly().default([]),
});

export type EvaluationOptions = z.input<typeof evaluationSchema>;
export type EvaluationChoices = z.output<typeof evaluationSchema>;
