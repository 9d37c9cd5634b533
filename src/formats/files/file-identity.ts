import { stat } from 'node:fs/promises';

/**
 * What two paths have in common only if they lead to one file, links of both kinds included. Numbers of files take up to 64 bits on
 * file systems of clusters, more than a number of JavaScript holds.
 */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
}
