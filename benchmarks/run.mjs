// Times caloscope and what would be used in its place, alternately in one run, after both gave the same answer.
// CONTRIBUTING.md says how to write a case.
//
//   npm run bench -- [--only SUBSTRING] [--rounds N] [--quick] [--output FILE] [--list]
//   npm run bench -- --markdown          the table of docs/benchmarks.md from the results that are there
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultOf } from './harness/case-result.mjs';
import { machineRecord, ownVersions } from './harness/machine.mjs';
import { linesOf, markdownCaption, markdownTable, readResults, writeResults } from './harness/results.mjs';

const casesFolder = new URL('./cases/', import.meta.url);
const latest = fileURLToPath(new URL('./results/latest.json', import.meta.url));

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    output: { type: 'string' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const options = { ...values, rounds: values.rounds === undefined ? undefined : Number(values.rounds) };

/** All cases in the order of their files; a file holds one or a list. */
async function allCases() {
  const files = readdirSync(casesFolder).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(files.sort().map((name) => import(new URL(name, casesFolder))));
  return modules.flatMap((module) => module.default);
}

async function runCases(cases, path) {
  const machine = machineRecord();
  const results = [];
  for (const chosen of cases) {
    const start = performance.now();
    const result = await resultOf(chosen, options);
    const versions = { ...ownVersions(), ...result.versions };
    const date = new Date().toISOString();
    results.push({ ...result, quick: options.quick, date, machine, versions });
    if (path) writeResults(path, results, { keepOthers: true });
    for (const line of linesOf(result)) console.log(line);
    console.log(`  ${((performance.now() - start) / 1000).toFixed(0)} s for this case\n`);
  }
  // Cases that are no more leave with a whole run.
  if (path && options.only === undefined) writeResults(path, results, { keepOthers: false });
  return results;
}

if (options.markdown) {
  const results = readResults(options.output ?? latest);
  console.log(`${markdownCaption(results)}\n\n${markdownTable(results)}`);
} else {
  const wanted = (options.only ?? '').toLowerCase();
  const cases = (await allCases()).filter(({ name, peer }) =>
    `${name} · ${peer}`.toLowerCase().includes(wanted),
  );
  if (options.list) {
    for (const { name, peer, target } of cases)
      console.log(`${name} · ${peer}${target ? ` · ≥ ${target}` : ''}`);
  } else {
    const path = options.output ?? (options.quick ? null : latest);
    const results = await runCases(cases, path);
    console.log(`${markdownCaption(results)}\n\n${markdownTable(results)}`);
    if (cases.length === 0) console.error(`no case has "${wanted}" in its name`);
    process.exitCode = cases.length === 0 || results.some(({ failed }) => failed) ? 1 : 0;
  }
}
