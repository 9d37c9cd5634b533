import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../shared');

/** True where the folder with real showers and golden files lies beside the checkout; a user's clone has none. */
export const hasSharedData = existsSync(join(root, 'reference', 'README.md'));

/** Path of a file in that folder. */
export function sharedPath(...parts: string[]): string {
  return join(root, ...parts);
}
