/** Rows of samples in several files are named by file and row in it, wherever they are named. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { gaussianSample } from '../support/gaussian-samples.js';
import { caloscope } from './run-caloscope.js';

const rows = 200;
let folder: string;

beforeAll(async () => {
  await ready;
  folder = mkdtempSync(join(tmpdir(), 'caloscope-files-'));
  table('a.csv', 1, 0);
  table('b.csv', 2, 0);
  table('g.csv', 3, 0.5);
  table('h.csv', 4, 0.5, (lines) => lines.with(7, 'nan,0').with(40, lines[9] as string));
  table('i.csv', 5, 0.5, (lines) => lines.with(3, '0,inf'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function table(name: string, seed: number, mean: number, change = (lines: string[]) => lines): void {
  const { values } = gaussianSample(rows, [mean, 0], seed);
  const lines = Array.from({ length: rows }, (_, row) => `${values[2 * row]},${values[2 * row + 1]}`);
  writeFileSync(join(folder, name), `x,y\n${change(lines).join('\n')}\n`);
}

const quick = ['--folds', '3', '--learners', 'logistic', '--threads', '2'];
const words = ['evaluate', '--reference', 'a.csv', '--reference', 'b.csv'];
const generated = ['--generated', 'g.csv', '--generated', 'h.csv', '--generated', 'i.csv'];

describe('rows of several files', () => {
  it('are named in errors', async () => {
    const refused = await caloscope([...words, ...generated, '--out', 'out', ...quick], folder);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/ERR_NON_FINITE: .*row 7 of h\.csv, column x is NaN/);
  });

  it('are named in warnings, results, reports and files of weights alike', async () => {
    const done = await caloscope([...words, ...generated, '--out', 'out', ...quick, '--drop-rows'], folder);
    expect(done.exitCode).toBe(0);
    const result = JSON.parse(readFileSync(join(folder, 'out', 'result.json'), 'utf8')) as EvaluationResult;
    const said = result.warnings.map(({ message }) => message).join('\n');
    expect(said).toContain('2 of 600 rows hold numbers that are not finite, the first is row 7 of h.csv;');
    expect(said).toContain('e.g. row 40 of h.csv is row 9 of h.csv');
    const file = new File(join(folder, 'out', 'weights.hdf5'), 'r');
    for (const role of ['reference', 'generated'] as const) {
      const column = (name: string) =>
        Array.from((file.get(`${role}/${name}`) as Dataset).value as Float64Array, Number);
      const [files, inFile, logWeights] = [column('source_file'), column('source_row'), column('log_weight')];
      const { smallest, largest } = result.weights[role];
      for (const one of [...smallest, ...largest]) {
        const at = logWeights.indexOf(one.logWeight);
        expect([one.file, one.row]).toEqual([files[at], inFile[at]]);
      }
      for (const one of result.support?.[role].farthest ?? []) expect(one.file).toBeDefined();
    }
    file.close();
    const { row, file: number } = result.weights.reference.largest[0] as { row: number; file: number };
    const html = readFileSync(join(folder, 'out', 'report.html'), 'utf8');
    expect(html).toContain(`>${row} of ${['a.csv', 'b.csv'][number]}<`);
    expect(html).toContain('Most extreme rows');
    expect(html).not.toContain('showers');
  });
});
