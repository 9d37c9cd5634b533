// Writes the manual page of the program that was just built, from its own tree of commands.
import { writeFileSync } from 'node:fs';
import { programWords } from '../dist/cli/command-line.js';
import { manPage } from '../dist/cli/man-page.js';
import { packageVersion } from '../dist/versions.js';

const { commands, description } = programWords();
writeFileSync(
  new URL('../dist/caloscope.1', import.meta.url),
  manPage(commands, description, packageVersion),
);
