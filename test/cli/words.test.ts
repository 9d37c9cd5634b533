/** What the program says when the world around it is odd: the true reason, on one line that cannot steer a terminal. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { documentText, oneLine } from '#caloscope/cli/io';
import { caloscope, errorLine, program } from './run-caloscope.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a line of the shell says on stderr. */
function said(line: string): string {
  const script = line.replaceAll('CALOSCOPE', `"${process.execPath}" "${program}"`);
  return spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder }).stderr;
}

describe('lines that cannot steer a terminal', () => {
  const steering = ['\u001b[2J', '\u009b2J', '\u0007', '\u007f', '\u202e', '\u2066', '\b', '\0'];
  it.each(steering)('%j', (text) => {
    const line = oneLine(`a${text}b`);
    expect(line).toMatch(/^a\\u[0-9a-f]{4}/);
    const document = documentText({ path: `a${text}b` });
    expect(JSON.parse(document)).toEqual({ path: `a${text}b` });
    for (const shown of [line, document.replaceAll('\n', '')]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
    }
  });

  it('words of all scripts stay as they are', () => {
    expect(oneLine('Größe 電子 ± γ\n next')).toBe('Größe 電子 ± γ next');
  });
});

it('--json: an error is a document on stdout, beside the line on stderr', async () => {
  const missing = join(folder, 'missing.hdf5');
  for (const [words, code, exitCode] of [
    [['inspect', missing, '--json'], 'ERR_FILE_NOT_FOUND', 1],
    [['evaluate', '--json', '--sede', '3'], 'ERR_USAGE', 2],
  ] as const) {
    const outcome = await caloscope(words);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toMatch(errorLine);
    const { error } = JSON.parse(outcome.stdout);
    expect(error.code).toBe(code);
    expect(outcome.stderr).toBe(`caloscope: ${code}: ${error.message}\n`);
  }
});

describe.skipIf(process.platform === 'win32')('the true reason', () => {
  it('links in a circle', () => {
    symlinkSync(join(folder, 'second'), join(folder, 'first'));
    symlinkSync(join(folder, 'first'), join(folder, 'second'));
    expect(said('CALOSCOPE inspect first')).toMatch(/ERR_FILE_ACCESS: first: links in a circle/);
  });

  it('a working folder that is gone', () => {
    mkdirSync(join(folder, 'gone'));
    const line = said('cd gone && rmdir ../gone && CALOSCOPE simulate toys.hdf5 --showers 5');
    expect(line).toMatch(errorLine);
    expect(line).toMatch(/ERR_FILE_ACCESS: the working folder is gone/);
  });

  it.skipIf(process.platform !== 'linux')('too many open files', () => {
    for (const files of [22, 28, 34, 40]) {
      const line = said(`ulimit -n ${files}; CALOSCOPE inspect missing.hdf5`);
      expect(line.trimEnd().split('\n')).toHaveLength(1);
      expect(line).toMatch(/too many open files|no such file/);
    }
  });
});
