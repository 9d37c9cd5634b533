// How often one quoted error covers: pairs whose ratio of densities is known, with learners that are quickly fitted.
//
//   npm run bench:coverage -- [--minutes N] [--output FILE]
//   npm run bench:coverage -- --markdown      the table from the results that are there
//
// Results are kept after every pair; a run that was stopped goes on where it was.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { areaUnderCurve, evaluate } from 'caloscope';
import { machineRecord, ownVersions } from '../harness/machine.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';
import { markdownCaption } from '../harness/results.mjs';
import { coverageTable } from './coverage-summary.mjs';
import { KeptTrials } from './kept-trials.mjs';
import { folds, ours } from './trial.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '25' },
    output: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const path = values.output ?? fileURLToPath(new URL('../results/coverage.json', import.meta.url));

const learners = ['logistic', 'quadratic', 'sparse', 'trees'];
const columns = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'];
/** Rows of either sample in which ln w is looked at. */
const probes = 100;

/** Six standard normal columns; in the reference one is shifted, one is wider, two are correlated. */
const populations = [
  { name: '0.55', shift: 0.12, width: 1.06, correlation: 0.08 },
  { name: '0.70', shift: 0.5, width: 1.3, correlation: 0.3 },
  { name: '0.90', shift: 1.2, width: 1.8, correlation: 0.6 },
];
/** Pairs a round. */
const sizes = [
  { rows: 500, share: 4 },
  { rows: 5000, share: 1 },
];

function logRatio([a, b, c, d], { shift, width, correlation }) {
  const rest = 1 - correlation ** 2;
  const shifted = shift * (a - shift / 2);
  const widened = (b * b * (1 - 1 / width ** 2)) / 2 - Math.log(width);
  const correlated = c * c + d * d - (c * c - 2 * correlation * c * d + d * d) / rest - Math.log(rest);
  return shifted + widened + correlated / 2;
}

function draw({ shift, width, correlation }, ofReference, rows, random) {
  const values = new Float32Array(rows * columns.length);
  for (let i = 0; i < rows; i++) {
    const row = columns.map(() => random.normal());
    if (ofReference) {
      row[0] += shift;
      row[1] *= width;
      row[3] = correlation * row[2] + Math.sqrt(1 - correlation ** 2) * row[3];
    }
    values.set(row, i * columns.length);
  }
  return { columns, values };
}

function exactLogRatios({ values }, population) {
  return Float64Array.from({ length: values.length / columns.length }, (_, row) =>
    logRatio(values.subarray(row * columns.length, (row + 1) * columns.length), population),
  );
}

/** The same rows of both samples for all pairs. */
function probesOf(population) {
  const random = new RandomNumbers(1);
  const both = [true, false].map((reference) => draw(population, reference, probes, random).values);
  return { columns, values: Float32Array.from([...both[0], ...both[1]]) };
}

async function exactAuc(population) {
  const random = new RandomNumbers(2);
  const [reference, generated] = [true, false].map((of) =>
    exactLogRatios(draw(population, of, 400_000, random), population),
  );
  return (await areaUnderCurve(reference, generated)).value;
}

/** Contents of reweighted bins with their variances, of the columns that differ. */
function binsOf({ observables, histograms }) {
  return observables.slice(0, 4).map((observable) => {
    const { axes, storage } = histograms[observable.histograms.reweighted];
    return {
      axis: JSON.stringify([axes[0].lower, axes[0].upper, axes[0].bins]),
      values: storage.values,
      variances: storage.variances,
    };
  });
}

async function trialOf(population, rows, seed) {
  const random = new RandomNumbers(seed);
  const [reference, generated] = [true, false].map((of) => draw(population, of, rows, random));
  const evaluation = await evaluate(reference, generated, { learners, seed, threads: 1 });
  const { result, ensemble } = evaluation;
  const { logRatios, logRatioErrors } = await ensemble.score(probesOf(population), { threads: 1 });
  ensemble.dispose();
  const short = (numbers) => Array.from(numbers, (x) => Number(x.toPrecision(6)));
  const weightOf = ({ mean, meanError, meanErrorHolds }) => ({
    mean,
    error: meanError,
    holds: meanErrorHolds,
  });
  return {
    auc: { value: result.auc.value, error: result.auc.standardError },
    mean: weightOf(result.weights.generated),
    inverse: weightOf(result.weights.reference),
    logRatios: { values: short(logRatios), errors: short(logRatioErrors) },
    bins: binsOf(result),
  };
}

/** Round after round, so that what is there early says something of all. */
async function runUntil(end, kept) {
  for (let round = 0; ; round++) {
    for (const [p, population] of populations.entries()) {
      await kept.exact(population.name, { name: 'AUC', exactAuc: () => exactAuc(population) });
      for (const [s, { rows, share }] of sizes.entries()) {
        for (let i = 0; i < share; i++) {
          const pair = { population: population.name, flaw: 'AUC', rows, pair: round * share + i };
          if (kept.missing(pair).length === 0) continue;
          if (Date.now() > end) return;
          // Of their own for each entry: what is drawn for two of them must not go up and down together.
          const seed = 1 + pair.pair + 1_000_000 * (100 + 10 * p + s);
          kept.add(pair, { [ours]: await trialOf(population, rows, seed) });
        }
      }
    }
  }
}

const exactOf = Object.fromEntries(
  populations.map((population) => [population.name, exactLogRatios(probesOf(population), population)]),
);
const report = (record) => [markdownCaption([record]), coverageTable(record, exactOf)].join('\n\n');

if (values.markdown) {
  console.log(report(KeptTrials.read(path)));
} else {
  const head = { methods: [ours], folds, quick: false, versions: ownVersions(), machine: machineRecord() };
  const kept = KeptTrials.open(path, head);
  await runUntil(Date.now() + 60_000 * Number(values.minutes), kept);
  console.log(report(kept.record));
}
