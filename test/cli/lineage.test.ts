import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lineage } from '#caloscope/lineage/lineage';
import { caloscope } from './run-caloscope.js';
import { makeToyFiles, quick, type ToyFiles } from './toy-files.js';

let files: ToyFiles;
let other: string;
const at = (name: string) => join(files.folder, name);

/** Two studies with one reference sample: of `generated.hdf5` and of `other.hdf5`. */
beforeAll(async () => {
  files = await makeToyFiles(120);
  other = at('other.hdf5');
  const { reference, generated } = files;
  const calls = [
    ['simulate', other, '--showers', '120', '--seed', '3', '--geometry', 'calogan'],
    ['train', reference, generated, '--out', at('classifier'), ...quick],
    ['weights', at('classifier'), other, '--out', at('weights.hdf5')],
    ['export', at('classifier'), '--out', at('model.onnx')],
    ['evaluate', reference, generated, '--out', at('result'), ...quick],
    ['evaluate', reference, other, '--out', at('other-result'), ...quick],
    ['report', at('result'), '--out', at('report.html'), '--figures', at('figures')],
  ];
  for (const words of calls) {
    const { exitCode, stderr } = await caloscope([...words, '--quiet']);
    expect([exitCode, stderr]).toEqual([0, '']);
  }
}, 120_000);
afterAll(() => files.remove());

const ofGenerated = [
  'classifier',
  'figures',
  'model.onnx',
  'report.html',
  'result/classifier',
  'result/report.html',
  'result/result.json',
  'result/weights.hdf5',
];
const ofOther = [
  'other-result/classifier',
  'other-result/report.html',
  'other-result/result.json',
  'other-result/weights.hdf5',
];
const data = ['generated.hdf5', 'other.hdf5', 'reference.hdf5'];

async function lineage(): Promise<{ readonly found: Lineage; readonly exitCode: number | null }> {
  const { exitCode, stdout } = await caloscope(['lineage', files.folder, '--json']);
  return { found: JSON.parse(stdout), exitCode };
}

/** The paths in a state. */
function pathsIn({ nodes }: Lineage, wanted: string): string[] {
  return nodes
    .filter(({ state }) => state === wanted)
    .map(({ path }) => path)
    .sort();
}

