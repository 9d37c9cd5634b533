import * as z from 'zod';

/** Draws that tell a spread. */
export const fewestDraws = 3;

const inWords = {
  draws:
    'ln p of the generator for each row, drawn that often from the weights of its Bayesian network; up to a constant.',
  spread: 'Standard deviation of that ln p, where draws were not kept.',
  all: 'How well a Bayesian generator knows its own density, in files that hold it; for pulls. null: not looked for.',
} as const;

/** What describes the generator's own densities, in a kind of layout. */
export function ownDensitySchema<Draws extends z.ZodType, Spread extends z.ZodType>(
  draws: Draws,
  spread: Spread,
) {
  return z
    .union([
      z.strictObject({ draws: draws.describe(inWords.draws) }),
      z.strictObject({ spread: spread.describe(inWords.spread) }),
    ])
    .nullable()
    .default(null)
    .describe(inWords.all);
}
