/** What the commands say of their input: warnings, geometry and threshold, in words, as JSON and in the files they write. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { scoreFile } from '#caloscope/classifier/file-scores';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import type { Warning } from '#caloscope/warnings';
import { normalNumbers } from '../support/gaussian-samples.js';
import { writeToyJets } from '../support/toy-jets.js';
import { caloscope, emptyFolder } from './run-caloscope.js';
import { quick } from './toy-files.js';

const rows = 150;

/** Positive numbers that add up to 1. */
function shares(count: number, normal: () => number): Float64Array {
  const numbers = Float64Array.from({ length: count }, () => Math.exp(normal()));
  const sum = numbers.reduce((total, number) => total + number, 0);
  return numbers.map((number) => number / sum);
}

interface Written {
  readonly seed: number;
  /** MeV of the unit in which the voxels are stored. */
  readonly unit?: number;
  /** The incident energies; otherwise drawn. */
  readonly energies?: Float64Array;
  /** Rows that are those of another file. */
  readonly copied?: { readonly from: string; readonly rows: readonly number[] };
}

/** Showers in the CaloGAN layout; the energies from 1 to 100 GeV. */
async function caloganFile(path: string, { seed, unit = 1, energies, copied }: Written): Promise<string> {
  const normal = normalNumbers(seed);
  const incident = energies ?? Float64Array.from({ length: rows }, () => 10 * Math.exp(normal() / 2));
  const sizes = [288, 144, 72];
  const writer = await createHdf5(path, {
    datasets: [
      { path: 'energy', type: 'f8', rowShape: [1] },
      { path: 'layer_0', type: 'f8', rowShape: [3, 96] },
      { path: 'layer_1', type: 'f8', rowShape: [12, 12] },
      { path: 'layer_2', type: 'f8', rowShape: [12, 6] },
    ],
  });
  const layers = sizes.map((size) => new Float64Array(rows * size));
  for (let row = 0; row < rows; row++) {
    const deposited = (950 * (incident[row] as number)) / unit;
    const voxels = shares(504, normal).map((share) => share * deposited);
    layers[0]?.set(voxels.subarray(0, 288), row * 288);
    layers[1]?.set(voxels.subarray(288, 432), row * 144);
    layers[2]?.set(voxels.subarray(432), row * 72);
  }
  if (copied) {
    const file = new File(copied.from, 'r');
    const numbers = (name: string) => (file.get(name) as Dataset).value as Float64Array;
    for (const row of copied.rows) {
      incident[row] = numbers('energy')[row] as number;
      for (const [i, size] of sizes.entries()) {
        layers[i]?.set(numbers(`layer_${i}`).subarray(row * size, (row + 1) * size), row * size);
      }
    }
    file.close();
  }
  const [layer_0, layer_1, layer_2] = layers as [Float64Array, Float64Array, Float64Array];
  await writer.append({ energy: incident, layer_0, layer_1, layer_2 }, rows);
  await writer.close();
  return path;
}

/** Showers of 45 × 16 × 9 voxels of which a tenth is lit; `noise` MeV in a third of the others. */
async function ds2File(path: string, seed: number, noise = 0): Promise<string> {
  const normal = normalNumbers(seed);
  const count = 40;
  const writer = await createHdf5(path, {
    datasets: [
      { path: 'incident_energies', type: 'f8', rowShape: [1] },
      { path: 'showers', type: 'f4', rowShape: [6480] },
    ],
  });
  const dark = () => (normal() > 0.43 ? noise : 0);
  const showers = Float32Array.from({ length: count * 6480 }, () =>
    normal() > 1.28 ? 10 * Math.exp(normal()) : dark(),
  );
  await writer.append(
    { incident_energies: Float64Array.from({ length: count }, () => 1e4 * Math.exp(normal())), showers },
    count,
  );
  await writer.close();
  return path;
}

function codes(warnings: readonly Warning[]): string[] {
  return warnings.map(({ code }) => code);
}

