// How the p-values of mean profiles are distributed where samples are equal: pairs of toys. Without training, and with weights that
// quickly fitted learners give.
//
//   node benchmarks/null-profiles.mjs [pairs, default 300] [showers a sample, default 1000] [geometry, default calogan] [weights]
import { evaluate, resolveGeometry, showersFromArrays, toyShowers } from 'caloscope';
import { sampleOf } from '#caloscope/samples/kinds';
import { compareMeans } from '#caloscope/statistics/mean-comparison';

const [pairs, showers] = [Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 1000)];
const name = process.argv[4] ?? 'calogan';
const weighted = process.argv[5] === 'weights';
const geometry = await resolveGeometry(name);

async function sampleOfSeed(seed) {
  return showersFromArrays(await toyShowers({ geometry: name, showers, seed, threads: 1 }), geometry);
}

/** p of each profile, and with weights that of the reweighted sample. */
async function comparedWith(reference, generated) {
  const options = { threads: 1, threshold: null, covariance: true };
  const [[first], [second]] = await Promise.all(
    [reference, generated].map((sample) => sampleOf(sample).profiles([null], options)),
  );
  return first.map((one, i) => [one.profile.name, compareMeans(one, second[i]).pValue]);
}

async function reweightedOf(reference, generated, seed) {
  const learners = ['logistic', 'trees'];
  const { result, ensemble } = await evaluate(reference, generated, {
    learners,
    features: 'high',
    seed,
    threads: 1,
  });
  ensemble.dispose();
  return result.profiles.flatMap(({ name, chiSquare }) => [
    [`${name}, generated`, chiSquare.generated.pValue],
    [`${name}, reweighted`, chiSquare.reweighted.pValue],
  ]);
}

const found = new Map();
for (let pair = 0; pair < pairs; pair++) {
  const reference = await sampleOfSeed(1000 + 2 * pair);
  const generated = await sampleOfSeed(1001 + 2 * pair);
  const of = weighted ? reweightedOf : comparedWith;
  for (const [profile, p] of await of(reference, generated, pair)) {
    found.set(profile, [...(found.get(profile) ?? []), p]);
  }
  reference.dispose();
  generated.dispose();
}

/** Largest distance of the p-values from the uniform distribution, in units of its mean scatter 1/√pairs. */
function distance(pValues) {
  const sorted = [...pValues].sort((a, b) => a - b);
  return sorted.reduce((most, p, i) => Math.max(most, p - i / sorted.length, (i + 1) / sorted.length - p), 0);
}

console.log(`${name}, ${showers} showers a sample, ${pairs} pairs`);
console.log('| profile | p < .05, % | p < .01, % | D √N (1.36: p 0.05) |\n|---|---|---|---|');
const row = (profile, pValues) => {
  const share = (limit) => ((100 * pValues.filter((p) => p < limit).length) / pValues.length).toFixed(1);
  const scaled = distance(pValues) * Math.sqrt(pValues.length);
  console.log(`| ${profile} | ${share(0.05)} | ${share(0.01)} | ${scaled.toFixed(2)} |`);
};
for (const [profile, pValues] of found) row(profile, pValues);
for (const kind of weighted ? ['generated', 'reweighted'] : ['']) {
  row(
    `all ${kind}`.trim(),
    [...found].filter(([profile]) => profile.endsWith(kind)).flatMap(([, p]) => p),
  );
}
