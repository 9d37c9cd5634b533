import { describe, expect, it } from 'vitest';
import { type Geometry, type GeometryLayer, namedGeometry } from '#caloscope/geometry/geometry';
import { featureRows } from '#caloscope/samples/showers/shower-input';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { normalNumbers } from '../../support/gaussian-samples.js';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const held = (number: number, lowest: number, highest: number) => Math.min(highest, Math.max(lowest, number));
const logEnergy = (energy: number) => Math.log10(Math.max(energy, 0) + 1);
const logCount = (energies: readonly number[]) => Math.log10(1 + energies.filter((e) => e > 0).length);

/** A mean over what has such an energy: 0 without one. */
const share = (part: number, whole: number) => (whole > 0 ? held(part / whole, 0, 1) : 0);

/** Energy-weighted mean and standard deviation, within what positions allow where energies are negative. */
function spread(positions: readonly number[], energies: readonly number[]) {
  const total = sum(energies);
  if (total <= 0) return { centre: 0, width: 0 };
  const [lowest, highest] = [Math.min(...positions), Math.max(...positions)];
  const centre = sum(positions.map((x, i) => x * (energies[i] as number))) / total;
  const variance = sum(positions.map((x, i) => (x - centre) ** 2 * (energies[i] as number))) / total;
  return {
    centre: held(centre, lowest, highest),
    width: held(Math.sqrt(Math.max(0, variance)), 0, highest - lowest),
  };
}

function layerColumns(geometry: Geometry, layer: GeometryLayer, shower: readonly number[]) {
  const place = [layer.firstVoxel, layer.firstVoxel + layer.voxels] as const;
  const energies = shower.slice(...place);
  const columns: Record<string, number> = {};
  if (geometry.layers.length > 1) {
    columns['log10_E_layer'] = logEnergy(sum(energies));
    columns['layer_fraction'] = share(sum(energies), sum(shower));
    columns['log10_hits'] = logCount(energies);
    columns['brightest_fraction'] = share(Math.max(...energies), sum(energies));
  }
  const positions = { r: geometry.radius, ...(layer.angular && { eta: geometry.eta, phi: geometry.phi }) };
  for (const [name, all] of Object.entries(positions)) {
    const { centre, width } = spread([...all.slice(...place)], energies);
    columns[`centre_${name}`] = centre;
    columns[`width_${name}`] = width;
  }
  return Object.entries(columns).map(([name, value]) => [`${name}_${layer.id}`, value] as const);
}

/** The definition, as slowly and as plainly as it can be said. */
function expectedColumns(geometry: Geometry, incident: number, shower: readonly number[]) {
  const layers = geometry.layers.map(({ firstVoxel, voxels }) =>
    sum(shower.slice(firstVoxel, firstVoxel + voxels)),
  );
  const { centre: depth, width: depthWidth } = spread(
    layers.map((_, number) => number),
    layers,
  );
  return new Map<string, number>([
    ['log10_E_inc', Math.log10(incident)],
    ['log10_E_dep', logEnergy(sum(shower))],
    ['energy_ratio', sum(shower) / incident],
    ['depth', depth],
    ['depth_width', depthWidth],
    ['log10_hits', logCount(shower)],
    ['brightest_fraction', share(Math.max(...shower), sum(shower))],
    ...geometry.layers.flatMap((layer) => layerColumns(geometry, layer, shower)),
    ...shower.map((energy, voxel) => [`voxel_${voxel}`, energy / incident] as const),
  ]);
}

/** Widths are roots: near zero they show the root of the rounding, and of the guard against empty layers. */
function isClose(column: string, value: number, wanted: number): boolean {
  if (column.includes('width')) return Math.abs(value ** 2 - wanted ** 2) < 1e-9 * (1 + wanted ** 2);
  return Math.abs(value - wanted) < 1e-9 * (1 + Math.abs(wanted));
}

const rows = 12;

/** Every fifth voxel lit, one in thirty of them below zero; then a shower without hits and one that is negative. */
function oddShowers({ voxels }: Geometry, seed: number): Float32Array {
  const normal = normalNumbers(seed);
  const energies = Float32Array.from({ length: rows * voxels }, () => {
    const energy = 5 * Math.exp(2 * normal());
    const negative = normal() > 1.83;
    return normal() < 0.84 ? 0 : negative ? -energy / 50 : energy;
  });
  energies.fill(0, 0, voxels);
  for (let voxel = voxels; voxel < 2 * voxels; voxel++)
    energies[voxel] = -Math.abs(energies[voxel] as number);
  return energies;
}

describe('the features `full`', () => {
  it.each(['calogan', 'ds1-pions', 'ds2', 'cartesian:1x4x5', 'cartesian:3x1x7'])(
    'are their definition, each once and all finite: %s',
    (name) => {
      const geometry = namedGeometry(name) as Geometry;
      const voxels = oddShowers(geometry, 5);
      const incidentEnergies = Float64Array.from({ length: rows }, (_, row) => 1000 * 1.5 ** row);
      using sample = showersFromArrays({ incidentEnergies, voxels }, geometry);
      const threshold = -0.3;
      const { columns, values } = featureRows(sample, 'full', { threshold });
      const seen = new Set<string>();
      for (let row = 0; row < rows; row++) {
        const shower = [...voxels.subarray(row * geometry.voxels, (row + 1) * geometry.voxels)];
        const cut = shower.map((energy) => (energy < threshold ? 0 : energy));
        const expected = expectedColumns(geometry, incidentEnergies[row] as number, cut);
        expect(new Set(columns)).toEqual(new Set(expected.keys()));
        const wrong = columns.filter((column, c) => {
          const value = values[row * columns.length + c] as number;
          return (
            !Number.isFinite(Math.fround(value)) || !isClose(column, value, expected.get(column) as number)
          );
        });
        expect(wrong, `row ${row}`).toEqual([]);
      }
      const scalars = columns.filter((column) => !column.startsWith('voxel'));
      scalars.forEach((column, c) => {
        const ofColumn = Array.from({ length: rows }, (_, row) => values[row * columns.length + c]);
        // What has one value alone says nothing, and may do so twice.
        if (new Set(ofColumn).size > 1) seen.add(ofColumn.join());
        else seen.add(column);
      });
      expect(seen.size).toBe(scalars.length);
    },
  );
});
