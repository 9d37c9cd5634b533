import { expect, it } from 'vitest';
import { publishedLayouts } from '#caloscope/layouts/published-layouts';
import { recogniseLayout, requiredDatasets } from '#caloscope/layouts/recognition';
import { layoutSchema } from '#caloscope/layouts/schema';

it.each(publishedLayouts)('the layout $name is plain data', (layout) => {
  expect(layoutSchema.parse(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
  expect(structuredClone(layout)).toEqual(layout);
});

it.each(publishedLayouts)(
  'the layout $name is recognised by its datasets, and only with all of them',
  (layout) => {
    const names = requiredDatasets(layout);
    expect(recogniseLayout(publishedLayouts, new Set([...names, 'more']), null, [])).toBe(layout);
    for (const missing of names.slice(1)) {
      const others = new Set(names.filter((name) => name !== missing));
      expect(() => recogniseLayout(publishedLayouts, others, layout, [])).toThrow(missing);
    }
  },
);

it.each([
  { incidentEnergies: { dataset: 'energy', unit: 'TeV' } },
  { voxels: [] },
  { voxels: [{ dataset: 'showers', rowShape: [0] }] },
  { definitions: 'others' },
  { more: 1 },
])('a layout with %j is not sound', (change) => {
  expect(layoutSchema.safeParse({ ...publishedLayouts[1], ...change }).success).toBe(false);
});
