import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FileError } from '../errors.js';

export interface OutputFileOptions {
  /** Replace a file that exists. */
  readonly force: boolean;
  /** Files that must not be replaced in any case. */
  readonly inputs?: readonly string[];
}

/**
 * The folder that an output is put into must be there.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireFolderAbove(path: string): Promise<void> {
  if (path === '') throw new FileError('ERR_OUTPUT', '--out', 'the name of the output is empty');
  const folder = dirname(resolve(path));
  const above = await stat(folder).catch(() => null);
  if (!above?.isDirectory()) {
    throw new FileError('ERR_OUTPUT', path, `there is no folder ${folder}; make it first`);
  }
  await access(folder, constants.W_OK).catch((cause) => {
    throw new FileError('ERR_OUTPUT', path, `the folder ${folder} is not writable`, { cause });
  });
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
