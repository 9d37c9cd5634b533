import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../support/documented-examples.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Hooks of the loader see each module that is loaded, of packages of the older form too.
writeFileSync(
  join(folder, 'hooks.mjs'),
  `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  if (!url.startsWith('node:')) appendFileSync(process.env.CALOSCOPE_LOADED, url + '\\n');
  return await next(url, context);
}`,
);
writeFileSync(
  join(folder, 'register.mjs'),
  `import { register } from 'node:module';
register(${JSON.stringify(pathToFileURL(join(folder, 'hooks.mjs')))});`,
);

/** The modules that Node loads for these words, below the package. */
async function loadedBy(words: readonly string[]): Promise<string[]> {
  const list = join(folder, `loaded-${words.length}.txt`);
  writeFileSync(list, '');
  const env = { ...process.env, CALOSCOPE_LOADED: list };
  await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--import', join(folder, 'register.mjs'), ...words],
    { env },
  );
  const base = pathToFileURL(`${root}/`).href;
  const urls = readFileSync(list, 'utf8').split('\n');
  return urls.filter((url) => url.startsWith(base)).map((url) => url.slice(base.length));
}

const joined = ['caloscope', 'described', 'threads', 'zod'].map((name) => `dist/joined/${name}.js`);

describe('a start loads little', () => {
  it('of the library: what is joined, and no package', async () => {
    const index = join(root, 'dist/index.js');
    const loaded = await loadedBy(['--input-type=module', '--eval', `import ${JSON.stringify(index)}`]);
    expect(loaded.sort()).toEqual(['dist/index.js', ...joined]);
  });

  it('of the program: what is joined, and commander', async () => {
    const loaded = await loadedBy([join(root, 'dist/cli/main.js'), '--help']);
    const commander = loaded.filter((name) => name.startsWith('node_modules/commander/'));
    expect(commander.length).toBeLessThan(10);
    const others = loaded.filter((name) => !commander.includes(name));
    expect(others.sort()).toEqual([
      'dist/cli/command-line.js',
      'dist/cli/main.js',
      'dist/joined/caloscope.js',
      'dist/joined/commands.js',
      'dist/joined/described.js',
      'dist/joined/document-stream.js',
      'dist/joined/threads.js',
      'dist/joined/zod.js',
    ]);
  });
});
