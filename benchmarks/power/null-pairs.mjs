// How often the verdict calls samples different that are not: many null pairs with small learners. What is small here makes
// the trainings short; the way from logits to the p-value is that of the defaults.
//
//   npm run bench:nulls -- [--minutes N] [--output FILE]
//   npm run bench:nulls -- --markdown      the tables from the results that are there
//
// Results are kept after every pair; a run that was stopped goes on where it was.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluate, kolmogorovSmirnov } from 'caloscope';
import { machineRecord, ownVersions } from '../harness/machine.mjs';
import { markdownCaption } from '../harness/results.mjs';
import { gaussianPopulations } from './gaussian-populations.mjs';
import { KeptTrials } from './kept-trials.mjs';
import { nullName, nullTable } from './summary.mjs';
import { toyPopulation } from './toy-populations.mjs';
import { folds, ours } from './trial.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '25' },
    output: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const path = values.output ?? fileURLToPath(new URL('../results/null-pairs.json', import.meta.url));

const fast = { classifier: { hidden: [32], epochs: 10 } };
/** So quick that labels can be permuted; of few rows. */
const permuted = { learners: ['logistic', 'trees'], permutations: 19 };

const [narrow, wide] = gaussianPopulations;
const toys = toyPopulation([]);
/** `share` of all pairs. */
const plans = [
  { name: narrow.name, population: narrow, rows: 300, options: fast, share: 3 },
  { name: wide.name, population: wide, rows: 300, options: fast, share: 3 },
  {
    name: `${toys.name}, high`,
    population: toys,
    rows: 300,
    options: { ...fast, features: 'high' },
    share: 2,
  },
  {
    name: `${toys.name}, full`,
    population: toys,
    rows: 300,
    options: { ...fast, features: 'full' },
    share: 2,
  },
  { name: `${narrow.name}, permuted`, population: narrow, rows: 40, options: permuted, share: 2 },
];

async function trialOf({ population, rows, options }, seed) {
  const { reference, generated, dispose } = await population.draw(null, rows, seed);
  try {
    const { result, ensemble } = await evaluate(reference, generated, { ...options, seed, threads: 1 });
    ensemble.dispose();
    return { auc: result.auc.value, p: result.verdict.pValue, ofClassifiers: result.auc.pValue };
  } finally {
    dispose();
  }
}

/** Round after round, so that what is there early says something of all. */
async function runUntil(end, kept) {
  for (let round = 0; ; round++) {
    for (const [number, plan] of plans.entries()) {
      for (let i = 0; i < plan.share; i++) {
        const pair = { population: plan.name, flaw: nullName, rows: plan.rows, pair: round * plan.share + i };
        if (kept.missing(pair).length === 0) continue;
        if (Date.now() > end) return;
        kept.add(pair, { [ours]: await trialOf(plan, 1 + pair.pair + 1_000_000 * (number + 1)) });
      }
    }
  }
}

/** KS of p-values k/20 against the uniform distribution on them, as if it were continuous: too large, if anything. */
async function uniformity({ trials }) {
  const found = trials
    .filter(({ population }) => population.endsWith('permuted'))
    .map((trial) => trial.ofClassifiers);
  const steps = permuted.permutations + 1;
  const expected = Float64Array.from({ length: 1000 * steps }, (_, i) => (1 + (i % steps)) / steps);
  const { statistic, pValue } = await kolmogorovSmirnov(Float64Array.from(found), expected);
  return `p of ${permuted.permutations} permutations, ${found.length} pairs: largest distance from uniform ${statistic.toFixed(3)}, p ${pValue.toFixed(2)}`;
}

const report = async (record) =>
  [markdownCaption([record]), nullTable(record), await uniformity(record)].join('\n\n');

if (values.markdown) {
  console.log(await report(KeptTrials.read(path)));
} else {
  const head = { methods: [ours], folds, quick: false, versions: ownVersions(), machine: machineRecord() };
  const kept = KeptTrials.open(path, head);
  await runUntil(Date.now() + 60_000 * Number(values.minutes), kept);
  console.log(await report(kept.record));
}
