import { caloganGrids } from '../geometry/published-geometries.js';
import { type Layout, type LayoutDescription, layoutSchema, type VoxelDataset } from './schema.js';

const gridOfIld = {
  dataset: 'layers',
  axes: ['shower', 'layer', 'x', 'y'],
} satisfies Partial<VoxelDataset>;

/** The depth is second, the rows of the 4 are x, layer, z, E. */
const cloudOfIld = {
  kind: 'padded',
  dataset: 'events',
  quantities: ['x', 'layer', 'y', 'energy'],
  unit: 'GeV',
} satisfies LayoutDescription['points'];

const stepsInTime = {
  kind: 'padded',
  dataset: 'events',
  axes: ['shower', 'point', 'quantity'],
  quantities: ['x', 'y', 'layer', 'time', 'energy'],
  unit: 'GeV',
} satisfies LayoutDescription['points'];

function momentum(dataset: string) {
  return ['x', 'y', 'z'].map((axis, column) => ({
    name: `momentum ${axis}`,
    label: `p_${axis}`,
    unit: 'GeV',
    dataset,
    column,
  }));
}

/**
 * The layouts of published files, in the order in which a file is held against them: what needs more datasets comes first.
 * Names and units are those of the loaders that the authors publish.
 */
const descriptions = [
  {
    name: 'calogan',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: {
      datasets: caloganGrids.map(({ id, rows, columns }) => ({
        dataset: `layer_${id}`,
        axes: ['shower', 'y', 'x'],
        lengths: [rows, columns],
      })),
      unit: 'MeV',
    },
    geometry: 'calogan',
    definitions: 'calogan',
  },
  {
    name: 'calochallenge',
    incidentEnergies: { dataset: 'incident_energies', unit: 'MeV' },
    voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'voxel'] }], unit: 'MeV' },
  },
  {
    name: 'lemurs',
    incidentEnergies: { dataset: 'incident_energy', unit: 'MeV' },
    voxels: {
      datasets: [{ dataset: 'showers', axes: ['shower', 'r', 'alpha', 'layer'] }],
      unit: 'MeV',
    },
    conditions: [
      { name: 'theta', label: 'θ', unit: 'rad', dataset: 'incident_theta' },
      { name: 'phi', label: 'φ', unit: 'rad', dataset: 'incident_phi' },
    ],
  },
  {
    name: 'two-angle-bib-ae',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: { datasets: [gridOfIld], unit: 'MeV' },
    conditions: [
      { name: 'theta', label: 'θ', dataset: 'theta' },
      { name: 'phi', label: 'φ', dataset: 'phi' },
    ],
  },
  {
    name: 'ild-photons',
    groups: ['30x30', '25x25', '10x10'],
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: { datasets: [gridOfIld], unit: 'MeV' },
  },
  {
    name: 'ild-pions',
    groups: ['ecal_hcal', 'hcal_only', 'ecal'],
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    voxels: { datasets: [gridOfIld], unit: 'MeV' },
  },
  {
    name: 'hgcal',
    incidentEnergies: { dataset: 'gen_info', column: 0, unit: 'GeV' },
    voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'cell'] }], unit: 'GeV' },
    conditions: [
      { name: 'eta', label: 'η', dataset: 'gen_info', column: 1 },
      { name: 'phi', label: 'φ', unit: 'rad', dataset: 'gen_info', column: 2 },
    ],
  },
  {
    // As it is made of ild-photons, whose axes are layer, x, z.
    name: 'fm4cal',
    incidentEnergies: { attribute: 'initial_energy', unit: 'GeV' },
    points: {
      kind: 'groups',
      group: '{shower}',
      quantities: {
        layer: { dataset: 'indices', column: 0 },
        x: { dataset: 'indices', column: 1 },
        y: { dataset: 'indices', column: 2 },
        energy: { dataset: 'values' },
      },
      unit: 'MeV',
      lengthUnit: 'voxel',
    },
    geometry: 'grid:30x30x30:-0.5..29.5:-0.5..29.5',
  },
  {
    name: 'par04-groups',
    incidentEnergies: { placeholder: 'energy', unit: 'GeV' },
    voxels: {
      datasets: [{ dataset: '{energy}/data', axes: ['shower', 'r', 'alpha', 'layer'] }],
      unit: 'MeV',
    },
  },
  {
    name: 'par04',
    incidentEnergies: { placeholder: 'energy', unit: 'GeV' },
    voxels: {
      datasets: [{ dataset: '{energy}', axes: ['shower', 'r', 'alpha', 'layer'] }],
      unit: 'MeV',
    },
  },
  {
    name: 'calochallenge-early',
    incidentEnergies: { placeholder: 'energy', unit: 'MeV' },
    voxels: { datasets: [{ dataset: 'data_{energy}', axes: ['shower', 'voxel'] }], unit: 'MeV' },
  },
  {
    name: 'calohadronic',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    points: { ...cloudOfIld, count: 'n_points', packed: 'anywhere' },
  },
  {
    name: 'caloclouds',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    points: { ...cloudOfIld, axes: ['shower', 'quantity', 'point'] },
  },
  {
    name: 'caloclouds-3',
    incidentEnergies: { dataset: 'energy', unit: 'GeV' },
    points: cloudOfIld,
  },
  {
    name: 'showerdata',
    incidentEnergies: { dataset: 'energies', unit: 'GeV' },
    points: {
      kind: 'sequences',
      dataset: 'showers',
      quantities: ['x', 'y', 'layer', 'energy', 'time'],
      stride: 'shape',
      unit: 'GeV',
    },
    conditions: [
      ...['x', 'y', 'z'].map((axis, column) => ({
        name: `direction ${axis}`,
        label: `direction in ${axis}`,
        dataset: 'directions',
        column,
      })),
      { name: 'pdg', label: 'particle', dataset: 'pdg' },
    ],
  },
  {
    name: 'simplebox',
    incidentEnergies: { dataset: 'incident_energies', unit: 'GeV' },
    points: stepsInTime,
    conditions: momentum('momentum'),
  },
  {
    name: 'allegro',
    incidentEnergies: { dataset: 'incident_energy', unit: 'GeV' },
    points: stepsInTime,
    conditions: momentum('incident_momentum'),
  },
  {
    name: 'step2point',
    incidentEnergies: { dataset: 'primary/momentum', transform: 'norm', unit: 'GeV' },
    points: {
      kind: 'flat',
      showers: 'primary/event_id',
      shower: 'steps/event_id',
      // Particles fly along y.
      quantities: {
        x: { dataset: 'steps/position', column: 0 },
        y: { dataset: 'steps/position', column: 2 },
        z: { dataset: 'steps/position', column: 1 },
        energy: { dataset: 'steps/energy' },
      },
      unit: 'GeV',
    },
    conditions: [{ name: 'pdg', label: 'particle', dataset: 'primary/pdg' }],
  },
] as const satisfies readonly LayoutDescription[];

export const publishedLayoutNames: readonly string[] = descriptions.map(({ name }) => name);

let checked: readonly Layout[] | undefined;

/** Checked when they are first needed, not at every start. */
export function publishedLayouts(): readonly Layout[] {
  checked ??= descriptions.map((one) => layoutSchema.parse(one));
  return checked;
}
