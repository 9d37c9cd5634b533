import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CaloscopeError, FileError } from '../../errors.js';

/**
 * The folder that an output is put into must be there and writable; to be asked before the work.
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
 * Fills a folder that appears when all of it is there: it is made beside its place and renamed. A folder that stands there
 * already is replaced, and comes back if that fails; whether it may be is for the caller to decide before.
 *
 * @throws FileError ERR_OUTPUT; what `fill` throws; the reason of the signal when aborted. Nothing is left behind then.
 */
export async function writeWholeFolder(
  folder: string,
  fill: (partial: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const partial = `${resolve(folder)}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(partial);
    await fill(partial);
    signal?.throwIfAborted();
    await putInPlace(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (signal?.aborted) throw signal.reason;
    if (error instanceof CaloscopeError) throw error;
    throw new FileError('ERR_OUTPUT', folder, 'it cannot be written; is there room?', { cause: error });
  }
}

/** The old folder goes when the new one is in its place, and comes back when that fails. */
async function putInPlace(partial: string, folder: string): Promise<void> {
  const aside = `${partial}.replaced`;
  const present = await stat(folder).catch(() => null);
  if (present) await rename(folder, aside);
  try {
    await rename(partial, folder);
  } catch (error) {
    if (present) await rename(aside, folder);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
