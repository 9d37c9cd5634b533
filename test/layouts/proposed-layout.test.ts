import { describe, expect, it } from 'vitest';
import { type KnownDataset, proposedLayout } from '#caloscope/layouts/proposed-layout';
import { layoutSchema } from '#caloscope/layouts/schema';

const dataset = (
  path: string,
  shape: readonly number[],
  attributes: KnownDataset['attributes'] = {},
): KnownDataset => ({ path, shape, attributes });

describe('a layout to begin with', () => {
  it.each([
    [
      'flat voxels beside energies',
      [
        dataset('/energies', [100]),
        dataset('/showers', [100, 6480], { units: 'GeV' }),
        dataset('/shape', [3]),
      ],
      {
        name: 'mine',
        incidentEnergies: { dataset: 'energies', unit: 'MeV' },
        voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'voxel'] }], unit: 'GeV' },
        conditions: [],
      },
    ],
    [
      'images in a group, with an angle',
      [
        dataset('/train/theta', [20], { unit: 'rad' }),
        dataset('/train/ECAL', [20, 25, 1, 25, 25]),
        dataset('/train/energy', [20, 1], { unit: 'GeV' }),
        dataset('/energy', [20]),
        dataset('/test/ECAL', [5, 25, 25, 25]),
      ],
      {
        name: 'mine',
        groups: ['train'],
        incidentEnergies: { dataset: 'energy', unit: 'GeV' },
        voxels: { datasets: [{ dataset: 'ECAL', axes: ['shower', 'layer', 'one', 'x', 'y'] }], unit: 'MeV' },
        conditions: [{ name: 'theta', dataset: 'theta', unit: 'rad' }],
      },
    ],
    [
      'cells, with the energy in a table of the particle',
      [dataset('/gen_info', [9, 3]), dataset('/cells', [9, 28, 60])],
      {
        name: 'mine',
        incidentEnergies: { dataset: 'gen_info', column: 0, unit: 'MeV' },
        voxels: { datasets: [{ dataset: 'cells', axes: ['shower', 'layer', 'cell'] }], unit: 'MeV' },
        conditions: [],
      },
    ],
  ])('%s', (_, datasets, expected) => {
    const proposal = proposedLayout(datasets);
    expect(proposal).toEqual(expected);
    expect(layoutSchema.safeParse(proposal).success).toBe(true);
  });

  it.each([
    ['points', [dataset('/events', [20, 60, 4]), dataset('/energy', [20, 1])]],
    ['points, fields first', [dataset('/events', [20, 4, 6000]), dataset('/energy', [20, 1])]],
    ['directions alone', [dataset('/directions', [20, 3]), dataset('/energies', [20, 1])]],
    ['voxels without an energy', [dataset('/showers', [20, 600]), dataset('/label', [20])]],
    ['an energy for other rows', [dataset('/showers', [20, 600]), dataset('/energy', [10])]],
    ['nothing', []],
  ])('%s are none', (_, datasets) => {
    expect(proposedLayout(datasets)).toBeNull();
  });
});
