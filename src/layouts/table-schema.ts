import * as z from 'zod';
import { ownDensitySchema } from './own-density.js';

const text = z.string().min(1);

/** Which columns of a table of numbers are what: plain JSON. */
export const tableLayoutSchema = z
  .strictObject({
    $schema: text.optional(),
    kind: z.literal('table').describe('A table: NumPy (.npy, .npz), Parquet, CSV.'),
    name: text,
    columns: z
      .array(text)
      .min(1)
      .nullable()
      .default(null)
      .describe('The columns that are read, by name and in this order; null: all.'),
    conditions: z
      .array(
        z.strictObject({ name: text, label: text.nullable().default(null), unit: z.string().default('') }),
      )
      .default([])
      .describe(
        'Columns that say what the rows were made for: they are read by classifiers, and not compared as observables.',
      ),
    weights: text
      .nullable()
      .default(null)
      .describe(
        'Column with the weight of each row, of any sign, which classifiers do not read; null: each counts 1.',
      ),
    ownDensity: ownDensitySchema(
      z.array(text).min(1).describe('Columns by name; the name of an array stands for all its columns.'),
      text,
    ),
  })
  .superRefine(({ columns, conditions, weights }, context) => {
    const names = conditions.map(({ name }) => name);
    for (const list of [columns ?? [], names]) {
      const twice = list.find((name, i) => list.indexOf(name) < i);
      if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} is named twice` });
    }
    if (weights !== null && [...(columns ?? []), ...names].includes(weights))
      context.addIssue({
        code: 'custom',
        message: `${weights} holds weights, and cannot be a column or a condition too`,
      });
    const missing = columns && names.find((name) => !columns.includes(name));
    if (missing)
      context.addIssue({ code: 'custom', message: `the condition ${missing} is none of the columns` });
  });

export type TableLayout = z.output<typeof tableLayoutSchema>;

export const publishedTableLayouts: readonly TableLayout[] = [
  tableLayoutSchema.parse({ kind: 'table', name: 'table' }),
];
