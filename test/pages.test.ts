import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programWords } from '#caloscope/cli/command-line';
import { packageVersion } from '#caloscope/versions';
import { warningCodes } from '#caloscope/warnings';
import { root } from './support/documented-examples.js';

const pages = ['guide', 'figures', 'from-python', 'glossary', 'limits', 'pitfalls'];
const read = (path: string) => readFile(join(root, path), 'utf8');
const { commands } = programWords();

describe.each(pages)('docs/%s.md', (page) => {
  it('names commands, options and warnings that there are', async () => {
    const spans = [...(await read(`docs/${page}.md`)).matchAll(/`([^`\n]+)`/g)].map(
      ([, code]) => code as string,
    );
    const options = new Set(commands.flatMap((one) => one.options.flatMap(({ names }) => names)));
    for (const code of spans) {
      const [, command] = code.match(/^caloscope ([a-z]+)/) ?? [];
      if (command !== undefined) expect(commands.map(({ name }) => name)).toContain(command);
      if (!/^(caloscope |--)/.test(code)) continue;
      for (const [option] of code.matchAll(/(?<![\w-])--[a-z-]+/g))
        if (option !== '--version') expect(options, code).toContain(option);
    }
    for (const code of spans.filter((one) => /^[a-z]+(-[a-z]+)+$/.test(one)))
      if (code !== 'low-normalised') expect(Object.keys(warningCodes)).toContain(code);
  });
});

it('the citation is that of this version', async () => {
  expect(await read('CITATION.cff')).toContain(`\nversion: ${packageVersion}\n`);
});