function warningsIn(path: string): string {
  const file = new File(path, 'r');
  const { value } = file.attrs['warnings'] ?? {};
  file.close();
  return value as string;
}

beforeAll(() => ready);

describe('what is odd about files and samples', () => {
  it('is said by train, stands in its document, and goes with the classifier', async () => {
    const folder = emptyFolder();
    const reference = await caloganFile(join(folder, 'reference.hdf5'), { seed: 1 });
    const inGeV = await caloganFile(join(folder, 'gev.hdf5'), { seed: 2, unit: 1000 });
    const out = join(folder, 'classifier');
    const words = ['train', reference, inGeV, '--out', out, ...quick, '--hidden', '64,64'];
    const said = await caloscope(words);
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toMatch(/^warning: units: generated sample: .*voxels seem to be in GeV/m);
    const document = JSON.parse((await caloscope([...words, '--force', '--json'])).stdout) as {
      warnings: Warning[];
    };
    expect(codes(document.warnings)).toEqual(['units', 'small-sample', 'large-network']);
    using ensemble = await ClassifierEnsemble.load(out);
    expect(ensemble.description.warnings).toEqual(document.warnings);
    const weights = join(folder, 'weights.hdf5');
    const weighed = await caloscope(['weights', out, reference, '--out', weights]);
    expect(weighed.stdout).toMatch(/^warning: units: in the training of the classifier: generated sample: /m);
  });

  it('is the conditions and shared rows in train, too', async () => {
    const folder = emptyFolder();
    const energies = (scale: number) =>
      Float64Array.from({ length: rows }, (_, row) => scale * (1 + row / rows));
    const first = await caloganFile(join(folder, 'first.hdf5'), { seed: 1, energies: energies(10) });
    const second = await caloganFile(join(folder, 'second.hdf5'), { seed: 2, energies: energies(20) });
    const train = async (...files: string[]) => {
      const words = ['train', ...files, '--out', join(folder, 'classifier'), '--force', '--allow-same'];
      const { stdout } = await caloscope([...words, ...quick, '--json']);
      return codes((JSON.parse(stdout) as { warnings: Warning[] }).warnings);
    };
    expect(await train(first, second)).toContain('incident-energy-leak');
    expect(await train(first, first)).toContain('shared-rows');
  });

  it('is said by weights, of the file and of the weights, and stands in what it writes', async () => {
    const folder = emptyFolder();
    const reference = await caloganFile(join(folder, 'reference.hdf5'), { seed: 1 });
    const generated = await caloganFile(join(folder, 'generated.hdf5'), { seed: 2 });
    const inGeV = await caloganFile(join(folder, 'gev.hdf5'), { seed: 2, unit: 1000 });
    const classifier = join(folder, 'classifier');
    expect((await caloscope(['train', reference, generated, '--out', classifier, ...quick])).exitCode).toBe(
      0,
    );
    const weigh = async (file: string) => {
      const out = join(folder, 'weights.hdf5');
      const words = ['weights', classifier, file, '--out', out, '--force'];
      const { stdout } = await caloscope(words);
      const { warnings } = JSON.parse((await caloscope([...words, '--json'])).stdout) as {
        warnings: Warning[];
      };
      expect(warningsIn(out)).toBe(warnings.map(({ code, message }) => `${code}: ${message}`).join('\n'));
      for (const { code, message } of warnings) expect(stdout).toContain(`\nwarning: ${code}: ${message}\n`);
      return warnings;
    };
    expect(codes(await weigh(generated))).not.toContain('units');
    expect(codes(await weigh(inGeV))).toContain('units');
    const quiet = await caloscope(['weights', classifier, inGeV, '--out', join(folder, 'w.hdf5'), '--quiet']);
    expect(quiet).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('is said of jets as jets', async () => {
    const folder = emptyFolder();
    const reference = await writeToyJets(join(folder, 'reference.hdf5'), rows, 1);
    const generated = await writeToyJets(join(folder, 'generated.hdf5'), rows, 2);
    const classifier = join(folder, 'classifier');
    await caloscope(['train', reference, generated, '--out', classifier, ...quick]);
    const weigh = ['weights', classifier, generated, '--out', join(folder, 'weights.hdf5')];
    const { stdout } = await caloscope(weigh);
    expect(stdout).toMatch(/^ +jets +150$/m);
    expect(stdout).toMatch(/^ +effective sample size +\d+ jets$/m);
    expect(stdout).not.toMatch(/showers|geometry|threshold|null/);
  });

  it('is said by evaluate and report, and stands in weights.hdf5', async () => {
    const folder = emptyFolder();
    const reference = await caloganFile(join(folder, 'reference.hdf5'), { seed: 1 });
    const inGeV = await caloganFile(join(folder, 'gev.hdf5'), { seed: 2, unit: 1000 });
    const out = join(folder, 'out');
    const evaluated = await caloscope(['evaluate', reference, inGeV, '--out', out, ...quick]);
    const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as EvaluationResult;
    expect(codes(result.warnings)).toContain('units');
    expect(warningsIn(join(out, 'weights.hdf5')).split('\n')).toHaveLength(result.warnings.length);
    const reported = await caloscope(['report', out, '--out', join(folder, 'again.html')]);
    for (const { code, message } of result.warnings) {
      expect(evaluated.stdout).toContain(`\nwarning: ${code}: ${message}\n`);
      expect(reported.stdout).toContain(`\nwarning: ${code}: ${message}\n`);
    }
    const words = ['report', out, '--out', join(folder, 'again.html'), '--force', '--json'];
    expect(JSON.parse((await caloscope(words)).stdout)).toMatchObject({ warnings: result.warnings });
  });
});

describe('rows that cannot be used', () => {
  /** Showers of which some voxels are changed. */
  async function oddFile(
    path: string,
    seed: number,
    change: (voxels: Float64Array) => void,
  ): Promise<string> {
    await caloganFile(path, { seed });
    const file = new File(path, 'a');
    const layer = file.get('layer_1') as Dataset;
    const voxels = layer.value as Float64Array;
    change(voxels);
    layer.write_slice(
      [
        [0, rows],
        [0, 12],
        [0, 12],
      ],
      voxels,
    );
    file.close();
    return path;
  }

  it('are refused with the options, or left out and kept in place', async () => {
    const folder = emptyFolder();
    const reference = await caloganFile(join(folder, 'reference.hdf5'), { seed: 1 });
    const odd = await oddFile(join(folder, 'odd.hdf5'), 2, (voxels) => {
      voxels[7 * 144 + 3] = Number.NaN;
      voxels[90 * 144] = -1;
    });
    const negative = await oddFile(join(folder, 'negative.hdf5'), 3, (voxels) => voxels.fill(-1, 0, 1));
    const out = join(folder, 'out');
    const words = ['evaluate', reference, odd, '--out', out, ...quick];
    const refused = await caloscope(words);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /ERR_NON_FINITE: .*row 7, .*\(--non-finite-voxels zero\) or leave their showers out \(--drop-rows\)/,
    );
    expect((await caloscope(['evaluate', reference, negative, '--out', out, ...quick])).stderr).toMatch(
      /ERR_NEGATIVE_ENERGY: .*\(--negative-voxels keep, zero\), or leave their showers out \(--drop-rows\)/,
    );
    const done = await caloscope([...words, '--drop-rows', '--json']);
    const left = Array.from({ length: rows }, (_, row) => row).filter((row) => row !== 7 && row !== 90);
    const said = expect.stringContaining(`2 of ${rows} showers were left out, the first in row 7`);
    expect(JSON.parse(done.stdout)).toMatchObject({
      samples: { generated: { rows: rows - 2, leftOut: 0 } },
      warnings: expect.arrayContaining([{ code: 'dropped-rows', message: said }]),
    });
    const evaluated = new File(join(out, 'weights.hdf5'), 'r');
    expect(
      Array.from((evaluated.get('generated/source_row') as Dataset).value as BigInt64Array, Number),
    ).toEqual(left);
    evaluated.close();
    const weights = join(folder, 'weights.hdf5');
    const weigh = [
      'weights',
      join(out, 'classifier'),
      odd,
      reference,
      '--drop-rows',
      '--out',
      weights,
      '--json',
    ];
    expect(JSON.parse((await caloscope(weigh)).stdout)).toMatchObject({
      rows: 2 * rows - 2,
      withoutWeight: 2,
      warnings: expect.arrayContaining([{ code: 'dropped-rows', message: expect.anything() }]),
    });
    const weighed = new File(weights, 'r');
    const logWeights = (weighed.get('log_weight') as Dataset).value as Float64Array;
    const missing = [...logWeights.keys()].filter((row) => Number.isNaN(logWeights[row]));
    expect([logWeights.length, ...missing]).toEqual([2 * rows, 7, 90]);
    const sources = (weighed.get('source_row') as Dataset).value as BigInt64Array;
    expect(Array.from(sources, Number)).toEqual([...Array(rows).keys(), ...Array(rows).keys()]);
    weighed.close();
    using ensemble = await ClassifierEnsemble.load(join(out, 'classifier'));
    const { logRatios } = await scoreFile(ensemble, reference);
    expect([...logWeights.subarray(rows)]).toEqual([...logRatios]);
  });
});

describe('copies', () => {
  it('are refused, or absent from the weights, as chosen', async () => {
    const folder = emptyFolder();
    const energies = Float64Array.from({ length: rows }, (_, row) => 10 + row / 10);
    const reference = await caloganFile(join(folder, 'reference.hdf5'), { seed: 1, energies });
    const normal = normalNumbers(2);
    const generated = await caloganFile(join(folder, 'generated.hdf5'), {
      seed: 2,
      energies: energies.map((energy) => energy * (1 + 0.1 * normal())),
      copied: { from: reference, rows: [4, 90] },
    });
    const out = join(folder, 'out');
    const words = ['evaluate', reference, generated, '--out', out, ...quick];
    const refused = await caloscope([...words, '--repeated', 'refuse']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /ERR_REPEATED_ROWS: 2 generated showers .*generated row 4 is reference row 4/,
    );
    const removed = await caloscope([...words, '--repeated', 'remove', '--json']);
    expect(JSON.parse(removed.stdout)).toMatchObject({
      samples: { generated: { rows: rows - 2, leftOut: 2 }, reference: { rows, leftOut: 0 } },
      settings: { repeated: 'remove' },
    });
    const file = new File(join(out, 'weights.hdf5'), 'r');
    const column = (name: string) => Array.from((file.get(name) as Dataset).value as BigInt64Array, Number);
    const all = Array.from({ length: rows }, (_, row) => row);
    expect(column('reference/source_row')).toEqual(all);
    expect(column('generated/source_row')).toEqual(all.filter((row) => row !== 4 && row !== 90));
    expect((file.get('generated/log_weight') as Dataset).shape).toEqual([rows - 2]);
    file.close();
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('148, and 2 copies left out');
    const wrong = await caloscope([...words, '--repeated', 'keep']);
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.stderr).toContain('--repeated must be warn, refuse or remove');
  });
});

