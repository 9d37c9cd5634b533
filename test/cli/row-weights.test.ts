/** Rows with weights of their own that a classifier weighs: the weighted law is known exactly. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { gaussianSample } from '../support/gaussian-samples.js';
import { caloscope } from './run-caloscope.js';

const rows = 1500;
let folder: string;

/** Normal x around a mean, y around 0, and weights of x. */
function table(name: string, mean: number, seed: number, weigh: (x: number, row: number) => number): string {
  const { values } = gaussianSample(rows, [mean, 0], seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const x = values[2 * row] as number;
    return [x, values[2 * row + 1], weigh(x, row)].join(',');
  });
  writeFileSync(join(folder, name), `x,y,v\n${lines.join('\n')}\n`);
  return name;
}

/** N(1,1) weighted by e^(½ − x) is N(0,1). */
const towardsZero = (x: number) => Math.exp(0.5 - x);

beforeAll(async () => {
  await ready;
  folder = mkdtempSync(join(tmpdir(), 'caloscope-weights-'));
  const layout = { kind: 'table', name: 'weighted', columns: ['x', 'y'], weights: 'v' };
  writeFileSync(join(folder, 'layout.json'), JSON.stringify(layout));
  table('reference.csv', 0.3, 1, () => 1);
  table('generated.csv', 1, 2, towardsZero);
  const quick = ['--layout', 'layout.json', '--folds', '3', '--learners', 'logistic', '--threads', '2'];
  const words = ['evaluate', 'reference.csv', 'generated.csv', '--out', 'out', ...quick];
  expect(await caloscope(words, folder)).toMatchObject({ exitCode: 0 });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function weighed(...words: string[]) {
  const all = ['weights', join('out', 'classifier'), ...words, '--out', 'w.hdf5', '--force', '--json'];
  const { exitCode, stdout } = await caloscope(all, folder);
  return { exitCode, document: JSON.parse(stdout) };
}

function column(path: string, name: string): number[] {
  const file = new File(join(folder, path), 'r');
  const values = Array.from((file.get(name) as Dataset).value as Float64Array, Number);
  file.close();
  return values;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('weights of rows', () => {
  it('count in the mean weight and the effective size, and stand in the file', async () => {
    table('first.csv', 1, 3, towardsZero);
    table('second.csv', 1, 4, towardsZero);
    const { exitCode, document } = await weighed('first.csv', 'second.csv', '--layout', 'layout.json');
    expect(exitCode).toBe(0);
    const v = column('w.hdf5', 'row_weight');
    const vw = column('w.hdf5', 'log_weight').map(
      (logWeight, row) => (v[row] as number) * Math.exp(logWeight),
    );
    const { mean, effectiveSampleSize } = document.health as EvaluationResult['weights']['generated'];
    expect(mean).toBeCloseTo(sum(vw) / sum(v), 9);
    expect(effectiveSampleSize).toBeCloseTo(sum(vw) ** 2 / sum(vw.map((one) => one ** 2)), 6);
    expect(document.weights.effectiveRows).toBeCloseTo(sum(v) ** 2 / sum(v.map((one) => one ** 2)), 6);
    // E(vw) = 1 for N(0,1) weighted with the ratio to N(0.3,1); unweighted it is E(e^(0.3 x − 0.045)) = e^0.3.
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    expect(document.warnings.map(({ code }: { code: string }) => code)).not.toContain('mean-weight');
    const without = (await weighed('first.csv', 'second.csv')).document;
    expect(without.health.mean).toBeGreaterThan(mean + 0.1);
    expect(without.weights).toBeNull();
  });

  it('of NaN are refused, or their rows left out', async () => {
    table('gap.csv', 1, 3, (x, row) => (row === 9 ? Number.NaN : towardsZero(x)));
    const refused = await weighed('gap.csv', '--layout', 'layout.json');
    expect(refused).toMatchObject({ exitCode: 1, document: { error: { code: 'ERR_NON_FINITE' } } });
    expect(refused.document.error.message).toMatch(/^gap\.csv: the weight of row 9 is NaN; /);
    const left = await weighed('gap.csv', '--layout', 'layout.json', '--drop-rows');
    expect(left).toMatchObject({ exitCode: 0, document: { rows: rows - 1, withoutWeight: 1 } });
    const v = column('w.hdf5', 'row_weight');
    expect([v.length, v.findIndex(Number.isNaN), v.findLastIndex(Number.isNaN)]).toEqual([rows, 9, 9]);
  });

  it('of one row have a mean without an error', async () => {
    writeFileSync(join(folder, 'one.csv'), 'x,y,v\n0.5,-1,1\n');
    const words = ['weights', join('out', 'classifier'), 'one.csv', '--layout', 'layout.json'];
    const { exitCode, stdout } = await caloscope([...words, '--out', 'one.hdf5'], folder);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/mean weight +\d\.\d{4} \(generated rows: 1 is sound\)/);
    expect(stdout).not.toContain('NaN');
  });

  it('stand in the file of an evaluation', () => {
    const x = gaussianSample(rows, [1, 0], 2).values.filter((_, i) => i % 2 === 0);
    const v = column(join('out', 'weights.hdf5'), 'generated/row_weight');
    expect(Math.max(...v.map((one, row) => Math.abs(one / towardsZero(x[row] as number) - 1)))).toBeLessThan(
      1e-6,
    );
  });
});
