import * as z from 'zod';
import { trainingSchema } from '../classifier/settings.js';
import { ownObservableSchema } from './own-observables.js';

/** Options of an evaluation that decide its result. */
export const evaluationSchema = trainingSchema.extend({
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
