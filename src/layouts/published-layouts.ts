import { caloganGrids } from '../geometry/published-geometries.js';
import type { Layout } from './schema.js';

/** The layouts of published files, in the order in which a file is held against them. */
export const publishedLayouts = [
  {
    name: 'calogan',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: caloganGrids.map(({ id, rows, columns }) => ({
      dataset: `layer_${id}`,
      rowShape: [rows, columns],
    })),
    geometry: 'calogan',
    definitions: 'calogan',
  },
  {
    name: 'calochallenge',
    incidentEnergies: { dataset: 'incident_energies', unit: 'MeV' },
    voxels: [{ dataset: 'showers', rowShape: null }],
    geometry: null,
    definitions: 'calochallenge',
  },
] as const satisfies readonly Layout[];

export type LayoutName = (typeof publishedLayouts)[number]['name'];
