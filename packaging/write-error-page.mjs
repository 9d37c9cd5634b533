// Writes docs/errors.md; run it after a build.
import { writeFileSync } from 'node:fs';
import { errorPage } from './error-page.mjs';

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorPage());
