import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string);

describe('the examples of the README', () => {
  it('are there', () => expect(examples.length).toBeGreaterThanOrEqual(3));

  it.each(examples.map((code, i) => [i, code] as const))('example %i runs', async (_, code) => {
    // Below the package, so that `import … from 'caloscope'` finds it as a user's project would.
    const folder = await mkdtemp(join(root, 'test', '.readme-'));
    try {
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      await writeFile(join(folder, 'example.mjs'), outputText);
      const { stdout, stderr } = await promisify(execFile)('node', ['example.mjs'], { cwd: folder });
      expect(stderr).toBe('');
      expect(stdout).not.toBe('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
