// Writes the pages that say what the program itself says: the manual page and the list of error codes; run it after a build.
import { writeFileSync } from 'node:fs';
import { errorPage, manual } from './pages.mjs';

writeFileSync(new URL('caloscope.1', import.meta.url), manual());
writeFileSync(new URL('../docs/errors.md', import.meta.url), errorPage());
