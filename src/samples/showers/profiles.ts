import type { Geometry } from '../../geometry/geometry.js';
import type { ProfileRecord } from '../../native/contract/showers.js';
import type { ComparedLayers, Profile, ProfileMeans, ProfileOptions } from '../sample.js';
import { profileCells, type WeighedCells } from './profile-sums.js';
import type { ShowerSample } from './shower-sample.js';
import { spectrumEdges } from './spectrum-edges.js';

/** Rings and angles that are told apart, at most. */
const mostPlaces = 32;
const nowhere = 2 ** 32 - 1;

/** A profile as it is shown, and as the core fills it. */
interface FilledProfile {
  readonly profile: Profile;
  readonly record: Omit<ProfileRecord, 'products'>;
}

/** Where voxels lie on an axis. */
interface Placement {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly edges: readonly number[];
  readonly place: Uint32Array;
}

/**
 * Mean profiles of a shower: energy and number of hits by layer, in the distance of the shower axis, by ring where cells have one, in
 * the angle about the axis, and
 * the spectrum of voxel energies, of all layers and of some.
 */
function profilesOf(geometry: Geometry, { inFull }: ComparedLayers): FilledProfile[] {
  const places = [byLayer, byRadius, byRing, byAngle]
    .map((placement) => placement(geometry))
    .filter((one) => one !== null);
  const spectra: FilledProfile[] = [
    spectrum(geometry, null),
    ...inFull.map((layer) => spectrum(geometry, layer)),
  ];
  return [
    ...places.flatMap((placement) => [filled(placement, true), filled(placement, false)]),
    ...(geometry.layers.length === 1 ? spectra.slice(0, 1) : spectra),
  ];
}

/** Means of each weight column, null for one of equal weights, one list of profiles each. */
export async function profileMeans(
  showers: ShowerSample,
  layers: ComparedLayers,
  weights: readonly (Float64Array | null)[],
  options: ProfileOptions,
): Promise<readonly (readonly ProfileMeans[])[]> {
  const ofVoxels = await meansOf(profilesOf(showers.geometry, layers), showers, weights, options);
  if (showers.points === null) return ofVoxels;
  const ofPoints = await meansOf([pointSpectrum()], showers.points, weights, { ...options, threshold: null });
  return ofVoxels.map((means, i) => [...means, ...(ofPoints[i] as readonly ProfileMeans[])]);
}

async function meansOf(
  profiles: readonly FilledProfile[],
  showers: Parameters<typeof profileCells>[0],
  weights: readonly (Float64Array | null)[],
  options: ProfileOptions,
): Promise<readonly (readonly ProfileMeans[])[]> {
  const records = profiles.map(({ record }) => ({ ...record, products: options.covariance }));
  const columns = await profileCells(showers, records, weights, options);
  return columns.map((column) => inTurn(profiles, column, options));
}

/** Cells and pairs of one profile after the other. */
function inTurn(
  profiles: readonly FilledProfile[],
  column: WeighedCells,
  options: ProfileOptions,
): ProfileMeans[] {
  let first = 0;
  let firstPair = 0;
  return profiles.map(({ profile }) => {
    const cells = profile.edges.length - 1;
    const { effectiveRows } = column;
    const covariance = options.covariance ? column.covariance(first, cells, firstPair) : null;
    const means = { profile, ...column.means(first, cells), covariance, effectiveRows };
    first += cells;
    firstPair += (cells * (cells + 1)) / 2;
    return means;
  });
}

/** Points of a shower by energy, of showers that were points. */
function pointSpectrum(): FilledProfile {
  const bins = spectrumEdges.length - 1;
  const profile: Profile = {
    name: 'point_spectrum',
    label: 'points of a shower',
    unit: '',
    axis: { label: 'energy of a point', unit: 'MeV', scale: 'log' },
    edges: Array.from(spectrumEdges),
  };
  const place = Uint32Array.from({ length: bins }, (_, bin) => bin);
  return { profile, record: { place, places: bins, energyEdges: new Float64Array(0), energies: true } };
}

function filled({ name, label, unit, edges, place }: Placement, energies: boolean): FilledProfile {
  const profile: Profile = {
    name: `${energies ? 'energy' : 'hits'}_by_${name}`,
    label: energies ? 'energy of a shower' : 'voxels above 0 of a shower',
    unit: energies ? 'MeV' : '',
    axis: { label, unit, scale: 'linear' },
    edges,
  };
  return {
    profile,
    record: { place, places: edges.length - 1, energyEdges: new Float64Array(0), energies },
  };
}

