// Weights and tables as caloscope writes them, opened with h5py, pandas and pyarrow: python-files.sh calls this.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { evaluate, openShowers, simulateShowers, writeEvaluation } from '../../dist/index.js';

const [folder, python] = process.argv.slice(2);
const samples = [];
for (const [name, distortion] of [
  ['tables-reference', undefined],
  ['tables-generated', 'width'],
]) {
  const path = join(folder, `${name}.hdf5`);
  await simulateShowers(path, { geometry: 'calogan', showers: 300, seed: name.length, distortion });
  samples.push(await openShowers(path));
}
const evaluation = await evaluate(...samples, { folds: 3, learners: ['logistic'] });
for (const tables of ['csv', 'parquet']) {
  const result = join(folder, `tables-${tables}`);
  await writeEvaluation(evaluation, result, { tables });
  const text = execFileSync(python, ['examples/python/read_weights.py', result]).toString();
  for (const sample of ['reference', 'generated']) {
    const { logWeights, observables } = evaluation[sample];
    const sum = logWeights.reduce((total, logWeight) => total + Math.exp(logWeight), 0);
    const found = Number(text.match(new RegExp(`^${sample}\\.${tables}: 300 rows, sum (\\S+)$`, 'm'))?.[1]);
    if (!(Math.abs(found / sum - 1) < 1e-10))
      throw new Error(`${sample}.${tables}: Σw is ${found}, not ${sum}`);
    for (const { name, unit, values } of observables) {
      const known = values.map((value, row) => (Number.isNaN(value) ? 0 : Math.exp(logWeights[row])));
      const mean =
        known.reduce((total, weight, row) => total + (weight === 0 ? 0 : weight * values[row]), 0) /
        known.reduce((total, weight) => total + weight, 0);
      const part = text.split(`${sample}.${tables}:`)[1];
      const line = part?.split('\n').find((one) => one.startsWith(`  ${name}: `)) ?? '';
      const [, said, of] = line.match(/mean (\S+) ?(.*)$/) ?? [];
      if (!(Math.abs(Number(said) - mean) <= 1e-5 * Math.abs(mean) + 1e-9) || of !== unit)
        throw new Error(`${sample}.${tables}, ${name}: pandas finds ${said} ${of}, not ${mean} ${unit}`);
    }
  }
  console.log(
    `${tables}: h5py and pandas find the weights and ${evaluation.generated.observables.length} observables`,
  );
}

// A training on these weights: what it ends with is what the sums say, with weights and without.
const trained = execFileSync(python, [
  'examples/python/weighted_training.py',
  join(folder, 'tables-csv', 'weights.hdf5'),
  join(folder, 'tables-generated.hdf5'),
]).toString();
for (const line of trained.trim().split('\n')) {
  const [mean, exactMean, width, exactWidth] = line.match(/[\d.]+(e-?\d+)?/g).map(Number);
  if (!(Math.abs(mean - exactMean) < 0.1 * exactWidth && Math.abs(width / exactWidth - 1) < 0.1))
    throw new Error(`training that uses the weights: ${line}`);
}
if (trained.split('\n')[0].split(':')[1] === trained.split('\n')[1].split(':')[1])
  throw new Error('training that uses the weights: they make no difference');
console.log('a training loop uses the weights');
const root = execFileSync(python, [
  'examples/python/histograms_to_root.py',
  join(folder, 'tables-csv', 'histograms.json'),
  join(folder, 'histograms.root'),
]).toString();
const classes = root
  .trim()
  .split('\n')
  .map((line) => line.match(/: (TH[123]D), sum /)?.[1]);
if (!classes.includes('TH1D') || !classes.includes('TH2D') || classes.includes(undefined))
  throw new Error(`uproot finds ${root}`);
console.log(`uproot finds ${classes.length} histograms of ROOT with their Σw²`);
evaluation.ensemble.dispose();
