/** Memory is asked for first; under limits of addresses and data every command ends with a line, never by a signal. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caloscope, errorLine, program } from './run-caloscope.js';
import { makeToyFiles, quick, type ToyFiles } from './toy-files.js';

let toys: ToyFiles;
let result: string;
beforeAll(async () => {
  toys = await makeToyFiles(300);
  result = join(toys.newFolder(), 'result');
  const words = ['evaluate', toys.reference, toys.generated, '--out', result, ...quick];
  expect((await caloscope(words)).exitCode).toBe(0);
});
afterAll(() => toys.remove());

it('a training that cannot fit is refused before it, with what would fit better', async () => {
  const out = join(toys.newFolder(), 'out');
  const size = ['--learners', 'network', '--hidden', '4096,4096', '--members', '1000'];
  const { stderr, exitCode } = await caloscope([
    'train',
    toys.reference,
    toys.generated,
    '--out',
    out,
    '--quiet',
    ...size,
  ]);
  expect(stderr).toMatch(errorLine);
  expect(stderr).toMatch(
    /ERR_MEMORY: the training needs \d{3}\.\d GB of memory, .* are free \(.*\): --members 1 \(1\.\d GB\), or --folds 3/,
  );
  expect(exitCode).toBe(1);
  expect(existsSync(out)).toBe(false);
});

/** What makes WebAssembly reserve little. */
const little = process.allowedNodeEnvironmentFlags.has('--disable-wasm-trap-handler')
  ? 'NODE_OPTIONS=--disable-wasm-trap-handler'
  : '';

/** In kB, and the environment. */
const limits = [
  ['-v 1000000', ''],
  ['-v 2150000', little],
  ['-v 3000000', ''],
  ['-v 4300000', little],
  ['-v 8000000', ''],
  ['-d 150000', ''],
  ['-d 300000', ''],
] as const;

describe.skipIf(process.platform !== 'linux')('limits of addresses and data', () => {
  const commands: Readonly<Record<string, (out: string) => string>> = {
    inspect: () => `inspect ${toys.reference}`,
    simulate: (out) => `simulate ${out} --showers 20`,
    train: (out) => `train ${toys.reference} ${toys.generated} --out ${out} ${quick.join(' ')}`,
    evaluate: (out) => `evaluate ${toys.reference} ${toys.generated} --out ${out} ${quick.join(' ')}`,
    weights: (out) => `weights ${join(result, 'classifier')} ${toys.generated} --out ${out}`,
    report: (out) => `report ${result} --out ${out}`,
    export: (out) => `export ${join(result, 'classifier')} --out ${out}`,
    lineage: () => `lineage ${result}`,
  };

  it.each(Object.keys(commands))('%s', (command) => {
    for (const [limit, environment] of limits) {
      const words = (commands[command] as (out: string) => string)(join(toys.newFolder(), 'out'));
      const line = `ulimit ${limit}; ${environment} exec "${process.execPath}" "${program}" ${words}`;
      const { status, stderr, signal } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
      const what = `${line}: ${stderr}`;
      expect(signal, what).toBeNull();
      expect(status, what).toBeLessThan(2);
      if (status === 1) expect(stderr, what).toMatch(/^caloscope: ERR_MEMORY: .*\n$/m);
    }
  });
});
