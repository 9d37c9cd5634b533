import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Version of this package. */
export const packageVersion = manifest.version;

/** What a result was made with. */
export function versions(): Readonly<Record<string, string>> {
  return { caloscope: packageVersion, node: process.versions.node };
}
