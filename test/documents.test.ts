import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { documentedExamples, root } from './support/documented-examples.js';

const examples = await documentedExamples();

describe('the examples of the documents', () => {
  it('are there', () => expect(examples.length).toBeGreaterThanOrEqual(5));

  it.each(examples)('$name runs', async ({ code }) => {
    // Below the package, so that `import … from 'caloscope'` finds it as a user's project would.
    const folder = await mkdtemp(join(root, 'test', '.documents-'));
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

it('name the oldest Node.js that the package accepts', async () => {
  const [, read] = /Node ≥ ([\d.]+)/.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
  for (const name of ['package.json', 'package-lock.json']) {
    const { engines, packages } = JSON.parse(await readFile(join(root, name), 'utf8'));
    expect((engines ?? packages[''].engines).node, name).toBe(`>=${read}`);
  }
});

describe('the links of the documents', () => {
  const pagesAmong = (names: readonly string[]) => names.filter((name) => name.endsWith('.md'));

  /** As GitHub makes them of headings. */
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');

  it('lead somewhere', async () => {
    const pages = [
      ...pagesAmong(await readdir(root)),
      ...pagesAmong(await readdir(join(root, 'docs'))).map((name) => join('docs', name)),
      'examples/README.md',
    ];
    expect(pages.length).toBeGreaterThan(10);
    const dead: string[] = [];
    for (const page of pages) {
      const text = await readFile(join(root, page), 'utf8');
      for (const [, link] of text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        const [path, anchor] = (link as string).split('#') as [string, string?];
        if (/^[a-z]+:/.test(path)) continue;
        const target = path === '' ? join(root, page) : join(root, dirname(page), path);
        if (!existsSync(target)) dead.push(`${page}: ${link}`);
        else if (anchor !== undefined) {
          const headings = [...(await readFile(target, 'utf8')).matchAll(/^#+ (.*)$/gm)];
          if (!headings.some(([, heading]) => anchorOf(heading as string) === anchor)) {
            dead.push(`${page}: ${link}`);
          }
        }
      }
    }
    expect(dead).toEqual([]);
  });
});
