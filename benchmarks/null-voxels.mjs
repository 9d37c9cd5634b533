// How often hit rates of voxels are said to differ between equal samples: pairs of toys, no training. All voxels together are one test
// among those of the observables, so that its size counts.
//
//   node benchmarks/null-voxels.mjs [pairs, default 200] [showers a sample, default 1000] [geometry, default calogan]
import { resolveGeometry, showersFromArrays, toyShowers } from 'caloscope';
import { voxelRates } from '#caloscope/failures/voxel-blocks';
import { ShowerPictures } from '#caloscope/samples/showers/shower-pictures';

const [pairs, showers] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 1000)];
const name = process.argv[4] ?? 'calogan';
const level = 0.01;
const geometry = await resolveGeometry(name);

async function hitsOf(seed) {
  const toys = await toyShowers({ geometry: name, showers, seed, threads: 1 });
  const sample = showersFromArrays(toys, geometry);
  const pictures = new ShowerPictures(sample);
  const hits = await pictures.hitCounts({ threads: 1, threshold: null });
  sample.dispose();
  return { hits, grids: pictures.grids };
}

const pValues = [];
let blocks = 0;
for (let pair = 0; pair < pairs; pair++) {
  const { hits: reference, grids } = await hitsOf(1000 + 2 * pair);
  const { hits: generated } = await hitsOf(1001 + 2 * pair);
  const found = voxelRates(
    grids,
    { reference, generated },
    { reference: showers, generated: showers },
    level,
  );
  pValues.push(found.pValue);
  if (found.blocks.length > 0) blocks++;
}
const below = (limit) => pValues.filter((p) => p < limit).length;
const share = (count) => {
  const p = count / pairs;
  return `${count} of ${pairs} (${(100 * p).toFixed(1)} ± ${(100 * Math.sqrt(Math.max(p * (1 - p), 1 / pairs) / pairs)).toFixed(1)} %)`;
};
console.log(
  `${name}, ${showers} showers a sample: p of all voxels below 0.01 in ${share(below(0.01))}, below 0.05 in ${share(below(0.05))}; ` +
    `dead or hot voxels in ${share(blocks)}`,
);
