import * as z from 'zod';
import { featureDefinitions } from '../native/contract/showers.js';
import { ownDensitySchema } from './own-density.js';
import { placeholdersOf } from './placeholders.js';
import { type EnergyUnit, energyUnits, type LengthUnit, lengthUnits } from './units.js';

/**
 * What an axis of a dense dataset counts. `r` and `alpha` are rings and angular bins around the shower axis, `x` (columns) and
 * `y` (rows) the cells of a plain grid, `cell` those of a layer that has no grid; `voxel` numbers
 * them as the geometry does, or stands for the three axes of a detector in C order; `one` has length 1.
 */
export const axisNames = ['shower', 'layer', 'r', 'alpha', 'x', 'y', 'cell', 'voxel', 'one'] as const;
export type AxisName = (typeof axisNames)[number];

/**
 * What a point says: its place across the shower axis (`x`, `y`), its `layer` or its `z` along it, its `energy`, its `time`; `mask`
 * is 0 for points that are none; `other` is not read.
 */
export const pointQuantities = ['x', 'y', 'z', 'layer', 'energy', 'time', 'mask', 'other'] as const;
export type PointQuantity = (typeof pointQuantities)[number];

/** What an axis of a dataset of padded points counts. */
export const pointAxes = ['shower', 'point', 'quantity', 'one'] as const;
export type PointAxis = (typeof pointAxes)[number];

/** How the number was changed before it was stored. */
export const transforms = ['none', 'log10', 'norm'] as const;

const text = z.string().min(1);
const length = z.int().positive();
const energyUnit = z.enum(Object.keys(energyUnits) as [EnergyUnit, ...EnergyUnit[]]);

const column = {
  dataset: text.describe('Path in the group: (N) or (N,1), or (N,k) with `column`.'),
  column: z.int().nonnegative().nullable().default(null).describe('Which column of a dataset (N,k).'),
  transform: z
    .enum(transforms)
    .default('none')
    .describe('log10: the logarithm is stored; norm: a vector is, whose length is meant.'),
};

