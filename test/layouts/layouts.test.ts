import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { layoutJsonSchema } from '#caloscope/layouts/json-schema';
import { layoutNames } from '#caloscope/layouts/kinds-of-layouts';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import {
  findLayout,
  type NamedObjects,
  pathIn,
  recognizeLayout,
  requiredDatasets,
} from '#caloscope/layouts/recognition';
import { type Layout, layoutSchema } from '#caloscope/layouts/schema';

/** A file with these objects, named by their paths. */
function fileWith(paths: readonly string[]): NamedObjects {
  const steps = paths.map((path) => path.split('/').filter((step) => step !== ''));
  return {
    names: (group) => {
      const place = group.split('/').filter((step) => step !== '');
      const below = steps.filter((path) => place.every((step, i) => path[i] === step));
      return new Set(below.flatMap((path) => path.slice(place.length, place.length + 1)));
    },
    groupsWithShowers: () => [],
  };
}

/** The datasets of a layout as a file names them, numbers being 64 where a name has them. */
function pathsOf(layout: Layout): string[] {
  const group = layout.groups[0] ?? '/';
  return requiredDatasets(layout).map((dataset) => pathIn(group, dataset.replace(/\{\w+\}/, '64')));
}

it.each(publishedLayouts())('the layout $name is plain data', (layout) => {
  expect(layoutSchema.parse(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
  expect(structuredClone(layout)).toEqual(layout);
});

it.each(publishedLayouts())(
  'the layout $name is recognized by its datasets, and only with all of them',
  (layout) => {
    const paths = pathsOf(layout);
    const group = layout.groups[0] ?? '/';
    const found = recognizeLayout(publishedLayouts(), fileWith([...paths, '/more']), null, null);
    // Of layouts with the same names the shapes decide, which are looked at later.
    const named = (one: Layout) => [...one.groups, ...requiredDatasets(one).sort()].join();
    const first = publishedLayouts().find((one) => named(one) === named(layout));
    expect(found).toEqual({ layout: first, group });
    for (const missing of paths) {
      const others = paths.filter((path) => path !== missing);
      expect(findLayout([layout], fileWith(others), null)).toBeNull();
      expect(() => recognizeLayout([layout], fileWith(others), null, null)).toThrow(
        expect.objectContaining({ code: 'ERR_DATASET_MISSING' }),
      );
    }
  },
);

it('a file of another layout is told that whose datasets it has most of, or all layouts', () => {
  const names = (paths: readonly string[]) => () =>
    recognizeLayout(publishedLayouts(), fileWith(paths), null, null);
  expect(names(['/energy', '/layer_0', '/layer_1'])).toThrow(/layer_2 of the calogan layout is missing/);
  // `energy` alone is no reason to think of layers.
  expect(names(['/energy', '/ECAL'])).toThrow(
    new RegExp(
      `${publishedLayouts()
        .map(({ name }) => name)
        .join(', ')}.*found are energy, ECAL.*--layout`,
    ),
  );
});

it.each([
  [{ incidentEnergies: { dataset: 'energy', unit: 'J' } }, 'incidentEnergies'],
  [{ incidentEnergies: { placeholder: 'energy', unit: 'MeV' } }, '{energy} is not in the name showers'],
  [
    { fileName: 'E{e}', incidentEnergies: { placeholder: 'energy', unit: 'MeV' } },
    '{energy} is not in the name showers or E{e}',
  ],
  [{ incidentEnergies: { attribute: 'energy', unit: 'MeV' } }, 'energy is an attribute'],
  [{ fileName: 'E256' }, 'there is no {placeholder} in it'],
  [{ fileName: 'E{e}_{e}' }, 'a placeholder occurs twice'],
  [{ voxels: { datasets: [], unit: 'MeV' } }, 'voxels'],
  [{ voxels: { datasets: [{ dataset: 'showers', axes: ['layer', 'shower'] }], unit: 'MeV' } }, 'first axis'],
  [{ voxels: { datasets: [{ dataset: 's', axes: ['shower', 'q'] }], unit: 'MeV' } }, 'axes'],
  [
    { voxels: { datasets: [{ dataset: 's', axes: ['shower', 'voxel'], lengths: [0] }], unit: 'MeV' } },
    'lengths',
  ],
  [
    {
      voxels: { datasets: [{ dataset: 'data_{a}', axes: ['shower', 'voxel'] }], unit: 'MeV' },
      conditions: [{ name: 'a', placeholder: 'a' }],
    },
    'incident_energies cannot say which rows are whose',
  ],
  [
    { conditions: [{ name: 'a', dataset: 'angle_{a}' }] },
    'only the name of the voxels may have a placeholder',
  ],
  [
    {
      conditions: [
        { name: 'a', dataset: 'a' },
        { name: 'a', dataset: 'b' },
      ],
    },
    'two conditions have one name',
  ],
  [{ definitions: 'others' }, 'definitions'],
  [{ more: 1 }, 'more'],
])('a layout with %j is not sound', (change, where) => {
  const { error } = layoutSchema.safeParse({ ...publishedLayouts()[1], ...change });
  expect(JSON.stringify(error?.issues)).toContain(where);
});

it('the published schema is that of the descriptions', async () => {
  const schema = await readFile(new URL('../../schemas/layout-1.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(schema)).toEqual(JSON.parse(JSON.stringify(layoutJsonSchema())));
});

it('the documentation lists the published layouts in their order', async () => {
  const page = await readFile(new URL('../../docs/layouts.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Published layouts');
  const rows = (section.split('\n## ')[0] as string).matchAll(/^\| `([^`]+)` \|/gm);
  expect([...rows].map(([, name]) => name)).toEqual(layoutNames);
});