function byLayer({ layers, voxels }: Geometry): Placement | null {
  if (layers.length === 1) return null;
  const place = new Uint32Array(voxels);
  for (const [l, layer] of layers.entries()) {
    place.fill(l, layer.firstVoxel, layer.firstVoxel + layer.voxels);
  }
  const edges = Array.from({ length: layers.length + 1 }, (_, l) => l - 0.5);
  return { name: 'layer', label: 'layer, from 0', unit: '', edges, place };
}

function byRadius({ radius, lengthUnit }: Geometry): Placement | null {
  const edges = edgesBetween(radius);
  if (edges === null) return null;
  return { name: 'radius', label: 'r', unit: lengthUnit, edges, place: placesOf(radius, edges) };
}

/** Of cells whose table has rings. */
function byRing({ cellRings }: Geometry): Placement | null {
  const rings = cellRings?.map((ring) => (ring < 0 ? Number.NaN : ring));
  const edges = rings === undefined ? null : edgesBetween(rings.filter(Number.isFinite));
  if (rings === undefined || edges === null) return null;
  return { name: 'ring', label: 'ring', unit: '', edges, place: placesOf(rings, edges) };
}

/** Of the layers that have angles; a voxel on the axis has none. */
function byAngle({ layers, eta, phi, radius, transverse }: Geometry): Placement | null {
  const angles = new Float64Array(eta.length).fill(Number.NaN);
  for (const { angular, firstVoxel, voxels } of layers) {
    for (let voxel = firstVoxel; angular && voxel < firstVoxel + voxels; voxel++) {
      if (radius[voxel] !== 0) angles[voxel] = Math.atan2(phi[voxel] as number, eta[voxel] as number);
    }
  }
  const edges = edgesBetween(angles.filter(Number.isFinite));
  if (edges === null) return null;
  const label = transverse === 'x-y' ? 'angle about the axis, from x' : 'angle about the axis, from η';
  return { name: 'angle', label, unit: 'rad', edges, place: placesOf(angles, edges) };
}

function spectrum(geometry: Geometry, layer: number | null): FilledProfile {
  const place = new Uint32Array(geometry.voxels);
  if (layer !== null) {
    for (const { id, firstVoxel, voxels } of geometry.layers) {
      if (id !== layer) place.fill(nowhere, firstVoxel, firstVoxel + voxels);
    }
  }
  const profile: Profile = {
    name: layer === null ? 'spectrum' : `spectrum_${layer}`,
    label: `voxels of a shower${layer === null ? '' : `, layer ${layer}`}`,
    unit: '',
    axis: { label: 'voxel energy', unit: 'MeV', scale: 'log' },
    edges: Array.from(spectrumEdges),
  };
  return { profile, record: { place, places: 1, energyEdges: spectrumEdges, energies: false } };
}

/**
 * Edges half-way between the values that occur, so that no bin is empty for want of voxels; neighbors share a bin where there are
 * more than can be told apart. Null where all are equal.
 */
function edgesBetween(values: Float64Array): number[] | null {
  const rounded = new Set(Array.from(values, (value) => Number(value.toPrecision(9))));
  const distinct = [...rounded].sort((a, b) => a - b);
  const count = distinct.length;
  if (count < 2) return null;
  const bins = Math.min(count, mostPlaces);
  const at = (i: number) => distinct[i] as number;
  const inner = Array.from({ length: bins - 1 }, (_, bin) => {
    const next = Math.round(((bin + 1) * count) / bins);
    return (at(next - 1) + at(next)) / 2;
  });
  const [low, high] = [at(0) - (at(1) - at(0)) / 2, at(count - 1) + (at(count - 1) - at(count - 2)) / 2];
  return [at(0) >= 0 ? Math.max(0, low) : low, ...inner, high];
}

function placesOf(values: Float64Array, edges: readonly number[]): Uint32Array {
  return Uint32Array.from(values, (value) => {
    if (Number.isNaN(value)) return nowhere;
    const next = edges.findIndex((edge) => value < edge);
    return next < 0 ? edges.length - 2 : Math.max(0, next - 1);
  });
}
