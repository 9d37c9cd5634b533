import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../errors.js';

/**
 * Files named one by one or by patterns of their last step, in which * and ? stand for what they do in a shell: also not for the dot
 * that a hidden name begins with. Those of a pattern in order of the numbers in their names. A file that is called so is no pattern.
 *
 * @throws FileError ERR_FILE_NOT_FOUND for a pattern that nothing fits.
 */
export async function filesNamed(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map(async (name) => ((await isPattern(name)) ? await fitting(name) : [name])),
  );
  return found.flat();
}

async function isPattern(name: string): Promise<boolean> {
  return /[*?]/.test(basename(name)) && (await stat(name).catch(() => null)) === null;
}

async function fitting(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const source = basename(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  const hidden = basename(pattern).startsWith('.');
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => (hidden || !name.startsWith('.')) && expression.test(name),
  );
  if (names.length === 0) {
    throw new FileError('ERR_FILE_NOT_FOUND', pattern, 'no file fits this pattern; check folder and name');
  }
  // Names that differ in leading zeros only are equal to the collator; folders list them in any order.
  names.sort().sort(new Intl.Collator('en', { numeric: true }).compare);
  return names.map((name) => join(folder, name));
}
