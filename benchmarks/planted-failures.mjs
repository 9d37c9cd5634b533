// Whether what is said of failures holds: toys with a planted distortion, no training. In each pair the region of the observable that
// the distortion changes is found on one half and its factor measured on the other, as are boxes of all; the truth are the shares in two
// large samples.
//
//   node benchmarks/planted-failures.mjs [pairs, default 100] [showers a sample, default 3000]
import {
  findFailures,
  observablesOf,
  observableValues,
  regionFactor,
  resolveGeometry,
  showersFromArrays,
  toyShowers,
} from 'caloscope';

const pairs = Number(process.argv[2] ?? 100);
const showers = Number(process.argv[3] ?? 3000);
const threads = 1;
/** Of the truth, in blocks of this many showers. */
const blocks = 6;
const blockShowers = 20_000;

const geometry = await resolveGeometry('calogan');
const all = observablesOf(geometry).map(({ name }) => name);
const compared = all.filter((name) => !name.startsWith('incident'));
const chosen = compared.map((name) => all.indexOf(name));

const planted = [
  { distortion: 'depth-shift', strength: 0.5, changes: 'depth' },
  { distortion: 'missing-tail', strength: 0.05, changes: 'depth' },
  { distortion: 'width', strength: 0.03, changes: 'width_r_1' },
  { distortion: 'energy-scale', strength: 0.002, changes: 'energy_ratio' },
  { distortion: 'over-smoothing', strength: 0.02, changes: 'brightest_fraction' },
];

async function valuesOf(count, seed, flaw) {
  const toys = await toyShowers({ geometry: 'calogan', showers: count, seed, threads, ...flaw });
  const sample = showersFromArrays(toys, geometry);
  const values = await observableValues(sample, chosen, { threads, threshold: null });
  sample.dispose();
  return values;
}

function meets(values, row, { column, lower, upper }) {
  const value = values[column][row];
  return Number.isNaN(lower) ? Number.isNaN(value) : value >= lower && value < upper;
}

/** Rows of the blocks that lie in the region, over all. */
function shareIn(truth, conditions) {
  let inside = 0;
  for (const values of truth) {
    for (let row = 0; row < blockShowers; row++) {
      if (conditions.every((condition) => meets(values, row, condition))) inside++;
    }
  }
  return inside / (truth.length * blockShowers);
}

/** Distances from the truth in standard errors, of those factors that have one. */
function pullsOf(regions, measuring, truth) {
  return regions.flatMap(({ conditions, measured }) => {
    const { value, standardError } = regionFactor(measured, measuring);
    if (standardError === null) return [];
    const expected = shareIn(truth.reference, conditions) / shareIn(truth.generated, conditions);
    return [(value - expected) / standardError];
  });
}

const covered = (pulls) =>
  ((100 * pulls.filter((pull) => Math.abs(pull) < 1).length) / pulls.length).toFixed(1);

for (const { changes, ...flaw } of planted) {
  const truth = { reference: [], generated: [] };
  for (let block = 0; block < blocks; block++) {
    truth.reference.push(await valuesOf(blockShowers, 900_000 + block, {}));
    truth.generated.push(await valuesOf(blockShowers, 950_000 + block, flaw));
  }
  const pulls = { regions: [], boxes: [] };
  for (let pair = 0; pair < pairs; pair++) {
    const reference = await valuesOf(showers, 10 + 2 * pair, {});
    const generated = await valuesOf(showers, 11 + 2 * pair, flaw);
    const columns = compared.map((_, i) => ({ reference: reference[i], generated: generated[i] }));
    const none = new Float64Array(showers);
    const options = { threads, seed: pair, candidates: [] };
    const {
      columns: regions,
      boxes,
      measuring,
    } = await findFailures(columns, { reference: none, generated: none }, options);
    pulls.regions.push(...pullsOf([regions[compared.indexOf(changes)]], measuring, truth));
    pulls.boxes.push(...pullsOf(boxes, measuring, truth));
  }
  console.log(
    `${flaw.distortion} ${flaw.strength}: one error covers the factor of ${changes} in ${covered(pulls.regions)} % of ${pulls.regions.length}, ` +
      `and of boxes in ${covered(pulls.boxes)} % of ${pulls.boxes.length}`,
  );
}
