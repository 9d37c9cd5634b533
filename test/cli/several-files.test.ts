/** Samples in several files, and files that no layout fits. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, File, type Group, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { caloscope, errorLine } from './run-caloscope.js';
import { makeToyFiles, quick, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
const parts = ['part_2.hdf5', 'part_10.hdf5'];

beforeAll(async () => {
  await ready;
  toys = await makeToyFiles(300);
  for (const [i, part] of parts.entries()) {
    const words = [
      'simulate',
      part,
      '--geometry',
      'calogan',
      '--showers',
      `${150 + 10 * i}`,
      '--seed',
      `${7 + i}`,
    ];
    expect(await caloscope(words, toys.folder)).toMatchObject({ exitCode: 0 });
  }
});
afterAll(() => toys.remove());

describe('several files', () => {
  it('are evaluated as one sample, named by a pattern in order of their numbers', async () => {
    const words = [
      'evaluate',
      '--reference',
      toys.reference,
      '--generated',
      'part_*.hdf5',
      '--out',
      'parts',
      ...quick,
    ];
    const { exitCode, stderr } = await caloscope(words, toys.folder);
    expect(stderr).not.toMatch(errorLine);
    expect(exitCode).toBe(0);
    const text = readFileSync(join(toys.folder, 'parts', 'result.json'), 'utf8');
    const { samples } = JSON.parse(text) as EvaluationResult;
    expect(samples.generated.files.map(({ source, rows }) => [source, rows])).toEqual([
      [parts[0], 150],
      [parts[1], 160],
    ]);
    const file = new File(join(toys.folder, 'parts', 'weights.hdf5'), 'r');
    const group = file.get('generated') as Group;
    const column = (name: string) => Array.from((group.get(name) as Dataset).value as never, Number);
    expect(column('source_file')).toEqual([...Array(150).fill(0), ...Array(160).fill(1)]);
    expect(column('source_row')).toEqual([...Array(150).keys(), ...Array(160).keys()]);
    expect((file.get('reference') as Group).keys()).not.toContain('source_file');
    expect(file.attrs['generated']?.value).toBe(parts.join('\n'));
    file.close();
  });

  it('are weighed one after the other', async () => {
    const words = ['weights', join('parts', 'classifier'), ...parts, '--out', 'weights.hdf5'];
    expect(await caloscope(words, toys.folder)).toMatchObject({ exitCode: 0 });
    const file = new File(join(toys.folder, 'weights.hdf5'), 'r');
    expect((file.get('source_file') as Dataset).shape).toEqual([310]);
    file.close();
  });

  it.each([
    [['a.hdf5'], 'ERR_USAGE', 2],
    [['a.hdf5', 'b.hdf5', '--generated', 'c.hdf5'], 'ERR_USAGE', 2],
    [['--reference', 'a.hdf5'], 'ERR_USAGE', 2],
    [['--reference', 'none_*.hdf5', '--generated', 'part_*.hdf5'], 'ERR_FILE_NOT_FOUND', 1],
    [['--reference', 'part_2.hdf5', '--generated', 'part_10.hdf5', 'part_2.hdf5'], 'ERR_USAGE', 2],
  ])('are refused: %j', async (names, code, exitCode) => {
    const outcome = await caloscope(['evaluate', ...names, '--out', 'refused', ...quick], toys.folder);
    expect(errorLine.exec(outcome.stderr)?.[1]).toBe(code);
    expect(outcome.exitCode).toBe(exitCode);
  });
});

describe('a file that no layout fits', () => {
  beforeAll(() => {
    const file = new File(join(toys.folder, 'images.h5'), 'w');
    const energy = Float32Array.from({ length: 6 }, (_, row) => 10 + row);
    file.create_dataset({ name: 'energy', data: energy, shape: [6, 1] }).create_attribute('unit', 'GeV');
    const data = Float32Array.from({ length: 6 * 60 }, (_, i) => ((i * 7) % 11) * 20);
    file.create_dataset({ name: 'ECAL', data, shape: [6, 3, 4, 5] });
    file.close();
  });

  it('is listed, with a description that opens it', async () => {
    const first = await caloscope(['inspect', 'images.h5', '--layout-out', 'mine.json'], toys.folder);
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/\/ECAL +6×3×4×5 +float32/);
    expect(first.stdout).toMatch(/\/energy +6×1 +float32 +unit=GeV/);
    expect(first.stdout).toContain(
      'Wrote the proposed layout mine.json; check its axes and units, then --layout mine.json',
    );
    const second = await caloscope(['inspect', 'images.h5', '--layout', 'mine.json'], toys.folder);
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toMatch(/geometry +cartesian:3x5x4, from the axes of the showers/);
    expect(second.stdout).toMatch(/incident energy +10 GeV to 15 GeV/);
  });

  it('is told where its description gives another unit', async () => {
    const described = await caloscope(['inspect', 'images.h5', '--json'], toys.folder);
    const { proposal } = JSON.parse(described.stdout);
    const wrong = { ...proposal, voxels: { ...proposal.voxels, unit: 'GeV' } };
    writeFileSync(join(toys.folder, 'wrong.json'), JSON.stringify(wrong));
    const { stdout } = await caloscope(['inspect', 'images.h5', '--layout', 'wrong.json'], toys.folder);
    expect(stdout).toMatch(
      /units: .*; check incidentEnergies\.unit \(GeV\) and voxels\.unit \(GeV\) of the layout mine against what is stored in .*\/ECAL/,
    );
    expect(stdout).not.toContain('seem to be');
  });

  it.each([
    [
      'showers',
      'none.h5',
      'error: ERR_TOO_FEW_ROWS: it is empty: it holds no showers; write it again with some',
    ],
    ['rows', 'none.npy', 'Problems: it is empty: it holds no rows; write it again with some'],
  ])('without %s is one with a problem', async (_, name, problem) => {
    const file = new File(join(toys.folder, 'none.h5'), 'w');
    file.create_dataset({ name: 'incident_energies', data: new Float32Array(0), shape: [0, 1] });
    file.create_dataset({ name: 'showers', data: new Float32Array(0), shape: [0, 368] });
    file.close();
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }".padEnd(117);
    writeFileSync(join(toys.folder, 'none.npy'), Buffer.from(`\x93NUMPY\x01\0v\0${header}\n`, 'latin1'));
    const { exitCode, stdout } = await caloscope(['inspect', name], toys.folder);
    expect(stdout).toContain(problem);
    expect(stdout).not.toContain('No problems');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['names.csv', 'x,y\n'],
    ['nothing.csv', ''],
  ])('is a table without rows: %s', async (name, text) => {
    for (const one of [name, 'second.csv']) writeFileSync(join(toys.folder, one), text);
    for (const words of [
      ['inspect', name],
      ['evaluate', name, 'second.csv', '--out', 'refused'],
    ]) {
      const { exitCode, stderr } = await caloscope(words, toys.folder);
      expect([exitCode, errorLine.exec(stderr)?.[1]]).toEqual([1, 'ERR_TOO_FEW_ROWS']);
      expect(stderr).toContain(`${name}: it is a table without rows`);
    }
  });

  it('is told as JSON, and a description that is there is kept', async () => {
    const { stdout } = await caloscope(['inspect', 'images.h5', '--json'], toys.folder);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'ERR_LAYOUT' },
      written: false,
      proposal: { incidentEnergies: { dataset: 'energy', unit: 'GeV' } },
    });
    writeFileSync(join(toys.folder, 'kept.json'), 'mine');
    const kept = await caloscope(['inspect', 'images.h5', '--layout-out', 'kept.json'], toys.folder);
    expect(errorLine.exec(kept.stderr)?.[1]).toBe('ERR_OUTPUT');
    expect(readFileSync(join(toys.folder, 'kept.json'), 'utf8')).toBe('mine');
  });
});
