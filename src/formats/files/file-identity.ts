import { stat } from 'node:fs/promises';
import { ArgumentError } from '../../errors.js';

/**
 * What two paths have in common only if they lead to one file, links of both kinds included. Numbers of files take up to 64 bits on
 * file systems of clusters, more than a number of JavaScript holds.
 */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
}

/** Links of both kinds included. @throws ArgumentError ERR_ARGUMENT. */
export async function requireDifferentFiles(paths: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const identity = await fileIdentity(path);
    const twin = seen.get(identity);
    if (twin !== undefined) {
      throw new ArgumentError(
        'ERR_ARGUMENT',
        `${twin} and ${path} are the same file, twice in one sample; name it once`,
      );
    }
    seen.set(identity, path);
  }
}
