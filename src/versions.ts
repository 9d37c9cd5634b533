import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Version of this package. */
export const packageVersion = manifest.version;

/** Of result.json; raised when a part is added or changes its meaning. */
export const resultFormatVersion = 2;

/** What a result was made with. */
export function versions(): Readonly<Record<string, string>> {
  return { caloscope: packageVersion, node: process.versions.node };
}
