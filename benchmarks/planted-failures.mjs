// Whether what is said of failures holds: toys with a planted distortion at three strengths, quickly fitted learners. Of each pair the
// leading sentence is taken: whether there is one, which observable it names, and whether its factor is the true one within its error. The
// truth are the shares of two large samples in the region.
//
//   node benchmarks/planted-failures.mjs [pairs, default 100] [minutes, default 25] [showers a sample, default 1000]
import {
  evaluate,
  observablesOf,
  observableValues,
  resolveGeometry,
  showersFromArrays,
  toyShowers,
} from 'caloscope';

const pairs = Number(process.argv[2] ?? 100);
const end = Date.now() + 60_000 * Number(process.argv[3] ?? 25);
const showers = Number(process.argv[4] ?? 1000);
const threads = 1;
/** Of the truth, in blocks of this many showers. */
const blocks = 3;
const blockShowers = 20_000;
const settings = {
  learners: ['logistic', 'trees'],
  folds: 3,
  features: 'high',
  windows: [],
  by: [],
  threads,
};

const geometry = await resolveGeometry('calogan');
const names = observablesOf(geometry).map(({ name }) => name);

/** Distortions whose sentences have a factor: dead voxels are named as such. */
const planted = [
  { distortion: 'depth-shift', strengths: [0.25, 0.5, 1] },
  { distortion: 'missing-tail', strengths: [0.05, 0.1, 0.2] },
  { distortion: 'width', strengths: [0.02, 0.05, 0.1] },
  { distortion: 'energy-scale', strengths: [0.001, 0.002, 0.005] },
  { distortion: 'over-smoothing', strengths: [0.002, 0.005, 0.01] },
  { distortion: 'noise', strengths: [0.05, 0.1, 0.2] },
].flatMap(({ distortion, strengths }) => strengths.map((strength) => ({ distortion, strength })));

async function sampleOf(count, seed, flaw) {
  const toys = await toyShowers({ geometry: 'calogan', showers: count, seed, threads, ...flaw });
  return showersFromArrays(toys, geometry);
}

/** Values of some observables in the blocks of the truth, by name. */
async function truthOf(first, flaw, wanted) {
  const columns = new Map(wanted.map((name) => [name, []]));
  const chosen = wanted.map((name) => names.indexOf(name));
  for (let block = 0; block < blocks; block++) {
    const sample = await sampleOf(blockShowers, first + block, flaw);
    const values = await observableValues(sample, chosen, { threads, threshold: null });
    for (const [i, name] of wanted.entries()) columns.get(name).push(values[i]);
    sample.dispose();
  }
  return columns;
}

function meets(value, { lower, upper, undefined: none }) {
  if (none) return Number.isNaN(value);
  return (lower === null || value >= lower) && (upper === null || value < upper);
}

const shareIn = (columns, bound) =>
  columns.reduce((sum, column) => sum + column.filter((value) => meets(value, bound)).length, 0) /
  (blocks * blockShowers);

/** The region of the leading sentence, of one observable; null: no sentence, or one of several observables. */
function leadingOf({ sentences, observables }) {
  const named = sentences[0]?.observables ?? [];
  const { region } = observables.find(({ name }) => named.length === 1 && name === named[0]) ?? {};
  return region ?? null;
}

const found = planted.map((flaw) => ({ flaw, pairs: 0, sentences: 0, leading: [] }));
for (let pair = 0; pair < pairs && Date.now() < end; pair++) {
  const reference = await sampleOf(showers, 10 + 2 * pair, {});
  for (const one of found) {
    const generated = await sampleOf(showers, 11 + 2 * pair, one.flaw);
    const { result, ensemble } = await evaluate(reference, generated, { ...settings, seed: pair });
    ensemble.dispose();
    generated.dispose();
    one.pairs++;
    if (result.failures.sentences.length > 0) one.sentences++;
    const region = leadingOf(result.failures);
    if (region !== null) one.leading.push(region);
  }
  reference.dispose();
}

const measuredOf = ({ leading }) => leading.filter(({ factor }) => factor.standardError !== null);
const namesOf = (regions) => [...new Set(regions.map(({ bounds }) => bounds[0].observable))];
const ofReference = await truthOf(900_000, {}, namesOf(found.flatMap(measuredOf)));

/** Distances from the truth in standard errors, of those factors that have one. */
async function pullsOf(one) {
  const measured = measuredOf(one);
  const ofGenerated = await truthOf(950_000, one.flaw, namesOf(measured));
  return measured.map(({ bounds: [bound], factor }) => {
    const share = (columns) => shareIn(columns.get(bound.observable), bound);
    return (factor.value - share(ofReference) / share(ofGenerated)) / factor.standardError;
  });
}

/** The observable that is named most often, and in how many. */
function mostNamed(leading) {
  const counts = new Map();
  for (const { bounds } of leading)
    counts.set(bounds[0].observable, (counts.get(bounds[0].observable) ?? 0) + 1);
  const [name, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['–', 0];
  return `${name} (${count})`;
}

const percent = (part, whole) => {
  const p = part / whole;
  return whole === 0
    ? '–'
    : `${(100 * p).toFixed(0)} ± ${(100 * Math.sqrt((p * (1 - p)) / whole)).toFixed(0)}`;
};
console.log(`calogan toys, ${showers} a sample`);
console.log(
  '| distortion | strength | pairs | with a sentence | leading, most often | factors | covered, % | mean pull |',
);
console.log('|---|---|---|---|---|---|---|---|');
const all = [];
for (const one of found) {
  const pulls = await pullsOf(one);
  all.push(...pulls);
  const covered = pulls.filter((pull) => Math.abs(pull) < 1).length;
  const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
  console.log(
    `| ${one.flaw.distortion} | ${one.flaw.strength} | ${one.pairs} | ${one.sentences} | ${mostNamed(one.leading)} | ${pulls.length} | ` +
      `${percent(covered, pulls.length)} | ${pulls.length === 0 ? '–' : mean.toFixed(2)} |`,
  );
}
console.log(
  `all: ${percent(all.filter((pull) => Math.abs(pull) < 1).length, all.length)} % of ${all.length} factors covered`,
);
