// A suite of known pairs: which differences caloscope sees, beside what a physicist would use in its place, on the same rows.
//
//   npm run bench:power -- [--only SUBSTRING] [--pairs N] [--quick] [--output FILE] [--list]
//   npm run bench:power -- --markdown      the tables from the results that are there
//
// Results are kept after every pair; a run that was stopped goes on where it was.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Context } from '../harness/context.mjs';
import { machineRecord, ownVersions } from '../harness/machine.mjs';
import { markdownCaption } from '../harness/results.mjs';
import { gaussianPopulations } from './gaussian-populations.mjs';
import { KeptTrials } from './kept-trials.mjs';
import { markdown, nullName } from './summary.mjs';
import { toyPopulation } from './toy-populations.mjs';
import { folds, ours, runTrial } from './trial.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    pairs: { type: 'string' },
    output: { type: 'string' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const pairs = Number(values.pairs ?? (quick ? 2 : 40));
const path =
  values.output ?? fileURLToPath(new URL(`../results/power${quick ? '-quick' : ''}.json`, import.meta.url));

/** Rows of each sample, and pairs of each flaw: large samples take long, and leave little to chance. */
const sizes = quick
  ? [{ rows: 300, pairs }]
  : [
      { rows: 300, pairs },
      { rows: 1000, pairs },
      { rows: 5000, pairs: Math.ceil(pairs / 4) },
    ];
const populations = [...gaussianPopulations, toyPopulation(quick ? [1] : [0.5, 1, 2])];

/** The flaws that are asked for and, last, none: null pairs, drawn twice as often. */
function plannedOf(population) {
  const wanted = values.only.toLowerCase();
  const flaws = population.flaws.filter(({ name }) =>
    `${population.name}, ${name}`.toLowerCase().includes(wanted),
  );
  if (flaws.length === 0) return [];
  return [...flaws.map((flaw) => ({ flaw, name: flaw.name })), { flaw: null, name: nullName }];
}

/** All pairs of a size, the first of each flaw before the second of any: what is there early says something of all. */
function* planned() {
  for (const [s, { rows, pairs: most }] of sizes.entries()) {
    for (let pair = 0; pair < 2 * most; pair++) {
      for (const [p, population] of populations.entries()) {
        for (const { flaw, name } of plannedOf(population)) {
          const f = flaw ? population.flaws.indexOf(flaw) + 1 : 0;
          const seed = 1 + pair + 10_000 * (f + 100 * (p + 10 * s));
          if (flaw === null || pair < most)
            yield { population, flaw, seed, pair: { population: population.name, flaw: name, rows, pair } };
        }
      }
    }
  }
}

function progressLine(done, all, { population, flaw, rows }, outcomes) {
  const areas = Object.entries(outcomes).map(([method, { auc }]) => `${method} ${auc.toFixed(3)}`);
  return `${done}/${all}  ${population}, ${flaw}, ${rows}: ${areas.join(', ')}`;
}

async function runSuite(context) {
  const peer = await context.startPython('learners.py');
  const methods = [ours, ...(await peer.request('learners'))];
  const versions = { ...ownVersions(), ...context.versions };
  const kept = KeptTrials.open(path, { methods, folds, quick, versions, machine: machineRecord() });
  const all = [...planned()];
  for (const [i, { population, flaw, seed, pair }] of all.entries()) {
    if (flaw) await kept.exact(population.name, flaw);
    const missing = kept.missing(pair);
    if (missing.length === 0) continue;
    const samples = await population.draw(flaw, pair.rows, seed);
    try {
      const outcomes = await runTrial(samples, missing, { context, peer, seed });
      kept.add(pair, outcomes);
      console.log(progressLine(i + 1, all.length, pair, outcomes));
    } finally {
      samples.dispose();
    }
  }
  return kept.record;
}

/** Date, machine and versions, and the tables. */
function report(record) {
  return `${markdownCaption([record])}\n\n${markdown(record)}`;
}

if (values.markdown) {
  console.log(report(KeptTrials.read(path)));
} else if (values.list) {
  for (const population of populations) {
    for (const { flaw, name } of plannedOf(population)) if (flaw) console.log(`${population.name}, ${name}`);
  }
} else if (populations.every((population) => plannedOf(population).length === 0)) {
  console.error(`no pair has "${values.only}" in its name`);
  process.exitCode = 1;
} else {
  const context = new Context({ quick });
  try {
    console.log(`\n${report(await runSuite(context))}`);
  } finally {
    context.close();
  }
}