const inName = {
  placeholder: text.describe(
    'The number that the name of the voxel dataset, or of the file, has in place of this {placeholder}.',
  ),
};
const inGroup = {
  attribute: text.describe(
    'The number that the group of each shower has as this attribute; of points in groups.',
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

const factor = z
  .number()
  .positive()
  .default(1)
  .describe('Energies are multiplied by it, e.g. 1/0.033 for a sampling fraction.');

const ofPoints = {
  unit: energyUnit.describe('Of the energies of points.'),
  factor,
  lengthUnit: z
    .enum(Object.keys(lengthUnits) as [LengthUnit, ...LengthUnit[]])
    .default('mm')
    .describe('Of x, y and z; voxel: they are numbers of cells.'),
};
const quantities = z.array(z.enum(pointQuantities)).min(1);

const paddedPoints = z.strictObject({
  kind: z.literal('padded'),
  dataset: text.describe(
    'Path in the group. A point without energy is none, unless there is a mask or a count.',
  ),
  axes: z
    .array(z.enum(pointAxes))
    .nullable()
    .default(null)
    .describe('In stored order; null: the axis of points is known from the number of quantities.'),
  quantities: quantities.describe('What a point holds, in stored order.'),
  count: text
    .nullable()
    .default(null)
    .describe(
      'Dataset with the number of points of each shower; they come first unless `packed` says otherwise.',
    ),
  packed: z
    .enum(['front', 'end', 'anywhere'])
    .default('front')
    .describe('Where the points lie that `count` counts; anywhere: those with energy are points.'),
  ...ofPoints,
});

const sequencesOfPoints = z.strictObject({
  kind: z.literal('sequences'),
  dataset: text.describe(
    'Path in the group: a sequence of numbers a shower, of any length, point after point.',
  ),
  quantities: quantities.describe('What a point holds, in stored order.'),
  stride: text
    .nullable()
    .default(null)
    .describe(
      'Dataset whose last number says how many of the quantities are stored, the first ones; null: all.',
    ),
  ...ofPoints,
});

const pointNumber = z.strictObject({
  dataset: text.describe('Path in the group: (S) or (S,1), or (S,k) with `column`.'),
  column: z.int().nonnegative().nullable().default(null),
});

const flatPoints = z.strictObject({
  kind: z.literal('flat'),
  showers: text.describe('Dataset with the number of each shower.'),
  shower: text.describe(
    'Dataset with the number of the shower of each point; points of a shower lie together, in the order of showers.',
  ),
  quantities: z
    .partialRecord(z.enum(pointQuantities), pointNumber)
    .describe('Where each quantity of a point is.'),
  ...ofPoints,
});

const groupsOfPoints = z.strictObject({
  kind: z.literal('groups'),
  group: text.describe(
    'Path of the groups, one a shower, with the number of the shower written {placeholder}: {shower}. They are read in order of the number.',
  ),
  quantities: z
    .partialRecord(z.enum(pointQuantities), pointNumber)
    .describe('Where in the group of a shower each quantity of its points is.'),
  ...ofPoints,
});

const points = z.discriminatedUnion('kind', [paddedPoints, sequencesOfPoints, flatPoints, groupsOfPoints]);

const layoutShape = z.strictObject({
  $schema: text.optional(),
  kind: z.literal('showers').default('showers').describe('What the rows of the files are.'),
  name: text,
  fileName: text
    .nullable()
    .default(null)
    .describe(
      'A part of the name of each file, with numbers in it written {placeholder}: E{energy}_angle_{theta}.',
    ),
  groups: z
    .array(text)
    .default([])
    .describe('Groups in which the datasets may lie, the first that holds them; none: the root.'),
  incidentEnergies: z.union([
    z.strictObject({ ...column, unit: energyUnit }),
    z.strictObject({ ...inName, unit: energyUnit }),
    z.strictObject({ ...inGroup, unit: energyUnit }),
  ]),
  voxels: z
    .strictObject({
      datasets: z.array(voxelDataset).min(1).describe('Side by side, in voxel order.'),
      unit: energyUnit,
      factor,
    })
    .optional()
    .describe('Showers as voxels; or `points`.'),
  points: points.optional().describe('Showers as points, which a geometry bins into voxels.'),
  conditions: z
    .array(
      z.union([
        z.strictObject({ ...ofCondition, ...column }),
        z.strictObject({ ...ofCondition, ...inName }),
        z.strictObject({ ...ofCondition, ...inGroup }),
      ]),
    )
    .default([])
    .describe('What the showers were made for, beside the incident energy.'),
  ownDensity: ownDensitySchema(
    text.describe('Dataset in the group, (N,draws).'),
    z.strictObject({ dataset: column.dataset, column: column.column }),
  ),
  cellWeights: z
    .boolean()
    .default(false)
    .describe('Whether energies are multiplied by the weights of the cells, a column of the table of cells.'),
  geometry: text
    .nullable()
    .default(null)
    .describe('Name of a geometry, or null where axes, or the number of voxels, tell it.'),
  definitions: z
    .enum(featureDefinitions)
    .default('calochallenge')
    .describe('Whose definitions of the published feature sets apply.'),
});

/** What is wrong with a description of points. */
function pointProblems(described: z.output<typeof points>): string[] {
  const named = Array.isArray(described.quantities)
    ? described.quantities
    : (Object.keys(described.quantities) as PointQuantity[]);
  const read = named.filter((one) => one !== 'other');
  const missing = (['x', 'y', 'energy'] as const).filter((one) => !named.includes(one));
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`points have no ${missing.join(', no ')}`);
  if (!named.includes('layer') && !named.includes('z')) problems.push('points have neither layer nor z');
  if (new Set(read).size < read.length) problems.push('a quantity of points is named twice');
  if (described.kind === 'groups') problems.push(...groupProblems(described));
  if (described.kind !== 'padded') return problems;
  if (described.count !== null && named.includes('mask'))
    problems.push('points have a count or a mask, not both');
  if (described.count === null && described.packed !== 'front') problems.push('packed needs a count');
  const { axes } = described;
  const counted = axes?.filter((axis) => axis !== 'one') ?? [];
  if (axes && (counted.length !== 3 || new Set(counted).size !== 3))
    problems.push('axes are shower, point and quantity, each once, and any number of one');
  return problems;
}

function groupProblems({ group, quantities: named }: z.output<typeof groupsOfPoints>): string[] {
  const inside = Object.values(named).find(({ dataset }) => placeholdersOf(dataset).length > 0);
  return [
    ...(placeholdersOf(group).length === 0
      ? [`there is no {placeholder} in the name ${group} of the groups`]
      : []),
    ...(inside ? [`${inside.dataset}: only the name of the groups may have a placeholder`] : []),
  ];
}

/** Where a shower file keeps what, and in which units: plain JSON, which crosses threads as it is. */
export const layoutSchema = layoutShape.superRefine((layout, context) => {
  const { voxels, points: ofShowers, incidentEnergies, conditions } = layout;
  if ((voxels === undefined) === (ofShowers === undefined)) {
    context.addIssue({
      code: 'custom',
      message: 'showers are voxels or points: describe one of the two',
      path: [],
    });
  }
  if (ofShowers) {
    for (const message of pointProblems(ofShowers))
      context.addIssue({ code: 'custom', message, path: ['points'] });
  }
  const datasets = voxels?.datasets ?? [];
  const [first] = datasets;
  const placeholders = datasets.flatMap(({ dataset }) => placeholdersOf(dataset));
  const ofFile = placeholdersOf(layout.fileName ?? '');
  const all = [...placeholders, ...ofFile];
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', message, path: ['voxels', 'datasets'] });
  if (placeholders.length > 0 && datasets.length > 1) refuse('a placeholder needs the only voxel dataset');
  if (new Set(all).size < all.length) refuse('a placeholder occurs twice');
  if (layout.fileName !== null && ofFile.length === 0)
    context.addIssue({ code: 'custom', message: 'there is no {placeholder} in it', path: ['fileName'] });
  for (const { dataset, axes, lengths } of datasets) {
    if (lengths && lengths.length !== axes.length - 1)
      refuse(`${dataset} has ${lengths.length} lengths for ${axes.length - 1} axes beside the shower`);
  }
  for (const number of [incidentEnergies, ...conditions]) {
    const inGroups = ofShowers?.kind === 'groups';
    if ('attribute' in number) {
      if (!inGroups) refuse(`${number.attribute} is an attribute, which only points in groups have`);
    } else if (inGroups && 'dataset' in number) {
      refuse(
        `${number.dataset} has a number for each shower; where every shower has a group, its attributes have them`,
      );
    } else if ('placeholder' in number) {
      if (!all.includes(number.placeholder)) {
        const names = [first?.dataset, layout.fileName].filter(Boolean).join(' or ');
        refuse(`{${number.placeholder}} is not in the name ${names || 'of the voxels'}`);
      }
    } else if (placeholders.length > 0 || placeholdersOf(number.dataset).length > 0) {
      refuse(
        placeholders.length > 0
          ? `the voxels have a placeholder in their name, so ${number.dataset} cannot say which rows are whose: use a placeholder for it`
          : `${number.dataset}: only the name of the voxels may have a placeholder`,
      );
    }
  }
  if (layout.ownDensity !== null && ofShowers?.kind === 'groups')
    refuse('points in groups cannot have ownDensity, which is a dataset of all showers');
  if (layout.ownDensity !== null && placeholders.length > 0)
    refuse('the voxels have a placeholder in their name, so ownDensity cannot say which rows are whose');
  const names = conditions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    context.addIssue({ code: 'custom', message: 'two conditions have one name', path: ['conditions'] });
  }
});

export type Layout = z.output<typeof layoutSchema>;
/** A layout as it is written: what has a default may be left out. */
export type LayoutDescription = z.input<typeof layoutSchema>;
export type VoxelLayout = NonNullable<Layout['voxels']>;
export type VoxelDataset = VoxelLayout['datasets'][number];
export type PointLayout = NonNullable<Layout['points']>;
/** A number of each shower. */
export type ShowerNumber = Layout['incidentEnergies'] | Layout['conditions'][number];
/** One that has a dataset. */
export type StoredColumn = Extract<ShowerNumber, { readonly dataset: string }>;

export type PaddedPointLayout = Extract<PointLayout, { readonly kind: 'padded' }>;
export type SequencePointLayout = Extract<PointLayout, { readonly kind: 'sequences' }>;
export type GroupPointLayout = Extract<PointLayout, { readonly kind: 'groups' }>;
export type FlatPointLayout = Extract<PointLayout, { readonly kind: 'flat' }>;
