// Classifiers of toys and of a table, scored here and by the examples of Python, as folders and as ONNX models: python-files.sh calls this.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  exportOnnx,
  featureRows,
  openShowers,
  scoreFile,
  simulateShowers,
  trainClassifier,
} from '../../dist/index.js';

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

/** Scores of an example of Python, which reads a classifier and rows. */
function scoresOf(script, classifier, given, rows) {
  const scored = join(folder, 'scores.npy');
  execFileSync(python, [`examples/python/${script}`, classifier, given, scored], { stdio: 'inherit' });
  const bytes = readFileSync(scored);
  const found = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length),
  );
  if (found.length !== rows) throw new Error(`${script}: ${found.length} scores of ${rows} rows`);
  return found;
}

const soundModel = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)';

async function check(name, ensemble, { rows, columns, values }, expected) {
  const [classifier, model] = [join(folder, `${name}-classifier`), join(folder, `${name}.onnx`)];
  await ensemble.save(classifier);
  await exportOnnx(ensemble, model);
  execFileSync(python, ['-c', soundModel, model], { stdio: 'inherit' });
  const given = join(folder, `${name}.npy`);
  npy(given, rows, columns, values);
  const spread = Math.sqrt(expected.reduce((sum, score) => sum + score * score, 0) / rows);
  for (const [by, script, file] of [
    ['NumPy', 'score_classifier.py', classifier],
    ['onnxruntime', 'score_onnx.py', model],
  ]) {
    const found = scoresOf(script, file, given, rows);
    const off = found.reduce((most, score, row) => Math.max(most, Math.abs(score - expected[row])), 0);
    console.log(
      `${name}: ${ensemble.learners.join(', ')}; ${by}: largest difference ${off.toExponential(1)} where ln w is ${spread.toFixed(2)}`,
    );
    if (!(off < largest) || !(spread > 0.01)) throw new Error(`${name}: ${by} finds other numbers`);
  }
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
