/** What is published, and what is said where the native core is missing. Installed whole by `npm run check:packages`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { hasPackage, platforms, thisPlatform } from '#caloscope/native/platforms';
import { packageVersion } from '#caloscope/versions';

const root = resolve(import.meta.dirname, '../..');
const { writeMainPackage } = await import(join(root, 'packaging/main-package.mjs'));
const { glibcOf, writePlatformPackage } = await import(join(root, 'packaging/platform-package.mjs'));

const folder = mkdtempSync(join(tmpdir(), 'caloscope-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const manifestIn = (path: string) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

describe('the package as it is published', () => {
  it('has no scripts, and the platforms at exactly its version', () => {
    const published = Object.keys(platforms).filter(hasPackage);
    writeMainPackage(root, join(folder, 'main'), published);
    const manifest = manifestIn(join(folder, 'main'));
    expect(manifest).toMatchObject({ name: 'caloscope', version: packageVersion });
    for (const key of ['scripts', 'devDependencies', 'private']) expect(manifest).not.toHaveProperty(key);
    expect(manifest.optionalDependencies).toEqual({
      '@caloscope/linux-x64-gnu': packageVersion,
      '@caloscope/linux-x64-musl': packageVersion,
      '@caloscope/linux-arm64-gnu': packageVersion,
    });
    const files = readdirSync(join(folder, 'main'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining(['dist/cli/main.js', 'native/addon/module.cc', 'CMakeLists.txt', 'LICENSE']),
    );
    expect(files.filter((name) => /\.node$|^packaging|^native\/test|^test/.test(name))).toEqual([]);
  }, 30_000);

  it('of a platform holds the core, its machine and little else', () => {
    const core = join(folder, 'core.node');
    writeFileSync(core, '\u007fELF GLIBC_2.2.5 GLIBC_2.28 GLIBC_2.17');
    expect(glibcOf(core)).toBe('2.28');
    writePlatformPackage(root, join(folder, 'gnu'), 'linux-x64-gnu', platforms['linux-x64-gnu'], core);
    expect(readdirSync(join(folder, 'gnu')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'caloscope.node',
      'package.json',
    ]);
    const manifest = manifestIn(join(folder, 'gnu'));
    expect(manifest).toMatchObject({ name: '@caloscope/linux-x64-gnu', version: packageVersion });
    expect(manifest).toMatchObject({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] });
    expect(manifest).not.toHaveProperty('scripts');
    expect(readFileSync(join(folder, 'gnu/README.md'), 'utf8')).toContain('glibc 2.28 or later');
  });
});

describe('a core that does not load', () => {
  it.each([
    ['is missing', 'none.node', undefined],
    ['is no library', 'text.node', 'no library'],
  ])('%s: one line with both remedies', async (_, name, text) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    const env = { ...process.env, CALOSCOPE_CORE: path };
    const run = promisify(execFile)(process.execPath, [join(root, 'dist/cli/main.js'), 'inspect'], { env });
    const { code, stderr } = await run.then(
      () => ({ code: 0, stderr: '' }),
      (error) => error as { code: number; stderr: string },
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^caloscope: ERR_NATIVE_MISSING: .*\n$/);
    expect(stderr).toContain(path);
    expect(stderr).toContain('npx cmake-js@8 compile');
    if (hasPackage(thisPlatform())) expect(stderr).toContain(`npm install @caloscope/${thisPlatform()}`);
  });
});
