import * as z from 'zod';
import { whole } from '../classifier/network-settings.js';
import { trainingSchema } from '../classifier/settings.js';
import { oneOf } from '../names.js';
import { calibrationMethods } from '../native/contract/calibration.js';
import { ownObservableSchema } from './own-observables.js';

/** Bins of a condition, at most. */
export const mostConditionBins = 50;

/** Options of an evaluation that decide its result. */
export const evaluationSchema = trainingSchema.extend({
  /**
   * How often labels are permuted and everything is trained again, for a p-value that is exact whatever the learners are,
   * (1 + reached)/(R + 1). 0: the p-value of the normal distribution.
   */
  permutations: z
    .int({ error: 'must be a whole number from 0 on' })
    .min(0, { error: 'must be a whole number from 0 on' })
    .max(1_000_000, { error: 'must be at most 1000000' })
    .default(0),
  /**
   * Calibration of ln w, each row by a map that was fitted to the other folds; weights and reweighted histograms are made with it. AUC,
   * ROC and tests stay those of the raw scores. null: none.
   */
  calibration: oneOf(calibrationMethods).nullable().default(null),
  /** Trainings with seeds of their own, for the spread of the AUC; the result is that of the first. */
  repeats: whole(1, 1000).default(1),
  /** Bounds on w; nothing is clipped by default. */
  clip: z
    .strictObject({ lower: z.number().nonnegative(), upper: z.number().positive() })
    .refine(({ lower, upper }) => lower < upper, { error: 'needs a lower bound below the upper one' })
    .nullable()
    .default(null),
  /** Windows of w whose showers are looked at: [lower, upper), null for no bound. arXiv:2305.16774 has w < 0.1 and w > 2. */
  windows: z
    .array(
      z
        .strictObject({ lower: z.number().nonnegative().nullable(), upper: z.number().positive().nullable() })
        .refine(({ lower, upper }) => lower === null || upper === null || lower < upper, {
          error: 'needs a lower bound below the upper one',
        }),
      { error: 'must be a list of { lower, upper }' },
    )
    .max(10, { error: 'must be at most ten' })
    .readonly()
    .default([
      { lower: null, upper: 0.1 },
      { lower: 2, upper: null },
    ]),
  /**
   * Conditions in whose bins AUC, weights and observables are compared: `energy`, or the name of another; all unless some are
   * named. `bins` of equally many rows; null: one for each value, or as many as the rows allow.
   */
  by: z
    .array(
      z.strictObject({
        condition: z.string().min(1),
        bins: whole(2, mostConditionBins).nullable().default(null),
      }),
      { error: 'must be a list of { condition, bins }' },
    )
    .refine((list) => new Set(list.map(({ condition }) => condition)).size === list.length, {
      error: 'must name each condition once',
    })
    .readonly()
    .nullable()
    .default(null),
  /** Observables of the user's own, compared after the built-in ones. */
  observables: z.array(ownObservableSchema).readonly().default([]),
});

export type EvaluationOptions = z.input<typeof evaluationSchema>;
export type EvaluationChoices = z.output<typeof evaluationSchema>;
