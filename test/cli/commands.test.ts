/** The commands end to end, each as a process of its own, on toy showers that the test makes. */
import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { caloscope, contentOf, errorLine } from './run-caloscope.js';
import { makeToyFiles, quick, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
/** An evaluation of the toys that the tests may read. */
let evaluation: string;

beforeAll(async () => {
  await ready;
  toys = await makeToyFiles(400);
  evaluation = join(toys.folder, 'evaluation');
});
afterAll(() => toys.remove());

/** A call that must fail with this code, say it on one line and write nothing. */
async function refused(words: readonly string[], code: string, exitCode = 1): Promise<string> {
  const before = contentOf(toys.folder);
  const outcome = await caloscope(words, toys.folder);
  expect(outcome.stderr).toMatch(errorLine);
  expect(errorLine.exec(outcome.stderr)?.[1]).toBe(code);
  expect(outcome).toMatchObject({ exitCode, stdout: '' });
  expect(contentOf(toys.folder)).toEqual(before);
  return outcome.stderr;
}

describe('evaluate', () => {
  it('writes a folder with everything and says what was found', async () => {
    const words = ['evaluate', toys.reference, toys.generated, '--out', evaluation, ...quick];
    const { exitCode, stdout, stderr } = await caloscope(words);
    expect(exitCode).toBe(0);
    expect(readdirSync(evaluation).sort()).toEqual([
      'classifier',
      'histograms.json',
      'report.html',
      'result.json',
      'weights.hdf5',
    ]);
    const result = JSON.parse(readFileSync(join(evaluation, 'result.json'), 'utf8')) as EvaluationResult;
    expect(stdout).toContain(result.verdict.sentence);
    expect(stdout).toContain(join(evaluation, 'report.html'));
    expect(result.settings).toMatchObject({
      folds: 3,
      members: 1,
      learners: ['network', 'logistic'],
      whitening: true,
      network: { hidden: [8] },
    });
    for (const { code } of result.warnings) expect(stdout).toContain(`warning: ${code}: `);
    // No terminal: plain lines, neither bars nor escape sequences.
    expect(stderr).toMatch(/^reading reference: \d+ %/m);
    for (const sign of ['\u001b', '\r', '█']) expect(stdout + stderr).not.toContain(sign);
    expect(readdirSync(toys.folder).some((name) => name.includes('partial'))).toBe(false);
  });

  it('--json gives one document on stdout and nothing on stderr', async () => {
    const out = join(toys.newFolder(), 'out');
    const words = [
      'evaluate',
      toys.reference,
      toys.generated,
      '--out',
      out,
      ...quick,
      '--json',
      '--seed',
      '4294967295',
    ];
    const { exitCode, stdout, stderr } = await caloscope(words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const document = JSON.parse(stdout) as { auc: object; files: { result: string }; settings: object };
    const written = JSON.parse(readFileSync(document.files.result, 'utf8')) as EvaluationResult;
    expect(document).toMatchObject({ auc: written.auc, settings: { seed: 4294967295 } });
    for (const path of Object.values(document.files)) expect(existsSync(path)).toBe(true);
  });

  it('--threshold none keeps every voxel', async () => {
    const out = join(toys.newFolder(), 'out');
    const words = ['evaluate', toys.reference, toys.generated, '--out', out, ...quick, '--threshold', 'none'];
    expect(await caloscope(words)).toMatchObject({ exitCode: 0 });
    const { settings } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as EvaluationResult;
    expect(settings.threshold).toBeNull();
  });

  it('--no-whitening and --learners take what is requested alone', async () => {
    const out = join(toys.newFolder(), 'out');
    const words = ['evaluate', toys.reference, toys.generated, '--out', out, ...quick];
    expect(await caloscope([...words, '--no-whitening', '--learners', 'trees, quadratic'])).toMatchObject({
      exitCode: 0,
    });
    const { settings, training, auc } = JSON.parse(
      readFileSync(join(out, 'result.json'), 'utf8'),
    ) as EvaluationResult;
    expect(settings).toMatchObject({ whitening: false, learners: ['trees', 'quadratic'] });
    expect(training.networks).toEqual([]);
    expect(auc.learners.map(({ name }) => name)).toEqual(['trees', 'quadratic']);
  });

  it('--quiet says nothing', async () => {
    const out = join(toys.newFolder(), 'Größe 光');
    const words = ['evaluate', toys.reference, toys.generated, '--out', out, ...quick, '--quiet'];
    expect(await caloscope(words)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('replaces an earlier result with --force only', async () => {
    const out = join(toys.newFolder(), 'out');
    const words = ['evaluate', toys.reference, toys.generated, '--out', out, ...quick];
    expect((await caloscope([...words, '--seed', '1'])).exitCode).toBe(0);
    expect(await refused(words, 'ERR_OUTPUT')).toContain('--force');
    expect((await caloscope([...words, '--seed', '2', '--force'])).exitCode).toBe(0);
    const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as EvaluationResult;
    expect(result.settings.seed).toBe(2);
  });

  it('does not replace a folder that holds an input', async () => {
    const out = toys.newFolder();
    const reference = join(out, 'reference.hdf5');
    copyFileSync(toys.reference, reference);
    writeFileSync(join(out, 'result.json'), '{}');
    await refused(['evaluate', reference, toys.generated, '--out', out, '--force'], 'ERR_OUTPUT');
  });

  it('refuses one file under two names, unless it is meant', async () => {
    const folder = toys.newFolder();
    const linked = join(folder, 'linked.hdf5');
    linkSync(toys.reference, linked);
    const words = ['evaluate', toys.reference, linked, '--out', join(folder, 'out'), ...quick];
    expect(await refused(words, 'ERR_USAGE', 2)).toContain('--allow-same');
    const { exitCode, stdout } = await caloscope([...words, '--allow-same']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('warning: shared-rows');
  });

  it('refuses what cannot work before it reads showers', async () => {
    const out = join(toys.newFolder(), 'out');
    const { reference, generated } = toys;
    const end = ['--out', out];
    await refused(['evaluate', reference, 'none.hdf5', ...end], 'ERR_FILE_NOT_FOUND');
    await refused(['evaluate', reference, toys.folder, ...end], 'ERR_NOT_A_FILE');
    await refused(['evaluate', reference, generated, '--out', ''], 'ERR_OUTPUT');
    await refused(['evaluate', reference, generated, '--out', join(out, 'a', 'b')], 'ERR_OUTPUT');
    await refused(['evaluate', reference, generated, '--out', join(reference, 'a')], 'ERR_OUTPUT');
    await refused(['evaluate', reference, generated, '--out', generated, '--force'], 'ERR_OUTPUT');
    const folder = toys.newFolder();
    const [few, fewer] = [
      await challengeFile(join(folder, 'few.hdf5'), 368),
      await challengeFile(join(folder, 'fewer.hdf5'), 368, 2),
    ];
    for (const command of ['evaluate', 'train']) {
      const says = await refused([command, few, fewer, ...end, '--folds', '6'], 'ERR_TOO_FEW_ROWS');
      expect(says).toContain('12');
    }
    await refused(['evaluate', reference, generated, ...end, '--geometry', 'ds2'], 'ERR_LAYOUT');
    await refused(['evaluate', reference, generated, ...end, '--geometry', 'ds9'], 'ERR_GEOMETRY');
    await refused(['evaluate', reference, generated, ...end, '--geometry', 'none.xml'], 'ERR_FILE_NOT_FOUND');
  });

  it('refuses samples that do not fit together, naming both', async () => {
    const folder = toys.newFolder();
    const out = ['--out', join(folder, 'out')];
    const other = await challengeFile(join(folder, 'other.hdf5'), 368);
    const third = await challengeFile(join(folder, 'third.hdf5'), 533);
    expect(await refused(['evaluate', toys.reference, other, ...out], 'ERR_LAYOUT')).toContain('calogan');
    expect(await refused(['evaluate', other, third, ...out], 'ERR_VOXEL_COUNT')).toMatch(/533.*368/);
  });
});

/** Ten showers in the CaloChallenge layout. */
async function challengeFile(path: string, voxels: number, energy = 1): Promise<string> {
  const writer = await createHdf5(path, {
    datasets: [
      { path: 'incident_energies', type: 'f8', rowShape: [1] },
      { path: 'showers', type: 'f8', rowShape: [voxels] },
    ],
  });
  const block = {
    incident_energies: new Float64Array(10).fill(1000),
    showers: new Float64Array(10 * voxels).fill(energy),
  };
  await writer.append(block, 10);
  await writer.close();
  return path;
}

describe('report', () => {
  it('draws a result again, from the file or its folder, to the same bytes', async () => {
    const folder = toys.newFolder();
    const drawn = readFileSync(join(evaluation, 'report.html'));
    for (const [i, source] of [evaluation, join(evaluation, 'result.json')].entries()) {
      const out = join(folder, `${i}.html`);
      const { exitCode, stdout, stderr } = await caloscope(['report', source, '--out', out]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Report: ${out}\n`));
      expect(stdout).toMatch(/\nwarning: mean-weight: /);
      expect(readFileSync(out).equals(drawn)).toBe(true);
    }
  });

  it('refuses what is no result, and outputs that are in use', async () => {
    const folder = toys.newFolder();
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const out = ['--out', join(folder, 'out.html')];
    const broken = write('broken.json', '{');
    const other = write('other.json', '{"format": "something"}');
    const earlier = write('earlier.json', '{"format": "caloscope-evaluation", "formatVersion": 1}');
    const later = write('later.json', '{"format": "caloscope-evaluation", "formatVersion": 3}');
    const partial = write('partial.json', '{"format": "caloscope-evaluation", "formatVersion": 2}');
    expect(await refused(['report', earlier, ...out], 'ERR_RESULT')).toContain('evaluate again');
    for (const path of [broken, other, later, partial, write('null.json', 'null')]) {
      await refused(['report', path, ...out], 'ERR_RESULT');
    }
    await refused(['report', folder, ...out], 'ERR_FILE_NOT_FOUND');
    await refused(['report', evaluation, '--out', other], 'ERR_OUTPUT');
    const result = join(evaluation, 'result.json');
    await refused(['report', evaluation, '--out', result, '--force'], 'ERR_OUTPUT');
  });
});

describe('train and weights', () => {
  it('train a classifier on all showers and weigh a file with it', async () => {
    const folder = toys.newFolder();
    const classifier = join(folder, 'classifier');
    const words = ['train', toys.reference, toys.generated, '--out', classifier, ...quick];
    const trained = await caloscope([...words, '--json']);
    expect(trained).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(trained.stdout)).toMatchObject({
      out: classifier,
      learners: ['network', 'logistic'],
      members: 6,
      networks: [0, 1, 2].map((network) => ({ network, epochs: 2 })),
    });
    expect(readdirSync(classifier)).toHaveLength(7);
    expect(readdirSync(classifier)).toContain('ensemble.safetensors');
    await refused(words, 'ERR_OUTPUT');
    expect((await caloscope([...words, '--force'])).exitCode).toBe(0);

    const out = join(folder, 'weights.hdf5');
    const weighed = await caloscope(['weights', classifier, toys.generated, '--out', out, '--json']);
    expect(weighed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(weighed.stdout)).toMatchObject({
      out,
      rows: 400,
      members: 6,
      learners: ['network', 'logistic'],
      folds: 3,
    });
    using ensemble = await ClassifierEnsemble.load(classifier);
    using showers = await openShowers(toys.generated);
    const { logits, logRatios, logRatioErrors } = await ensemble.score(showers);
    const file = new File(out, 'r');
    const stored = (name: string) => file.get(name) as Dataset;
    expect(stored('log_weight').value).toEqual(logRatios);
    expect(stored('log_weight_error').value).toEqual(logRatioErrors);
    expect(logRatioErrors.every((error) => error > 0)).toBe(true);
    expect(stored('logit').shape).toEqual([400, 2]);
    const byRow = Float32Array.from(
      { length: 800 },
      (_, i) => logits.values[(i % 2) * 400 + (i >> 1)] as number,
    );
    expect(stored('logit').value).toEqual(byRow);
    expect(file.attrs['learners']?.value).toBe('network logistic');
    file.close();
  });

  it('work in the precision that is requested, and say so', async () => {
    const folder = toys.newFolder();
    const words = ['train', toys.reference, toys.generated, ...quick, '--precision', 'bfloat16'];
    const classifier = join(folder, 'classifier');
    expect((await caloscope([...words, '--out', classifier])).exitCode).toBe(0);
    using ensemble = await ClassifierEnsemble.load(classifier);
    expect(ensemble.description.training?.classifier).toMatchObject({ precision: 'bfloat16' });

    const logits = await Promise.all(
      ['float32', 'bfloat16'].map(async (precision) => {
        const out = join(folder, `${precision}.hdf5`);
        const weigh = [
          'weights',
          classifier,
          toys.generated,
          '--out',
          out,
          '--precision',
          precision,
          '--json',
        ];
        expect(JSON.parse((await caloscope(weigh)).stdout)).toMatchObject({ precision });
        const file = new File(out, 'r');
        expect(file.attrs['precision']?.value).toBe(precision);
        const values = (file.get('logit') as Dataset).value as Float32Array;
        file.close();
        return values;
      }),
    );
    const changes = logits[0]?.map((logit, i) =>
      Math.abs(logit - (logits[1]?.[i] as number)),
    ) as Float32Array;
    expect(Math.max(...changes)).toBeGreaterThan(0);
    expect(Math.max(...changes)).toBeLessThan(0.05);
  });

  it('weigh with the classifier of an evaluation', async () => {
    const out = join(toys.newFolder(), 'weights.hdf5');
    const words = ['weights', join(evaluation, 'classifier'), toys.generated, '--out', out];
    const { exitCode, stdout } = await caloscope(words);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Weights: ${out}`);
  });

  it('refuse what is no classifier, and outputs that are in use', async () => {
    const folder = toys.newFolder();
    const out = ['--out', join(folder, 'weights.hdf5')];
    const classifier = join(evaluation, 'classifier');
    await refused(['weights', 'none', toys.generated, ...out], 'ERR_FILE_NOT_FOUND');
    await refused(['weights', folder, toys.generated, ...out], 'ERR_CLASSIFIER');
    const other = await challengeFile(join(folder, 'other.hdf5'), 368);
    await refused(['weights', classifier, other, ...out], 'ERR_LAYOUT');
    await refused(['weights', classifier, other, '--out', other, '--force'], 'ERR_OUTPUT');
    await refused(['train', toys.reference, toys.generated, '--out', evaluation, '--force'], 'ERR_OUTPUT');
  });
});

describe('simulate', () => {
  it('writes a file that inspect knows as toys', async () => {
    const path = join(toys.newFolder(), 'toys.hdf5');
    const words = ['simulate', path, '--showers', '50', '--distortion', 'depth-shift', '--seed', '7'];
    const simulated = await caloscope(words);
    expect(simulated.exitCode).toBe(0);
    expect(simulated.stdout).toContain('50 toy showers');
    expect(simulated.stdout).toContain('best possible classifier');
    await refused(words, 'ERR_OUTPUT');

    const inspected = await caloscope(['inspect', path]);
    expect(inspected.exitCode).toBe(0);
    for (const words of ['toy showers', '50 of 504 voxels', 'layer 2', 'incident GeV']) {
      expect(inspected.stdout).toContain(words);
    }
    const document = JSON.parse((await caloscope(['inspect', path, '--json'])).stdout) as object;
    expect(document).toMatchObject({ layout: 'calogan', rows: 50, toy: true, problems: [] });
  });

  it('with --force replaces a file, and the same seed gives the same showers', async () => {
    const folder = toys.newFolder();
    const path = join(folder, 'toys.hdf5');
    const words = ['simulate', path, '--showers', '20', '--geometry', 'ds2', '--force', '--json'];
    writeFileSync(path, 'old');
    expect((await caloscope([...words, '--threads', '1'])).exitCode).toBe(0);
    const first = await showersOf(path);
    const again = await caloscope([...words, '--threads', '2']);
    expect(JSON.parse(again.stdout)).toMatchObject({ path, showers: 20, geometry: 'ds2', seed: 1 });
    expect(await showersOf(path)).toEqual(first);
  });
});

/** All numbers of a file. The bytes of HDF5 files differ by the time of writing. */
async function showersOf(path: string): Promise<{ energies: Float64Array; voxels: Float64Array }> {
  using showers = await openShowers(path);
  return { energies: showers.incidentEnergies(), voxels: showers.read(0, showers.rows) };
}

describe('inspect', () => {
  it('reports errors in the showers, and ends with 1 for them', async () => {
    const path = await challengeFile(join(toys.newFolder(), 'negative.hdf5'), 368, -1);
    const { exitCode, stdout } = await caloscope(['inspect', path]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('error: ERR_NEGATIVE_ENERGY');
    expect((await caloscope(['inspect', path, '--json'])).exitCode).toBe(1);
  });

  it('refuses what is no shower file', async () => {
    const path = join(toys.newFolder(), 'text.hdf5');
    writeFileSync(path, 'not HDF5');
    await refused(['inspect', path], 'ERR_NOT_HDF5');
    await refused(['inspect', path, '--geometry', 'ds9'], 'ERR_GEOMETRY');
  });
});
