import { realpath, stat } from 'node:fs/promises';
import { FileError } from '../../errors.js';
import { requireFolderAbove } from './whole-output.js';

export interface OutputFileOptions {
  /** Replace a file that exists. */
  readonly force: boolean;
  /** Files that must not be replaced in any case. */
  readonly inputs?: readonly string[];
}

/**
 * Refuses a file that could not be written, or must not be; to be asked before the work.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireOutputFile(
  path: string,
  { force, inputs = [] }: OutputFileOptions,
): Promise<void> {
  await requireFolderAbove(path);
  const present = await stat(path).catch(() => null);
  if (!present) return;
  const refuse = (message: string): never => {
    throw new FileError('ERR_OUTPUT', path, message);
  };
  if (!present.isFile()) refuse('this is a folder or a device; name a file');
  const place = await realpath(path);
  for (const input of inputs) {
    if ((await realpath(input).catch(() => null)) === place) refuse('this is an input; name another output');
  }
  if (!force) refuse('this file exists; name a new one, or replace it with --force');
}
