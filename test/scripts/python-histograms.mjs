// Histograms as caloscope writes them, one alone and several, dense and sparse, opened with hist: python-files.sh calls this.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  categoryAxis,
  logAxis,
  regularAxis,
  sparseUhi,
  uhiDocument,
  variableAxis,
  WeightedHistogram,
} from '../../dist/index.js';

const [folder, python] = process.argv.slice(2);
const rows = 500;
const column = (of) => Float64Array.from({ length: rows }, (_, i) => of(i));
const x = column((i) => 3 + 4 * Math.sin(i * i));
const weights = column((i) => Math.cos(i));

async function filled(axes, columns) {
  const histogram = new WeightedHistogram(axes, { label: 'test' });
  await histogram.fill(columns, { weights });
  return histogram;
}

const named = {
  regular: await filled([regularAxis(5, 0, 6, { name: 'x', label: 'E' })], [x]),
  logarithmic: await filled([logAxis(6, 0.1, 10, { name: 'x' })], [x]),
  categories: await filled([categoryAxis(['e', 'gamma', 'pi'], { name: 'x' })], [column((i) => i % 4)]),
  cube: await filled(
    [regularAxis(4, 0, 6), variableAxis([-1, 0, 0.5, 1]), categoryAxis([false, true])],
    [x, weights, column((i) => i % 2)],
  ),
};

/** What the example says of a document. */
function saidOf(document) {
  const path = join(folder, 'histograms.json');
  writeFileSync(path, JSON.stringify(document));
  const text = execFileSync(python, ['examples/python/read_histograms.py', path]).toString();
  return text.trim().split('\n');
}

/** The sums of all cells, in the words of the example. */
function expected(histogram) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const flow = { flow: true };
  return [sum(histogram.values(0, flow)), Math.sqrt(sum(histogram.variances(0, flow)))];
}

for (const [form, lines] of [
  ['named', saidOf(uhiDocument(named))],
  ...Object.entries(named).map(([name, one]) => [`${name} alone`, saidOf(one.toUhi())]),
  ...Object.entries(named).map(([name, one]) => [`${name} alone and sparse`, saidOf(sparseUhi(one.toUhi()))]),
]) {
  const [name = ''] = form.split(' ');
  const histograms = name === 'named' ? Object.values(named) : [named[name]];
  if (lines.length !== histograms.length) throw new Error(`${form}: ${lines.length} histograms`);
  for (const [i, line] of lines.entries()) {
    const found =
      line
        .match(/([-\d.e+]+) ± ([-\d.e+]+)$/)
        ?.slice(1)
        .map(Number) ?? [];
    const wanted = expected(histograms[i]);
    if (wanted.every((number, j) => Math.abs(number - found[j]) <= 1e-5 * Math.abs(number))) continue;
    throw new Error(`${form}: hist finds ${line}, not ${wanted}`);
  }
  console.log(`${form}: ${lines.length} valid, and hist finds the sums`);
}
