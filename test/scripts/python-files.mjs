// Classifiers of toys and of a table, scored here and by examples/python/score_classifier.py: python-files.sh calls this.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { featureRows, openShowers, scoreFile, simulateShowers, trainClassifier } from '../../dist/index.js';

const [folder, python] = process.argv.slice(2);
const largest = 1e-5;

/** A file of NumPy, float64, little-endian, C order. */
function npy(path, rows, columns, values) {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = `${text.padEnd(128 - 10 - 1)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      length,
      Buffer.from(header),
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    ]),
  );
}

async function check(name, ensemble, { rows, columns, values }, expected) {
  const classifier = join(folder, `${name}-classifier`);
  await ensemble.save(classifier);
  const [given, scored] = [join(folder, `${name}.npy`), join(folder, `${name}-scores.npy`)];
  npy(given, rows, columns, values);
  execFileSync(python, ['examples/python/score_classifier.py', classifier, given, scored], {
    stdio: 'inherit',
  });
  const bytes = readFileSync(scored);
  const found = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length),
  );
  if (found.length !== rows) throw new Error(`${name}: ${found.length} scores of ${rows} rows`);
  const off = found.reduce((most, score, row) => Math.max(most, Math.abs(score - expected[row])), 0);
  const spread = Math.sqrt(expected.reduce((sum, score) => sum + score * score, 0) / rows);
  console.log(
    `${name}: ${ensemble.learners.join(', ')}; largest difference ${off.toExponential(1)} where ln w is ${spread.toFixed(2)}`,
  );
  if (!(off < largest) || !(spread > 0.01)) throw new Error(`${name}: Python finds other numbers`);
}

const settings = { folds: 3, classifier: { epochs: 2, hidden: [16, 8] } };
const [reference, generated] = [join(folder, 'reference.hdf5'), join(folder, 'generated.hdf5')];
await simulateShowers(reference, { geometry: 'calogan', showers: 400, seed: 1 });
await simulateShowers(generated, { geometry: 'calogan', showers: 400, seed: 2, distortion: 'width' });
const [first, second] = [await openShowers(reference), await openShowers(generated)];
for (const features of ['full', 'low', 'high']) {
  for (const whitening of features === 'full' ? [true, false] : [true]) {
    const { ensemble } = await trainClassifier(first, second, { ...settings, features, whitening });
    const { columns, values } = featureRows(second, features);
    const { logRatios } = await scoreFile(ensemble, generated);
    await check(
      `${features}${whitening ? '' : '-plain'}`,
      ensemble,
      { rows: second.rows, columns: columns.length, values },
      logRatios,
    );
  }
}

const rows = 900;
const table = (shift) => ({
  values: Float32Array.from(
    { length: 4 * rows },
    (_, i) => Math.sin(i * i + shift) + (i % 4 === 2 ? shift * Math.cos(3 * i) : 0),
  ),
  columns: ['a', 'b', 'c', 'd'],
});
for (const activation of ['gelu', 'silu', 'tanh', 'elu', 'relu']) {
  const { ensemble } = await trainClassifier(table(0), table(1), {
    ...settings,
    classifier: { ...settings.classifier, activation },
  });
  const sample = table(1);
  const { logRatios } = await ensemble.score(sample);
  await check(
    activation,
    ensemble,
    { rows, columns: 4, values: Float64Array.from(sample.values) },
    logRatios,
  );
}
