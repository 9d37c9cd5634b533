/** What the program says of itself in other places than --help: manual page, completions, examples, list of codes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programWords } from '#caloscope/cli/command-line';
import { examples } from '#caloscope/cli/examples';
import { packageVersion } from '#caloscope/versions';
import { caloscope, emptyFolder } from './run-caloscope.js';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const { errorPage } = await import(join(root, 'packaging/error-page.mjs'));
const { commands } = programWords();

describe('written pages', () => {
  it('of the codes is that of `npm run pages`', () => {
    expect(text('docs/errors.md')).toBe(errorPage());
  });

  it('the manual page names every command and option', () => {
    const page = text('dist/caloscope.1').replaceAll('\\-', '-');
    for (const { name, options } of commands) {
      expect(page).toContain(`.SH "CALOSCOPE ${name.toUpperCase()}"`);
      for (const { flags } of options) expect(page).toContain(`.B ${flags}`);
    }
  });

  it('the version is that of the package', () => {
    expect(packageVersion).toBe(JSON.parse(text('package.json')).version);
  });
});

describe('examples', () => {
  it.each(commands.map((command) => [command.name, command] as const))('of %s', async (name, { options }) => {
    const own = examples[name] ?? [];
    expect(own.length).toBeGreaterThan(0);
    const { stdout } = await caloscope([name, '--help']);
    const known = options.flatMap(({ names }) => names);
    for (const { words } of own) {
      expect(stdout).toContain(words);
      expect(words).toContain(`caloscope ${name}`);
      for (const [option] of words.matchAll(/--[a-z-]+/g)) expect(known).toContain(option);
    }
  });
});

describe('completion', () => {
  /** What bash offers for the last word. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = join(emptyFolder(), 'completion.bash');
    writeFileSync(script, (await caloscope(['completion', 'bash'])).stdout);
    const list = words.map((word) => `'${word}'`).join(' ');
    const run = `. '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _caloscope; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const said = execFileSync('bash', ['-c', run], { encoding: 'utf8' });
    return said.split('\n').filter((word) => word !== '');
  }

  it('in bash offers commands, then options, and leaves files to the shell', async () => {
    expect(await offered('caloscope', 'ev')).toEqual(['evaluate']);
    expect(await offered('caloscope', 'evaluate', 'a.hdf5', '--drop')).toEqual(['--drop-rows', '--dropout']);
    expect(await offered('caloscope', 'evaluate', '--out', '')).toEqual([]);
    expect(await offered('caloscope', 'completion', 'f')).toEqual(['fish']);
    expect((await offered('caloscope', 'weights', '--')).sort()).toEqual(
      (commands.find(({ name }) => name === 'weights')?.options ?? [])
        .flatMap(({ names }) => names)
        .filter((name) => name.startsWith('--'))
        .sort(),
    );
  });

  it.each(['bash', 'zsh', 'fish'])('%s: every command and long option is there', async (shell) => {
    const { stdout, exitCode } = await caloscope(['completion', shell]);
    expect(exitCode).toBe(0);
    for (const { name, options } of commands) {
      expect(stdout).toContain(name);
      for (const option of options.flatMap(({ names }) => names).filter((one) => one.startsWith('--')))
        expect(stdout).toContain(shell === 'fish' ? `-l ${option.slice(2)}` : option);
    }
  });

  it('of another shell is refused on one line', async () => {
    const { stderr, exitCode } = await caloscope(['completion', 'tcsh']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^caloscope: ERR_USAGE: .*bash, zsh, fish/);
  });
});

it('a report with the name of another kind of file is refused', async () => {
  const { stderr, exitCode } = await caloscope(['report', 'none', '--out', 'figure.pdf']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^caloscope: ERR_USAGE: a report is HTML, and --out figure\.pdf would be no pdf; .*\n$/,
  );
});
