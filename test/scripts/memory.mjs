// What trainings and evaluations are said to need, beside what they take: the most resident memory (VmHWM) above that of the
// samples. Exits with 1 where more is taken than was said, or where more than 2.5 times as much was said.
//
//   node test/scripts/memory.mjs [--only NAME] [--markdown]
//
// Some minutes. Linux.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: chosen } = parseArgs({
  options: {
    only: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    run: { type: 'string' },
  },
});

const quick = { epochs: 1 };
/** Samples in memory, and what is done with them. */
const cases = {
  'train, 2 × 20,000 showers of calogan': { showers: 20_000, geometry: 'calogan' },
  'evaluate, 2 × 20,000 showers of calogan': { showers: 20_000, geometry: 'calogan', evaluate: true },
  'train, 2 × 100,000 showers of calogan, no networks': {
    showers: 100_000,
    geometry: 'calogan',
    options: { learners: ['sparse', 'trees', 'logistic'] },
  },
  'train, 2 × 300 showers of ds3, networks of 10 million weights': {
    showers: 300,
    geometry: 'ds3',
    options: { learners: ['network'] },
  },
  'the same with 3 folds and 4 members': {
    showers: 300,
    geometry: 'ds3',
    options: { learners: ['network'], folds: 3, members: 4 },
  },
  'train, table of 2 × 200,000 rows, 41 columns': {
    rows: 200_000,
    columns: 41,
    options: { learners: ['network', 'logistic', 'sparse', 'trees'] },
  },
  'evaluate, table of 2 × 200,000 rows, 41 columns': {
    rows: 200_000,
    columns: 41,
    evaluate: true,
    options: { learners: ['logistic'] },
  },
};

function resident(name) {
  return (
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
  );
}

async function showersOf({ showers, geometry: name }, seed, library) {
  const geometry = await library.resolveGeometry(name);
  if (name === 'calogan') {
    const toys = await library.toyShowers({ geometry: 'calogan', showers, seed });
    return library.showersFromArrays(toys, geometry);
  }
  const voxels = new Float32Array(showers * geometry.voxels);
  let state = seed;
  for (let i = 0; i < voxels.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (state < 0.08 * 2 ** 32) voxels[i] = 1 + (state & 1023);
  }
  const incidentEnergies = Float64Array.from({ length: showers }, (_, row) => 1e6 + 1e3 * row);
  return library.showersFromArrays({ incidentEnergies, voxels }, geometry);
}

function tableOf({ rows, columns }, seed) {
  const values = new Float32Array(rows * columns);
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[i] = state / 2 ** 32;
  }
  return { values, columns: Array.from({ length: columns }, (_, i) => `c${i}`) };
}

/** In a process of its own: its samples, then the peak of the work. */
async function measure(name) {
  const library = await import('../../dist/index.js');
  const { fittingBytes } = await import('../../dist/classifier/memory-need.js');
  const { bytesOfEvaluation } = await import('../../dist/evaluation/memory-need.js');
  const { trainingChoices, trainingSchema } = await import('../../dist/classifier/settings.js');
  const { native } = await import('../../dist/native/binding.js');
  const { computerFor } = await import('../../dist/native/devices.js');
  const { columnCounts, sampleOf } = await import('../../dist/samples/kinds.js');
  const one = cases[name];
  const options = { classifier: quick, ...one.options };
  const make = (seed) => (one.rows ? tableOf(one, seed) : showersOf(one, seed, library));
  const bytesOf = (sample) => sample.values?.byteLength ?? native().showerTable(sample.handle).bytes;
  // What the library and its code take is there before.
  await library.trainClassifier(tableOf({ rows: 60, columns: 3 }, 1), tableOf({ rows: 60, columns: 3 }, 2), {
    classifier: quick,
  });
  global.gc?.();
  const bare = resident('VmRSS');
  const samples = [await make(1), await make(2)];
  const before = bare + bytesOf(samples[0]) + bytesOf(samples[1]);
  for (let i = 0; i < 3; i++) {
    global.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  writeFileSync('/proc/self/clear_refs', '5'); // the peak is that from here on
  const result = one.evaluate
    ? await library.evaluate(...samples, options)
    : await library.trainClassifier(...samples, options);
  const measured = resident('VmHWM') - before;
  const { input } = result.ensemble.description;
  const plan = trainingChoices(trainingSchema, options);
  const [reference, generated] = samples.map(sampleOf);
  const rows = { rows: reference.rows + generated.rows, ...columnCounts(input) };
  const estimated =
    fittingBytes(rows, plan, computerFor({}).threads) +
    (one.evaluate ? bytesOfEvaluation(reference, generated) : 0);
  process.stdout.write(JSON.stringify({ measured, estimated }));
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

function report(name) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', import.meta.filename, '--run', name],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${name}: ended with ${status}: ${stderr}`);
  const { measured, estimated } = JSON.parse(stdout);
  const sound = measured <= estimated && estimated <= 2.5 * Math.max(measured, 64e6);
  const ratio = (estimated / measured).toFixed(2);
  console.log(
    chosen.markdown
      ? `| ${name} | ${megabytes(estimated)} | ${megabytes(measured)} | ${ratio} |`
      : `${sound ? 'ok   ' : 'WRONG'} ${name}: said ${megabytes(estimated)}, taken ${megabytes(measured)}, ratio ${ratio}`,
  );
  return sound;
}

if (chosen.run !== undefined) {
  await measure(chosen.run);
} else {
  if (chosen.markdown) console.log('| work | said | taken | said / taken |\n|---|---|---|---|');
  const names = Object.keys(cases).filter((name) => name.includes(chosen.only ?? ''));
  const sound = names.map(report);
  process.exitCode = sound.every(Boolean) ? 0 : 1;
}