describe('geometry and threshold', () => {
  const edges = (last: string) => `0,4.65,9.3,13.95,18.6,23.25,27.9,32.55,37.2,${last}`;
  const binning = (last = '41.85') => {
    const layers = Array.from(
      { length: 45 },
      (_, id) => `<Layer id="${id}" r_edges="${edges(last)}" n_bin_alpha="16"/>`,
    );
    return `<Bins><Bin pid="11" name="electron">${layers.join('')}</Bin></Bins>`;
  };

  it('are those of the binning, whatever it is called, and are said with their reasons', async () => {
    const folder = emptyFolder();
    const reference = await ds2File(join(folder, 'reference.hdf5'), 1);
    const generated = await ds2File(join(folder, 'generated.hdf5'), 2, 1e-3);
    writeFileSync(join(folder, 'same.xml'), binning());
    writeFileSync(join(folder, 'other.xml'), binning('41.9'));
    const evaluate = async (...geometry: string[]) => {
      const out = join(folder, 'out');
      const words = ['evaluate', reference, generated, '--out', out, '--force', ...quick, ...geometry];
      const { stdout } = await caloscope(words, folder);
      const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as EvaluationResult;
      const html = readFileSync(join(out, 'report.html'), 'utf8');
      const { geometryReason, thresholdReason } = result.settings;
      for (const reason of [geometryReason, thresholdReason]) {
        expect(html.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toContain(reason);
      }
      return { stdout, result };
    };
    const guessed = await evaluate();
    expect(guessed.stdout).toMatch(/^ {2}geometry {3}ds2, guessed from 6480 voxels$/m);
    expect(guessed.stdout).toMatch(/^ {2}threshold {2}0\.01515 MeV, published for ds2$/m);
    expect(guessed.stdout).toMatch(/^ {2}reference .* layout calochallenge /m);
    const named = await evaluate('--geometry', 'ds2');
    expect(named.stdout).toMatch(/^ {2}geometry {3}ds2, as given$/m);
    const same = await evaluate('--geometry', 'same.xml');
    expect(same.stdout).toMatch(/^ {2}geometry {3}ds2, the binning of same\.xml$/m);
    for (const { result } of [named, same]) {
      expect(result.verdict).toEqual(guessed.result.verdict);
      expect(result.settings.threshold).toBe(guessed.result.settings.threshold);
    }
    const other = await evaluate('--geometry', 'other.xml');
    expect(other.result.settings).toMatchObject({ geometry: 'other.xml', threshold: null });
    expect(other.stdout).toContain(
      'threshold  none, not published for other.xml; with --threshold <MeV> voxels below',
    );
    const chosen = await evaluate('--geometry', 'other.xml', '--threshold', '0.02');
    expect(chosen.stdout).toMatch(/^ {2}threshold {2}0\.02 MeV, as given$/m);
  });

  it('are said by train, weights and inspect', async () => {
    const folder = emptyFolder();
    const reference = await ds2File(join(folder, 'reference.hdf5'), 1);
    const generated = await ds2File(join(folder, 'generated.hdf5'), 2);
    const out = join(folder, 'classifier');
    const words = ['train', reference, generated, '--out', out, ...quick];
    expect((await caloscope(words)).stdout).toContain('geometry   ds2, guessed from 6480 voxels');
    expect(JSON.parse((await caloscope([...words, '--force', '--json'])).stdout)).toMatchObject({
      input: {
        geometry: 'ds2',
        geometryReason: 'guessed from 6480 voxels',
        thresholdReason: 'published for ds2',
      },
    });
    const weighed = await caloscope(['weights', out, generated, '--out', join(folder, 'weights.hdf5')]);
    expect(weighed.stdout).toMatch(
      /geometry +ds2, that of the classifier\n +threshold +0\.01515 MeV, that of the/,
    );
    expect((await caloscope(['inspect', reference])).stdout).toMatch(
      /geometry +ds2, guessed from 6480 voxels/,
    );
    const toys = join(folder, 'toys.hdf5');
    await caloganFile(toys, { seed: 1 });
    expect((await caloscope(['inspect', toys])).stdout).toMatch(
      /geometry +calogan, that of the layout calogan/,
    );
    expect(
      JSON.parse(
        (await caloscope(['inspect', reference, '--geometry', 'cartesian:45x12x12', '--json'])).stdout,
      ),
    ).toMatchObject({
      geometry: 'cartesian:45x12x12',
      geometryReason: 'as given',
    });
  });
});
