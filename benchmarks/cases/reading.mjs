// A packed file of showers into memory: ours makes the sparse table of it and checks every number on the way, the peers leave
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

const calogan = {
  geometry: 'calogan',
  showers: 100_000,
  names: ['energy', 'layer_0', 'layer_1', 'layer_2'],
  unit: 1000,
};
const forms = [
  { ...calogan, writer: 'simulate', words: '100k toy calogan showers, gzip in chunks of 1 MiB' },
  { ...calogan, writer: 'h5py', words: "100k toy calogan showers, gzip in h5py's own chunks" },
  {
    geometry: 'ds2',
    showers: 10_000,
    names: ['incident_energies', 'showers'],
    unit: 1,
    writer: 'simulate',
    words: '10k toy showers in the form of dataset 2, gzip',
  },
];

async function againstPeer(context, { geometry, showers, names, unit, writer }, library) {
  const written = context.path('written.hdf5');
  await simulateShowers(written, { geometry, showers: context.size(showers, showers / 20), seed: 1 });
  const peer = await context.startPython('hdf5_reading.py');
  const path = writer === 'h5py' ? context.path('showers.hdf5') : written;
  const chunks = writer === 'h5py' ? await peer.request('rewrite', { source: written, target: path }) : null;
  const table = context.path('table.f64');
  await peer.request('table', { path, names, file: table, unit });
  const options = { geometry };
  const sample = await openShowers(path, options);
  const different = differences(sample, readArray(table, Float64Array));
  sample.dispose();
  return {
    agreement: agreementOf({
      'numbers that differ from those of h5py': [different, 0],
      'numbers that differ between h5py and hidefix': [await peer.request('differences', { path, names }), 0],
    }),
    settings: { showers, ...(chunks && { chunks }) },
    async ours() {
      const start = performance.now();
      const read = await openShowers(path, options);
      const seconds = (performance.now() - start) / 1000;
      read.dispose();
      return seconds;
    },
    theirs: () => peer.request('run', { path, names, library }),
    note: 'ours with the start of its threads, the conversion to hits and all checks of the numbers',
  };
}

export default forms.flatMap((form) =>
  Object.entries({ h5py: 3, hidefix: 1.2 }).map(([library, target]) => ({
    name: `reading ${form.words}, into the shower table`,
    peer: library,
    unit: 's',
    target,
    prepare: (context) => againstPeer(context, form, library),
  })),
);
