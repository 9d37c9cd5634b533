import { access, constants, lstat, readdir, readlink, realpath, stat, statfs } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { FileError } from '../../errors.js';
import { outputError } from './output-error.js';
import { holdsOwn, type OwnFiles } from './own-files.js';
import { placeOf } from './whole-output.js';

/** What is asked of an output before the work. */
export interface OutputRules {
  /** Replace a file, or the files of an earlier output in a folder. */
  readonly force: boolean;
  /** Files and folders of which nothing must be replaced in any case. */
  readonly inputs?: readonly string[];
}

function refuse(path: string, message: string): never {
  throw new FileError('ERR_OUTPUT', path, message);
}

/**
 * The folder that an output is put into must be there and writable, with room in it.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireFolderAbove(path: string): Promise<void> {
  if (path === '') refuse('--out', 'the name of the output is empty');
  const folder = dirname(resolve(path));
  const above = await stat(folder).catch(() => null);
  if (!above?.isDirectory()) refuse(path, `there is no folder ${folder}; make it first`);
  await access(folder, constants.W_OK).catch((cause) => {
    if ((cause as NodeJS.ErrnoException).code === 'EROFS') throw outputError(path, cause);
    throw new FileError('ERR_OUTPUT', path, `the folder ${folder} is not writable`, { cause });
  });
  const room = await statfs(folder).catch(() => null);
  if (room && room.blocks > 0 && room.bavail === 0) {
    throw outputError(path, Object.assign(new Error('no block is free'), { code: 'ENOSPC' }));
  }
}

/** What stands at the place of an output; null: nothing. */
async function presentAt(path: string) {
  await requireFolderAbove(path);
  const named = await lstat(path).catch((cause) => {
    if (cause.code === 'ENOENT') return null;
    throw outputError(path, cause);
  });
  if (!named?.isSymbolicLink()) return named;
  return await stat(path).catch(async (cause) => {
    if (cause.code !== 'ENOENT') throw outputError(path, cause);
    return refuse(
      path,
      `this link leads nowhere (${await readlink(path)}); make what it names, or name another output`,
    );
  });
}

/** What stands there must be neither an input, nor in a folder that is one, nor a folder that holds one. */
async function requireNoInput(path: string, inputs: readonly string[]): Promise<void> {
  const place = await placeOf(path);
  for (const input of inputs) {
    const other = await realpath(input).catch(() => resolve(input));
    if (other === place) refuse(path, 'this is an input; name another output');
    if (place.startsWith(other + sep)) refuse(path, `this lies in the input ${input}; name another output`);
    if (other.startsWith(place + sep)) refuse(path, `the input ${input} lies there; name another output`);
  }
}

/**
 * Refuses a file that could not be written, or must not be; to be asked before the work.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireOutputFile(path: string, { force, inputs = [] }: OutputRules): Promise<void> {
  const present = await presentAt(path);
  if (present && !present.isFile()) refuse(path, 'this is a folder or a device; name a file');
  if (!present) return;
  await requireNoInput(path, inputs);
  if (!force) refuse(path, 'this file exists; name a new one, or replace it with --force');
}

/**
 * Refuses a folder that could not be written, or must not be; to be asked before the work. An empty folder is as good as none.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireOutputFolder(
  path: string,
  own: OwnFiles,
  { force, inputs = [] }: OutputRules,
): Promise<void> {
  const present = await presentAt(path);
  if (present && !present.isDirectory()) refuse(path, 'this is a file; name a new folder');
  if (!present) return;
  await requireNoInput(path, inputs);
  const names = await readdir(path).catch((cause) => {
    throw outputError(path, cause);
  });
  if (names.length === 0) return;
  if (!(await holdsOwn(path, own))) {
    refuse(path, `this folder holds no ${own.what} (but ${names[0]}) and is not replaced; name a new one`);
  }
  if (!force) refuse(path, 'this folder exists; name a new one, or replace it with --force');
}
