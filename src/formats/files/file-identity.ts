import { stat } from 'node:fs/promises';
import { accessError } from './plain-file.js';

/**
 * What two paths have in common only if they lead to one file, links of both kinds included. Numbers of files take up to 64 bits on
 * file systems of clusters, more than a number of JavaScript holds.
 *
 * @throws FileError ERR_FILE_NOT_FOUND, ERR_FILE_ACCESS.
 */
export async function fileIdentity(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    throw accessError(path, error as NodeJS.ErrnoException);
  }
}
