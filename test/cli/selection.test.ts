/** `--select` on samples of several files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import { normalNumbers } from '../support/gaussian-samples.js';
import { caloscope } from './run-caloscope.js';

const layout = {
  name: 'with-particles',
  incidentEnergies: { dataset: 'energy', unit: 'GeV' },
  voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'y', 'x'] }], unit: 'MeV' },
  conditions: [{ name: 'pdg', label: 'particle', unit: '', dataset: 'pdg' }],
};

/** Energy of a row in GeV, as float32 has it, and its particle. */
const energyOf = (row: number) => (row % 10) / 10 + 0.1;
const particleOf = (row: number) => (row % 2 === 0 ? 22 : -211);

async function write(path: string, first: number, rows: number, seed: number): Promise<string> {
  const normal = normalNumbers(seed);
  const writer = await createHdf5(path, {
    datasets: [
      { path: 'energy', type: 'f4', rowShape: [] },
      { path: 'pdg', type: 'i4', rowShape: [] },
      { path: 'showers', type: 'f4', rowShape: [2, 3, 4] },
    ],
  });
  const each = (value: (row: number) => number) => Array.from({ length: rows }, (_, i) => value(first + i));
  await writer.append(
    {
      energy: Float32Array.from(each(energyOf)),
      pdg: Int32Array.from(each(particleOf)),
      showers: Float32Array.from({ length: rows * 24 }, () => 20 * Math.exp(normal())),
    },
    rows,
  );
  await writer.close();
  return path;
}

describe('selected rows of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-selection-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    await ready;
    writeFileSync(path('layout.json'), JSON.stringify(layout));
    await write(path('a0.h5'), 0, 130, 1);
    await write(path('a1.h5'), 130, 70, 2);
    await write(path('b0.h5'), 0, 200, 3);
  });
  const samples = () => ['--reference', path('a0.h5'), path('a1.h5'), '--generated', path('b0.h5')];
  const quick = ['--folds', '3', '--learners', 'logistic', '--threads', '1', '--layout', path('layout.json')];

  it('are named by file and row, told, and in all that is written', async () => {
    const out = path('out');
    const words = [...samples(), ...quick, '--select', 'energy:300..800,pdg:22', '--out', out];
    const { stdout, exitCode, stderr } = await caloscope(['evaluate', ...words]);
    expect({ exitCode, stderr: stderr.includes('error') }).toEqual({ exitCode: 0, stderr: false });
    // Of ten energies 0.3, 0.5 and 0.7 GeV are those of photons in the range.
    const kept = Array.from({ length: 200 }, (_, row) => row).filter((row) => [2, 4, 6].includes(row % 10));
    expect(stdout).toContain('60 of 200 showers');
    expect(stdout).toContain('energy from 300 to 800, pdg 22');
    const file = new File(join(out, 'weights.hdf5'), 'r');
    const column = (name: string) =>
      Array.from((file.get(name) as Dataset).value as ArrayLike<number>, Number);
    expect(column('generated/source_row')).toEqual(kept);
    expect(column('reference/source_file')).toEqual(kept.map((row) => (row < 130 ? 0 : 1)));
    expect(column('reference/source_row')).toEqual(kept.map((row) => (row < 130 ? row : row - 130)));
    file.close();
    const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as EvaluationResult;
    expect(result.samples.reference).toMatchObject({ rows: 60, unselected: 140, leftOut: 0 });
  });

  it('are those of a training, whose classifier says so', async () => {
    const out = path('classifier');
    const words = [...samples(), ...quick, '--select', 'pdg:-211', '--out', out];
    const { stdout } = await caloscope(['train', ...words]);
    expect(stdout).toContain('100 of 200 showers');
    const description = readFileSync(join(out, 'ensemble.safetensors'), 'latin1');
    expect(description).toContain(
      '\\"select\\":[{\\"condition\\":\\"pdg\\",\\"from\\":null,\\"to\\":null,\\"values\\":[-211]}]',
    );
    expect(description).toContain('\\"rows\\":{\\"reference\\":100,\\"generated\\":100}');
  });

  it.each([
    ['energy', 2, '--select must be NAME:LOW..HIGH or NAME:VALUE'],
    ['energy:1..2..3', 2, '--select must be NAME:LOW..HIGH'],
    ['energy:..', 2, '--select must be NAME:LOW..HIGH'],
    ['energy:5..2', 2, 'LOW <= HIGH'],
    ['energy:x..2', 2, '--select must be'],
    ['enrgy:1..2', 2, 'there is no condition enrgy; the showers have energy, pdg; did you mean energy?'],
    ['energy:1e5..', 1, 'none of the 200 reference showers has energy from 100000 MeV'],
  ])('--select %s is refused in one line', async (select, exitCode, says) => {
    const words = ['evaluate', ...samples(), ...quick, '--select', select, '--out', path('refused')];
    const found = await caloscope(words);
    expect(found).toMatchObject({ exitCode, stdout: '' });
    expect(found.stderr).toContain(says);
  });
});
