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
evaluation.ensemble.dispose();
