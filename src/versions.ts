/** Version of this package, that of package.json: written here, since a bundle has no such file beside it. */
export const packageVersion: string = '0.1.0';

/** Of result.json; raised when a part is added or changes its meaning. */
export const resultFormatVersion = 2;

/** What a result was made with. */
export function versions(): Readonly<Record<string, string>> {
  return { caloscope: packageVersion, node: process.versions.node };
}
