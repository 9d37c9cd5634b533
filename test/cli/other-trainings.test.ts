/** Options for other trainings than the usual one: split, null sample, repeats, presets. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import { caloscope } from './run-caloscope.js';
import { makeToyFiles, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
let second: string;
beforeAll(async () => {
  toys = await makeToyFiles(150);
  second = join(toys.folder, 'second.hdf5');
  await simulateShowers(second, { geometry: 'calogan', showers: 150, seed: 3 });
});
afterAll(() => toys.remove());

function evaluateWords(...more: string[]): string[] {
  return ['evaluate', toys.reference, toys.generated, '--threads', '1', ...more];
}

describe('evaluate', () => {
  it('with a preset, a null sample and repeats has all of it in --json, result and report', async () => {
    const out = join(toys.newFolder(), 'out');
    const words = ['--preset', 'calogan-high', '--epochs', '2', '--null', second, '--repeat', '2', '--json'];
    const { exitCode, stdout, stderr } = await caloscope(evaluateWords(...words, '--out', out));
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const { auc, settings, verdict } = JSON.parse(stdout);
    expect(settings).toMatchObject({
      preset: 'calogan-high',
      features: 'high',
      folds: null,
      whitening: false,
    });
    expect(settings.split).toEqual({ train: 0.6, validation: 0.2, test: 0.2 });
    expect(settings.network).toMatchObject({ hidden: [512, 512], dropout: 0 });
    expect(settings.training).toMatchObject({ epochs: 2, learningRate: 1e-3, betas: [0.9, 0.99] });
    expect(auc.null).toMatchObject({ rows: 150, source: second });
    expect(auc.repeats).toMatchObject({ trainings: 2, seeds: [1, 2] });
    expect(verdict.sentence).toContain('null sample');
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).auc).toEqual(auc);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain('null AUC');
    expect(report).toContain('repeated AUC');
    const { edges } = JSON.parse((await caloscope(['lineage', out, '--json'])).stdout);
    const ofNull = edges.filter(({ role }: { role: string }) => role === 'null sample');
    expect(ofNull.map(({ to }: { to: string }) => to)).toEqual(['report.html', 'result.json']);
  });

  it('prints the other trainings', async () => {
    const out = join(toys.newFolder(), 'out');
    const quick = ['--learners', 'logistic', '--features', 'high', '--split', '0.6/0.2/0.2'];
    const { stdout } = await caloscope(
      evaluateWords(...quick, '--null', second, '--repeat', '3', '--out', out),
    );
    expect(stdout).toMatch(
      /^AUC of other trainings:\n +null sample +0\.\d{4} ± 0\.\d{4} +z = .* 150 showers of/m,
    );
    expect(stdout).toMatch(/^ +3 trainings +1\.0000, spread 0\.\d{4} +seeds 1 to 3$/m);
  });

  it.each([
    [
      ['--split', '60/20/30'],
      'ERR_USAGE',
      '--split must be TRAIN/VALIDATION/TEST, above 0, that sum to 100 or to 1',
    ],
    [['--split', '80/20'], 'ERR_USAGE', '--split must be'],
    [['--split', '60/20/10/10'], 'ERR_USAGE', '--split must be'],
    [['--split', '100/0/0'], 'ERR_USAGE', '--split must be'],
    [['--split', '60/20/20', '--folds', '3'], 'ERR_ARGUMENT', 'leave out split or folds'],
    [['--preset', 'calogan'], 'ERR_USAGE', '--preset must be calogan-low, calogan-low-normalised,'],
    [['--preset', 'calochallenge-low'], 'ERR_ARGUMENT', 'these samples are showers of calogan'],
    [['--repeat', '0'], 'ERR_USAGE', '--repeat must be a whole number from 1 to 1000'],
    [['--permutations', '-1'], 'ERR_USAGE', '--permutations must be a whole number from 0 on'],
    [['--null', '{reference}'], 'ERR_USAGE', 'are the same file'],
    [['--null', '{generated}'], 'ERR_USAGE', 'are the same file'],
    [['--null', '{copy}'], 'ERR_REPEATED_ROWS', '150 of its 150 showers are those of the reference sample'],
    [['--null', '{ds2}'], 'ERR_LAYOUT', 'its layout is'],
  ])('%j ends with %s before anything is trained', async (words, code, says) => {
    const folder = toys.newFolder();
    const copy = join(folder, 'copy.hdf5');
    copyFileSync(toys.reference, copy);
    const ds2 = join(folder, 'ds2.hdf5');
    if (words.includes('{ds2}')) await simulateShowers(ds2, { geometry: 'ds2', showers: 5, seed: 1 });
    const paths: Record<string, string> = { reference: toys.reference, generated: toys.generated, copy, ds2 };
    const given = words.map((word) => paths[word.slice(1, -1)] ?? word);
    const { exitCode, stderr } = await caloscope(evaluateWords(...given, '--out', join(folder, 'out')));
    expect(stderr).toContain(code);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('training');
    expect(exitCode).toBe(['ERR_USAGE', 'ERR_ARGUMENT'].includes(code) ? 2 : 1);
  });
});
