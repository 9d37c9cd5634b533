import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateShowers } from '#caloscope/index';
import { root } from './support/documented-examples.js';

const run = promisify(execFile);

// Below the package, so that `import … from 'caloscope'` finds it as a user's project would.
const folder = mkdtempSync(join(root, 'test', '.examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const own = (name: string) => join(folder, name);
const reference = own('geant4.hdf5');

beforeAll(async () => {
  await simulateShowers(reference, { geometry: 'calogan', showers: 300, seed: 1 });
  await run('mkdir', [own('generated')]);
  for (const [i, distortion] of (['width', 'noise'] as const).entries())
    await simulateShowers(own(`generated/${distortion}.hdf5`), {
      geometry: 'calogan',
      showers: 300,
      seed: 2 + i,
      distortion,
    });
  writeFileSync(own('caloscope'), `#!/bin/sh\nexec node "${join(root, 'dist/cli/main.js')}" "$@"\n`);
  chmodSync(own('caloscope'), 0o755);
});

describe('examples in TypeScript', () => {
  const scripts = readdirSync(join(root, 'examples/typescript'));

  it('compile, strictly', () => {
    const config = ts.readConfigFile(join(root, 'examples/tsconfig.json'), ts.sys.readFile);
    const { options, fileNames } = ts.parseJsonConfigFileContent(
      config.config,
      ts.sys,
      join(root, 'examples'),
    );
    expect(fileNames).toHaveLength(scripts.length);
    const problems = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    expect(problems.map(({ messageText }) => messageText)).toEqual([]);
  });

  /** Runs a script as a user would, with a Node that reads no TypeScript. */
  async function example(name: string, ...words: readonly string[]) {
    const text = readFileSync(join(root, 'examples/typescript', name), 'utf8');
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const script = own(name.replace(/\.ts$/, '.mjs'));
    writeFileSync(script, outputText);
    return await run(process.execPath, [script, ...words]);
  }

  it('rank generators', async () => {
    const files = ['noise', 'width'].map((name) => own(`generated/${name}.hdf5`));
    const { stdout } = await example('rank-generators.ts', reference, ...files);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(['noise.hdf5', 'width.hdf5']);
    const areas = lines.map((line) => Number(line.match(/AUC ([\d.]+)/)?.[1]));
    expect(areas[0]).toBeLessThanOrEqual(areas[1] as number);
    for (const line of lines) expect(line).toMatch(/separation of the peak [\d.]+·10⁻³$/);
  });

  it('tell of a missing file in one line', async () => {
    await expect(example('rank-generators.ts', reference, own('none.hdf5'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERR_FILE_NOT_FOUND: .*none\.hdf5.*\n$/),
    });
  });

  it('show a bar', async () => {
    const { stdout, stderr } = await example('progress-bar.ts', reference, own('generated/width.hdf5'));
    expect(stderr).toMatch(/█+░* \d+ % /);
    expect(stdout.trim()).toMatch(/\.$/);
  });

  it('work in a thread, and pass on what is wrong', async () => {
    const { stdout } = await example('worker-thread.ts', reference, own('generated/width.hdf5'));
    expect(stdout).toMatch(/^AUC 0\.\d{3}: .*\.\n$/);
    await expect(example('worker-thread.ts', reference, own('none.hdf5'))).rejects.toMatchObject({ code: 1 });
  });
});

describe('examples for the shell', () => {
  const scripts = readdirSync(join(root, 'examples/shell'));
  const quick = ['--folds', '3', '--learners', 'logistic'];
  const path = `${folder}:${process.env['PATH']}`;
  const shell = (name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run('bash', [join(root, 'examples/shell', name), ...words], {
      env: { ...process.env, PATH: path, ...env },
    });

  it.each(scripts)('%s has no error of syntax', async (name) => {
    await run('bash', ['-n', join(root, 'examples/shell', name)]);
  });

  it('a job of an array evaluates its file', async () => {
    const words = [reference, own('generated'), own('results'), '--features', 'high', ...quick];
    await shell('slurm-array.sh', words, { SLURM_ARRAY_TASK_ID: '1' });
    expect(readdirSync(own('results'))).toEqual(['width']);
    expect(readdirSync(own('results/width'))).toContain('result.json');
    await expect(shell('slurm-array.sh', words, { SLURM_ARRAY_TASK_ID: '' })).rejects.toMatchObject({
      stderr: expect.stringContaining('sbatch --array'),
    });
  });

  it('a table has a line for each submission', async () => {
    const files = ['noise', 'width'].map((name) => own(`generated/${name}.hdf5`));
    const words = [own('table'), reference, ...files];
    const { stdout } = await shell('calochallenge-table.sh', words, { CALOSCOPE_OPTIONS: quick.join(' ') });
    const [head, , ...lines] = stdout.trim().split('\n');
    expect(head).toContain('| AUC low | AUC high |');
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(
        /^\| (noise|width) \| 0\.\d{3} ± 0\.\d{3} \| 0\.\d{3} ± 0\.\d{3} \| \d\.\d\de[-+]\d+ \| .+ \|$/,
      );
  });
});
