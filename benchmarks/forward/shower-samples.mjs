import { featureRows, resolveGeometry, showersFromArrays, toyShowers } from 'caloscope';
import { RandomNumbers } from '../harness/random-numbers.mjs';

/** Toy showers in the core's memory; `options` as for toyShowers. */
export async function toySample(geometry, showers, options) {
  const toys = await toyShowers({ geometry, showers, ...options });
  return showersFromArrays(toys, await resolveGeometry(geometry), 'toys');
}

/** Toys of two samples, the reference first, as one. */
export async function toySampleOfBoth(geometry, showers, { seed, ...flaw }) {
  const each = Math.floor(showers / 2);
  const reference = await toyShowers({ geometry, showers: each, seed, ...flaw, sample: 'reference' });
  const generated = await toyShowers({ geometry, showers: showers - each, seed: seed + 1, ...flaw });
  const joined = (name, Type) => {
    const all = new Type(reference[name].length + generated[name].length);
    all.set(reference[name]);
    all.set(generated[name], reference[name].length);
    return all;
  };
  const arrays = {
    incidentEnergies: joined('incidentEnergies', Float64Array),
    voxels: joined('voxels', Float32Array),
  };
  return { sample: showersFromArrays(arrays, await resolveGeometry(geometry), 'toys'), references: each };
}

/**
 * Showers of the shape of dataset 3 (45 layers × 50 angles × 18 rings), for which there are no toys: each hit of a toy of
 * dataset 2 (45 × 16 × 9, the same cylinder) goes to two or three of the six or so finer voxels in its place, so that 8 %
 * of the voxels are lit.
 */
export async function finerToySample(showers, { seed }) {
  const [layers, angles, rings] = [45, 16, 9];
  const [finerAngles, finerRings] = [50, 18];
  const coarse = await toyShowers({ geometry: 'ds2', showers, seed });
  const random = new RandomNumbers(seed);
  const voxels = new Float32Array(showers * layers * finerAngles * finerRings);
  for (const [place, energy] of coarse.voxels.entries()) {
    if (energy === 0) continue;
    const ring = place % rings;
    const angle = Math.floor(place / rings) % angles;
    const layerOfAll = Math.floor(place / (rings * angles));
    const parts = random.uniform() < 0.4 ? 2 : 3;
    for (let part = 0; part < parts; part++) {
      const finerAngle = Math.floor(((angle + random.uniform()) * finerAngles) / angles);
      const finerRing = 2 * ring + (random.uniform() < 0.5 ? 0 : 1);
      voxels[(layerOfAll * finerAngles + finerAngle) * finerRings + finerRing] += energy / parts;
    }
  }
  const arrays = { incidentEnergies: coarse.incidentEnergies, voxels };
  return showersFromArrays(arrays, await resolveGeometry('ds3'), 'toys, split finer');
}

/** Rows of features in pieces, so that double precision is never held for all: `visit(values, firstRow)`. */
function visitFeatures(sample, { features, threshold }, visit) {
  const piece = Math.max(1, Math.floor(2 ** 24 / sample.geometry.voxels));
  for (let first = 0; first < sample.rows; first += piece) {
    const count = Math.min(piece, sample.rows - first);
    visit(featureRows(sample, features, { threshold, first, count }).values, first);
  }
}

/**
 * What a network reads in the end, for a peer that takes rows: features, standardised and held to the clips.
 *
 * @returns {Float32Array} rows × columns.
 */
export function readyRows(sample, input, { centre, scale, clip }) {
  const columns = centre.length;
  const rows = new Float32Array(sample.rows * columns);
  visitFeatures(sample, input, (values, firstRow) => {
    const place = firstRow * columns;
    for (let i = 0, column = 0; i < values.length; i++) {
      const x = (Math.fround(values[i]) - centre[column]) * scale[column];
      rows[place + i] = Math.max(-clip[column], Math.min(clip[column], x));
      column = column + 1 === columns ? 0 : column + 1;
    }
  });
  return rows;
}

/** Widths of the columns of some showers: scalars to mean 0 and width 1, voxels together as wide as five scalars. */
export function standardisationOf(sample, input) {
  const voxels = sample.geometry.voxels;
  const some = Math.min(sample.rows, 500);
  const { values, columns } = featureRows(sample, input.features, {
    threshold: input.threshold,
    count: some,
  });
  const scalars = columns.length - voxels;
  const clip = new Float32Array(columns.length).fill(5);
  const centre = new Float32Array(columns.length);
  const scale = new Float32Array(columns.length);
  const share = Math.sqrt(5 / voxels);
  for (let column = 0; column < columns.length; column++) {
    let sum = 0;
    let square = 0;
    for (let row = 0; row < some; row++) {
      const x = values[row * columns.length + column];
      sum += x;
      square += x * x;
    }
    if (column < scalars) {
      centre[column] = sum / some;
      scale[column] = 1 / Math.sqrt(square / some - (sum / some) ** 2);
    } else {
      scale[column] = square > 0 ? share / Math.sqrt(square / some) : 0;
      clip[column] = 5 * share;
    }
  }
  return { centre, scale, clip };
}
