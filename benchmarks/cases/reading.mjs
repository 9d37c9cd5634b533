// A packed file of showers into memory: ours makes the sparse table of it and checks every number on the way, h5py leaves
// dense arrays.
import { openShowers, simulateShowers } from 'caloscope';
import { agreementOf } from '../harness/agreement.mjs';
import { readArray } from '../harness/arrays.mjs';

/** Incident energies and voxels that are not the same number on both sides. */
function differences(showers, theirs) {
  const width = 1 + showers.geometry.voxels;
  let different = Math.abs(theirs.length - showers.rows * width);
  const incident = showers.incidentEnergies();
  const step = 10_000;
  for (let first = 0; first < showers.rows; first += step) {
    const rows = Math.min(step, showers.rows - first);
    const voxels = showers.read(first, rows);
    for (let row = 0; row < rows; row++) {
      const place = (first + row) * width;
      different += incident[first + row] === theirs[place] ? 0 : 1;
      for (let voxel = 0; voxel < width - 1; voxel++) {
        different += voxels[row * (width - 1) + voxel] === theirs[place + 1 + voxel] ? 0 : 1;
      }
    }
  }
  return different;
}

async function prepare(context) {
  const showers = context.size(100_000, 10_000);
  const file = context.path('showers.hdf5');
  await simulateShowers(file, { geometry: 'calogan', showers, seed: 1 });
  const peer = await context.startPython('h5py_reading.py');
  const tableFile = context.path('table.f64');
  await peer.request('table', { path: file, file: tableFile });
  const sample = await openShowers(file);
  const different = differences(sample, readArray(tableFile, Float64Array));
  sample.dispose();
  return {
    agreement: agreementOf({ 'numbers that differ': [different, 0] }),
    settings: { showers, packing: 'gzip, chunks of 1 MiB' },
    async ours() {
      const start = performance.now();
      const read = await openShowers(file);
      const seconds = (performance.now() - start) / 1000;
      read.dispose();
      return seconds;
    },
    theirs: () => peer.request('run', { path: file }),
    note: 'ours with the start of its threads, the conversion to hits and all checks of the numbers',
  };
}

export default {
  name: 'reading 100k toy calogan showers, gzip, into the shower table',
  peer: 'h5py',
  unit: 's',
  target: 1.3,
  prepare,
};
