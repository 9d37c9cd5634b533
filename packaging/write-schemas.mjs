// Writes the JSON Schemas that users check their own files with; run it after a build.
import { writeFileSync } from 'node:fs';
import { layoutJsonSchema } from '../dist/layouts/json-schema.js';

const path = new URL('../schemas/layout-1.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(layoutJsonSchema(), null, 2)}\n`);
