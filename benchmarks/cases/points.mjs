// Clouds of points, padded and packed, into a sparse table of hits.
import { openShowers } from 'caloscope';
import { agreementOf, largestRelativeDifference } from '../harness/agreement.mjs';
import { readArray } from '../harness/arrays.mjs';

const geometry = 'grid:30x32x32:-128..128:-128..128';

/** Row · voxels + voxel, and energy, of every hit. */
function hitsOf(sample) {
  const { voxels } = sample.geometry;
  const [keys, energies] = [[], []];
  for (let row = 0; row < sample.rows; row++) {
    for (const [voxel, energy] of sample.read(row, 1).entries()) {
      if (energy === 0) continue;
      keys.push(row * voxels + voxel);
      energies.push(energy);
    }
  }
  return { keys, energies };
}

async function prepare(context) {
  const showers = context.size(5000, 300);
  const points = 6000;
  const path = context.path('clouds.h5');
  const numpy = await context.startPython('h5py_points.py');
  const own = await context.startNode('caloscope_points.mjs');
  await numpy.request('make', { path, showers, points, seed: 1 });
  const table = context.path('table.f64');
  await numpy.request('table', { path, file: table });
  const theirs = readArray(table, Float64Array);
  const half = theirs.length / 2;
  const sample = await openShowers(path, { geometry });
  const { keys, energies } = hitsOf(sample);
  sample.dispose();
  const different = Math.abs(keys.length - half) + keys.filter((key, i) => key !== theirs[i]).length;
  const relative = different === 0 ? largestRelativeDifference(energies, theirs.subarray(half)) : Number.NaN;
  return {
    agreement: agreementOf({
      'hits that differ': [different, 0],
      // NumPy multiplies with 1000 in float32 before it sums.
      'largest relative difference of energies': [relative, 1e-6],
    }),
    settings: { showers, points, voxels: 30 * 32 * 32, packing: 'gzip, chunks of 1 MiB' },
    ours: () => own.request('run', { path }),
    theirs: () => numpy.request('run', { path }),
    async figures() {
      const [ours, peer] = [await own.request('memory', {}), await numpy.request('memory', {})];
      return [
        { name: 'most memory, ours', value: ours / 2 ** 20, unit: 'MiB' },
        { name: 'most memory, h5py and NumPy', value: peer / 2 ** 20, unit: 'MiB' },
        { name: 'memory, ours / theirs', value: ours / peer, unit: '', atMost: 0.25 },
      ];
    },
    note: 'ours with the start of its threads and all checks of the points',
  };
}

export default {
  name: 'binning 5,000 clouds of 6,000 points, gzip, into the shower table',
  peer: 'h5py and NumPy',
  unit: 's',
  target: 2,
  prepare,
};
