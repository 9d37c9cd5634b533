import * as z from 'zod';

const text = z.string().min(1);
const column = z.int().nonnegative();

const jetLayoutShape = z.strictObject({
  $schema: text.optional(),
  kind: z.literal('jets').describe('What the rows of the files are.'),
  name: text,
  particles: z
    .strictObject({
      dataset: text.describe('(N,P,k): P particles a jet, padded.'),
      eta: column.describe('Column of η − η(jet).'),
      phi: column.describe('Column of φ − φ(jet).'),
      pt: column.describe('Column of p_T/p_T(jet).'),
      mask: column
        .nullable()
        .default(null)
        .describe(
          'Column that is 0, or below ½, where there is no particle; null: where p_T is not above 0.',
        ),
    })
    .describe('Coordinates relative to the jet.'),
  jets: z
    .strictObject({ dataset: text.describe('(N,k).'), pt: column.describe('Column of p_T, in GeV.') })
    .nullable()
    .default(null)
    .describe('What is stored of whole jets; null: nothing.'),
});

/** Which columns of a file hold the particles of jets: plain JSON. */
export const jetLayoutSchema = jetLayoutShape.superRefine(({ particles }, context) => {
  const { eta, phi, pt, mask } = particles;
  const columns = [eta, phi, pt, ...(mask === null ? [] : [mask])];
  if (new Set(columns).size < columns.length) {
    context.addIssue({ code: 'custom', message: 'two of the columns are one', path: ['particles'] });
  }
});

export type JetLayout = z.output<typeof jetLayoutSchema>;
export type JetLayoutDescription = z.input<typeof jetLayoutSchema>;

const particles = { dataset: 'particle_features', eta: 0, phi: 1, pt: 2, mask: 3 } as const;

const descriptions = [
  // JetNet (arXiv:2106.11535), 30 or 150 particles; jet_features are p_T, η, mass, number of particles.
  { kind: 'jets', name: 'jetnet', particles, jets: { dataset: 'jet_features', pt: 0 } },
  { kind: 'jets', name: 'jetnet-particles', particles },
] as const satisfies readonly JetLayoutDescription[];

/** Held against a file in this order. */
export const publishedJetLayouts: readonly JetLayout[] = descriptions.map((one) =>
  jetLayoutSchema.parse(one),
);
