import * as z from 'zod';
import { featureDefinitions } from '../native/contract/showers.js';
import { placeholdersOf } from './placeholders.js';

/** MeV of one unit of a stored energy. */
export const energyUnits = { eV: 1e-6, keV: 1e-3, MeV: 1, GeV: 1e3, TeV: 1e6 } as const;
export type EnergyUnit = keyof typeof energyUnits;

/**
 * What an axis of a dense dataset counts. `r` and `alpha` are rings and angular bins around the shower axis, `x` (columns) and
 * `y` (rows) the cells of a plain grid, `cell` those of a layer that has no grid; `voxel` numbers
 * them as the geometry does, or stands for the three axes of a detector in C order; `one` has length 1.
 */
export const axisNames = ['shower', 'layer', 'r', 'alpha', 'x', 'y', 'cell', 'voxel', 'one'] as const;
export type AxisName = (typeof axisNames)[number];

/** How the number was changed before it was stored. */
export const transforms = ['none', 'log10'] as const;

const text = z.string().min(1);
const length = z.int().positive();
const energyUnit = z.enum(Object.keys(energyUnits) as [EnergyUnit, ...EnergyUnit[]]);

const column = {
  dataset: text.describe('Path in the group: (N) or (N,1), or (N,k) with `column`.'),
  column: z.int().nonnegative().nullable().default(null).describe('Which column of a dataset (N,k).'),
  transform: z.enum(transforms).default('none').describe('log10: the logarithm is stored.'),
};

const inName = {
  placeholder: text.describe(
    'The number that the name of the voxel dataset has in place of this {placeholder}.',
  ),
};
const ofCondition = { name: text, label: text.nullable().default(null), unit: z.string().default('') };

const voxelDataset = z.strictObject({
  dataset: text.describe(
    'Path in the group. A number in it may be written {placeholder}: all datasets that fit are read, in order of the number.',
  ),
  axes: z
    .array(z.enum(axisNames))
    .min(2)
    .refine((axes) => axes[0] === 'shower', 'the first axis is the shower'),
  lengths: z
    .array(length)
    .nullable()
    .default(null)
    .describe('Lengths of all axes but the first; null where they are free.'),
});

const layoutShape = z.strictObject({
  $schema: text.optional(),
  kind: z.literal('showers').default('showers').describe('What the rows of the files are.'),
  name: text,
  groups: z
    .array(text)
    .default([])
    .describe('Groups in which the datasets may lie, the first that holds them; none: the root.'),
  incidentEnergies: z.union([
    z.strictObject({ ...column, unit: energyUnit }),
    z.strictObject({ ...inName, unit: energyUnit }),
  ]),
  voxels: z.strictObject({
    datasets: z.array(voxelDataset).min(1).describe('Side by side, in voxel order.'),
    unit: energyUnit,
    factor: z
      .number()
      .positive()
      .default(1)
      .describe('Energies are multiplied by it, e.g. 1/0.033 for a sampling fraction.'),
  }),
  conditions: z
    .array(
      z.union([z.strictObject({ ...ofCondition, ...column }), z.strictObject({ ...ofCondition, ...inName })]),
    )
    .default([])
    .describe('What the showers were made for, beside the incident energy.'),
  geometry: text
    .nullable()
    .default(null)
    .describe('Name of a geometry, or null where axes, or the number of voxels, tell it.'),
  definitions: z
    .enum(featureDefinitions)
    .default('calochallenge')
    .describe('Whose definitions of the published feature sets apply.'),
});

/** Where a shower file keeps what, and in which units: plain JSON, which crosses threads as it is. */
export const layoutSchema = layoutShape.superRefine(({ voxels, incidentEnergies, conditions }, context) => {
  const [first] = voxels.datasets;
  const placeholders = voxels.datasets.flatMap(({ dataset }) => placeholdersOf(dataset));
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', message, path: ['voxels', 'datasets'] });
  if (placeholders.length > 0 && voxels.datasets.length > 1)
    refuse('a placeholder needs the only voxel dataset');
  if (new Set(placeholders).size < placeholders.length) refuse('a placeholder occurs twice');
  for (const { dataset, axes, lengths } of voxels.datasets) {
    if (lengths && lengths.length !== axes.length - 1)
      refuse(`${dataset} has ${lengths.length} lengths for ${axes.length - 1} axes beside the shower`);
  }
  for (const number of [incidentEnergies, ...conditions]) {
    if ('placeholder' in number) {
      if (!placeholders.includes(number.placeholder))
        refuse(`{${number.placeholder}} is not in the name ${first?.dataset}`);
    } else if (placeholders.length > 0 || placeholdersOf(number.dataset).length > 0) {
      refuse(
        placeholders.length > 0
          ? `the voxels have a placeholder in their name, so ${number.dataset} cannot say which rows are whose: use a placeholder for it`
          : `${number.dataset}: only the name of the voxels may have a placeholder`,
      );
    }
  }
  const names = conditions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    context.addIssue({ code: 'custom', message: 'two conditions have one name', path: ['conditions'] });
  }
});

export type Layout = z.output<typeof layoutSchema>;
/** A layout as it is written: what has a default may be left out. */
export type LayoutDescription = z.input<typeof layoutSchema>;
export type VoxelDataset = Layout['voxels']['datasets'][number];
/** A number of each shower. */
export type ShowerNumber = Layout['incidentEnergies'] | Layout['conditions'][number];
/** One that has a dataset. */
export type StoredColumn = Extract<ShowerNumber, { readonly dataset: string }>;