describe('lineage', () => {
  it('says what was made from what', async () => {
    const { found, exitCode } = await lineage();
    expect(exitCode).toBe(0);
    const all = [...ofGenerated, ...ofOther, ...data, 'weights.hdf5'].sort();
    expect(pathsIn(found, 'current')).toEqual(all);
    expect(found.nodes).toHaveLength(all.length);
    const parents = (path: string) =>
      found.edges.filter(({ to }) => to === path).map(({ role, from }) => `${role} ${from}`);
    expect(parents('weights.hdf5')).toEqual(['classifier classifier', 'rows other.hdf5']);
    expect(parents('model.onnx')).toEqual(['classifier classifier']);
    for (const path of ofGenerated.filter((one) => one !== 'model.onnx'))
      expect(parents(path), path).toEqual(['reference reference.hdf5', 'generated generated.hdf5']);
    for (const path of ofOther)
      expect(parents(path), path).toEqual(['reference reference.hdf5', 'generated other.hdf5']);
  });

  it('finds what is stale after one byte of an input changed, and nothing else', async () => {
    const kept = at('kept');
    for (const [name, stale] of [
      ['generated.hdf5', [...ofGenerated, 'weights.hdf5']],
      ['other.hdf5', [...ofOther, 'weights.hdf5']],
      ['reference.hdf5', [...ofGenerated, ...ofOther, 'weights.hdf5']],
    ] as const) {
      copyFileSync(at(name), kept);
      appendFileSync(at(name), 'x');
      const { found, exitCode } = await lineage();
      expect(exitCode).toBe(1);
      expect(pathsIn(found, 'stale'), name).toEqual([...stale].sort());
      renameSync(kept, at(name));
    }
    expect((await lineage()).exitCode).toBe(0);
  });

  it('follows a classifier that was trained again', async () => {
    const words = [
      'train',
      files.reference,
      files.generated,
      '--out',
      at('classifier'),
      '--force',
      '--quiet',
    ];
    expect((await caloscope([...words, ...quick, '--seed', '2'])).exitCode).toBe(0);
    const { found } = await lineage();
    expect(pathsIn(found, 'stale')).toEqual(['model.onnx', 'weights.hdf5']);
    const { stdout } = await caloscope(['lineage', files.folder]);
    expect(stdout).toContain(
      'model.onnx is stale: its classifier classifier has changed since; make it again',
    );
  });

  it('finds a file that was moved within its folder, by its bytes', async () => {
    renameSync(other, at('renamed.hdf5'));
    const { stdout } = await caloscope(['lineage', files.folder]);
    expect(stdout).toContain('other.hdf5 moved to renamed.hdf5\n');
    expect(stdout).not.toContain('missing');
    const { found } = await lineage();
    for (const path of ofOther)
      expect(found.nodes.find((node) => node.path === path)).toMatchObject({ state: 'current', reasons: [] });
    const moved = found.nodes.find(({ path }) => path === 'renamed.hdf5');
    expect(moved).toMatchObject({ kind: 'data', state: 'current', movedFrom: 'other.hdf5' });
    appendFileSync(at('renamed.hdf5'), 'x');
    const { found: changed } = await lineage();
    expect(pathsIn(changed, 'missing')).toEqual(['other.hdf5']);
    writeFileSync(other, readFileSync(at('renamed.hdf5')).subarray(0, -1));
    rmSync(at('renamed.hdf5'));
    expect(pathsIn((await lineage()).found, 'missing')).toEqual([]);
  });

  it('tells of a missing file in one line each, and draws the graph', async () => {
    rmSync(other);
    const dot = at('graph.dot');
    const svg = at('graph.svg');
    const words = ['lineage', files.folder, '--dot', dot, '--svg', svg];
    const { exitCode, stdout } = await caloscope(words);
    expect(exitCode).toBe(1);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*>other\.hdf5<\/text>[\s\S]*<\/svg>\n$/);
    for (const path of ofOther)
      expect(stdout).toContain(`${path} is stale: its generated other.hdf5 is missing; make it again`);
    const graph = readFileSync(dot, 'utf8');
    expect(graph).toContain('"other.hdf5" [label="data\\nother.hdf5", style=dashed];');
    expect(graph).toContain('"classifier" -> "weights.hdf5" [label="classifier"];');
  });

  it('lists what is damaged', async () => {
    const cut = ['result/result.json', 'classifier/ensemble.safetensors', 'weights.hdf5'];
    for (const name of cut) truncateSync(at(name), Math.floor(statSync(at(name)).size / 2));
    const { found, exitCode } = await lineage();
    expect(exitCode).toBe(1);
    expect(pathsIn(found, 'unreadable')).toEqual(['classifier', 'result/result.json', 'weights.hdf5']);
    const result = found.nodes.find(({ path }) => path === 'result/result.json');
    expect(result).toMatchObject({ kind: 'result', reasons: [expect.stringMatching(/JSON/)] });
    const { stdout } = await caloscope(['lineage', files.folder]);
    expect(stdout).toMatch(/^result\/result\.json is unreadable: .*JSON.*; make it again$/m);
    writeFileSync(at('foreign.json'), '{"format": "another"');
    expect((await lineage()).found.nodes.map(({ path }) => path)).not.toContain('foreign.json');
  });

  it('refuses what is no folder', async () => {
    for (const [path, code] of [
      [at('nothing'), 'ERR_FILE_NOT_FOUND'],
      [files.reference, 'ERR_NOT_A_FILE'],
    ] as const) {
      const { exitCode, stderr } = await caloscope(['lineage', path]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(code);
    }
  });
});
