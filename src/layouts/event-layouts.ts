import * as z from 'zod';
import { fewestDraws, ownDensitySchema } from './own-density.js';

const text = z.string().min(1);
const column = z
  .union([text, z.int().nonnegative()])
  .describe('Name of a column, or its number in the order of the frame, from 0 on.');

const eventObject = z.strictObject({
  name: text.describe('Short, for names of observables: j1.'),
  label: text.nullable().default(null).describe('For axis labels.'),
  columns: z
    .tuple([column, column, column, column])
    .describe('Energy and momentum: E, px, py, pz. E = 0: the object is absent.'),
  optional: z.boolean().default(false).describe('Whether events may lack the object.'),
  mass: z
    .boolean()
    .default(true)
    .describe('false: its mass is fixed, and neither compared nor given to classifiers.'),
});

const eventLayoutShape = z.strictObject({
  $schema: text.optional(),
  kind: z.literal('events').describe('What the rows of the files are.'),
  name: text,
  key: text.nullable().default(null).describe('Key of the frame of pandas; null: the only one in the file.'),
  unit: z.enum(['MeV', 'GeV', 'TeV']).describe('Of energies and momenta; results are in GeV.'),
  objects: z
    .array(eventObject)
    .min(1)
    .describe('In the order in which they are padded: those at the end are absent first.'),
  masses: z
    .array(z.array(text).min(2))
    .default([])
    .describe('Sets of objects whose invariant mass is compared and given to classifiers.'),
  weights: column
    .nullable()
    .default(null)
    .describe('Column with the weight of each event, of any sign; null: each counts 1.'),
  ownDensity: ownDensitySchema(
    z.union([
      z.array(column).min(fewestDraws),
      z
        .strictObject({ from: z.int().nonnegative() })
        .describe('All columns from this number on, in the order of the frame.'),
    ]),
    column,
  ),
});

/** Which columns of a frame hold which object: plain JSON. */
export const eventLayoutSchema = eventLayoutShape.superRefine(({ objects, masses }, context) => {
  const names = objects.map(({ name }) => name);
  const refuse = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path });
  if (new Set(names).size < names.length) refuse('two objects have one name', 'objects');
  if (!names.every((name) => /^\w+$/.test(name)))
    refuse('names of objects are letters, digits and _', 'objects');
  const strange = masses.flat().find((name) => !names.includes(name));
  if (strange !== undefined) refuse(`${strange} is none of the objects (${names.join(', ')})`, 'masses');
  if (masses.some((set) => new Set(set).size < set.length)) refuse('an object occurs twice', 'masses');
});

export type EventLayout = z.output<typeof eventLayoutSchema>;
export type EventLayoutDescription = z.input<typeof eventLayoutSchema>;
export type EventObject = EventLayout['objects'][number];

const fourColumns = (first: number): [number, number, number, number] => [
  first,
  first + 1,
  first + 2,
  first + 3,
];

const zJets = {
  // Section 5 of arXiv:2305.16774; the order is that of its loader (discriminator-metric, loaders/prec_inn.py).
  kind: 'events',
  name: 'z-jets',
  unit: 'GeV',
  objects: [
    { name: 'mu1', label: 'μ₁', columns: fourColumns(0), mass: false },
    { name: 'mu2', label: 'μ₂', columns: fourColumns(4), mass: false },
    { name: 'j1', label: 'j₁', columns: fourColumns(8), optional: true },
    { name: 'j2', label: 'j₂', columns: fourColumns(12), optional: true },
    { name: 'j3', label: 'j₃', columns: fourColumns(16), optional: true },
  ],
  masses: [['mu1', 'mu2']],
} as const satisfies EventLayoutDescription;

const descriptions: readonly EventLayoutDescription[] = [
  zJets,
  // Columns behind the momenta are draws of ln p of a Bayesian generator: known by its name only.
  { ...zJets, name: 'z-jets-bayesian', ownDensity: { draws: { from: 20 } } },
];

/** Held against a frame in this order. */
export const publishedEventLayouts: readonly EventLayout[] = descriptions.map((one) =>
  eventLayoutSchema.parse(one),
);
