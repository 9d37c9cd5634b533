// Times caloscope and what would be used in its place, alternately in one run, after both gave the same answer.
// CONTRIBUTING.md says how to write a case.
//
//   npm run bench -- [--only SUBSTRING] [--rounds N] [--quick] [--output FILE] [--list]
//   npm run bench -- --markdown          the table of the README from the results that are there
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Context } from './harness/context.mjs';
import { machineRecord, ownVersions } from './harness/machine.mjs';
import { measure } from './harness/measure.mjs';
import { PeerMissing } from './harness/peer-process.mjs';
import { linesOf, markdownCaption, markdownTable, readResults, writeResults } from './harness/results.mjs';

const casesFolder = new URL('./cases/', import.meta.url);
const latest = fileURLToPath(new URL('./results/latest.json', import.meta.url));

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    output: { type: 'string' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});

/** All cases in the order of their files; a file holds one or a list. */
async function allCases() {
  const files = readdirSync(casesFolder).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(files.sort().map((name) => import(new URL(name, casesFolder))));
  return modules.flatMap((module) => module.default);
}

/** `{ value, target }` is met from the target up, `{ value, atMost }` down to it. */
function judged(extra) {
  if (extra.target !== undefined) return { ...extra, met: extra.value >= extra.target };
  if (extra.atMost !== undefined) return { ...extra, met: extra.value <= extra.atMost };
  return extra;
}

async function timesOf(chosen, prepared) {
  const rounds = Number(options.rounds ?? (options.quick ? 2 : (chosen.rounds ?? 7)));
  const times = await measure(prepared, rounds);
  const scale = prepared.scale ?? 1;
  const figures = prepared.figures ? (await prepared.figures(times)).map(judged) : undefined;
  const { settings, note } = prepared;
  return {
    ratio: times.ratio,
    ratioSpread: times.ratioSpread,
    ours: times.ours * scale,
    theirs: times.theirs * scale,
    rounds: times.rounds.map((round) => ({ ours: round.ours * scale, theirs: round.theirs * scale })),
    ...(chosen.target !== null && { met: times.ratio >= chosen.target }),
    ...(figures && { figures }),
    ...(settings && { settings }),
    ...(note && { note }),
  };
}

/** What stands in the results for a case, whatever happens in it. */
async function resultOf(chosen) {
  const { name, peer, unit, target = null } = chosen;
  const context = new Context({ quick: options.quick });
  const interrupted = () => {
    context.close();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  const entry = { name, peer, ratio: null, ours: null, theirs: null, unit, agreement: null, target };
  entry.versions = context.versions;
  let prepared;
  try {
    prepared = await chosen.prepare(context);
    if (prepared.skipped) return { ...entry, skipped: prepared.skipped };
    entry.agreement = prepared.agreement;
    if (!prepared.agreement.passed) return { ...entry, failed: wordsOf(prepared.agreement) };
    return { ...entry, ...(await timesOf({ ...chosen, target }, prepared)) };
  } catch (error) {
    if (error instanceof PeerMissing) return { ...entry, skipped: error.message };
    return { ...entry, failed: options.quick ? error.stack : error.message };
  } finally {
    await prepared?.close?.();
    context.close();
    process.off('SIGINT', interrupted);
  }
}

function wordsOf({ checks }) {
  const wrong = checks.filter(({ value, tolerance }) => !(value <= tolerance));
  return `the sides do not agree, so nothing was timed: ${wrong
    .map(({ what, value, tolerance }) => `${what} is ${value}, at most ${tolerance} is allowed`)
    .join('; ')}`;
}

async function runCases(cases) {
  const machine = machineRecord();
  const results = [];
  for (const chosen of cases) {
    const start = performance.now();
    const result = await resultOf(chosen);
    const versions = { ...ownVersions(), ...result.versions };
    const date = new Date().toISOString();
    results.push({ ...result, quick: options.quick, date, machine, versions });
    for (const line of linesOf(result)) console.log(line);
    console.log(`  ${((performance.now() - start) / 1000).toFixed(0)} s for this case\n`);
  }
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
    const results = await runCases(cases);
    console.log(`${markdownCaption(results)}\n\n${markdownTable(results)}`);
    const path = options.output ?? (options.quick ? null : latest);
    if (path) writeResults(path, results, { keepOthers: options.only !== undefined });
    if (cases.length === 0) console.error(`no case has "${wanted}" in its name`);
    process.exitCode = cases.length === 0 || results.some(({ failed }) => failed) ? 1 : 0;
  }
}
