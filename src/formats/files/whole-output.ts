import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, rename, rm, stat } from 'node:fs/promises';
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
 * A file or folder that appears when all of it is there: it is made beside its place under another name and renamed. What
 * stands there already is replaced; whether it may be is for the caller to decide before.
 */
export class WholeOutput {
  /** Where to make it. */
  readonly partial: string;
  readonly #path: string;

  constructor(path: string) {
    this.#path = resolve(path);
    this.partial = `${this.#path}.${randomBytes(6).toString('hex')}.partial`;
  }

  /** Puts it in its place. @throws the error of `node:fs`; what stood there before stands there again. */
  async put(): Promise<void> {
    const made = await stat(this.partial);
    // A file takes the place of another in one step; a folder cannot.
    if (made.isDirectory()) await this.#replaceFolder();
    else await rename(this.partial, this.#path);
    await syncFolder(dirname(this.#path));
  }

  /** Removes what was made of it; nothing after {@link put}. */
  async discard(): Promise<void> {
    await rm(this.partial, { recursive: true, force: true });
  }

  /** The old folder goes when the new one is in its place, and comes back when that fails. */
  async #replaceFolder(): Promise<void> {
    const aside = `${this.partial}.replaced`;
    const present = await stat(this.#path).catch(() => null);
    if (present) await rename(this.#path, aside);
    try {
      await rename(this.partial, this.#path);
    } catch (error) {
      if (present) await rename(aside, this.#path);
      throw error;
    }
    await rm(aside, { recursive: true, force: true });
  }
}

/** Makes a rename survive a power cut, where the system allows to sync a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/**
 * Fills a folder that appears whole or not at all.
 *
 * @throws FileError ERR_OUTPUT; what `fill` throws; the reason of the signal when aborted. Nothing is left behind then.
 */
export async function writeWholeFolder(
  folder: string,
  fill: (partial: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const output = new WholeOutput(folder);
  try {
    await mkdir(output.partial);
    await fill(output.partial);
    signal?.throwIfAborted();
    await output.put();
  } catch (error) {
    await output.discard();
    if (signal?.aborted) throw signal.reason;
    if (error instanceof CaloscopeError) throw error;
    throw new FileError('ERR_OUTPUT', folder, 'it cannot be written; is there room?', { cause: error });
  }
}

/** Writes a text file, UTF-8, that appears whole or not at all. @throws the error of `node:fs`; nothing is left behind then. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const output = new WholeOutput(path);
  try {
    const file = await open(output.partial, 'wx');
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await output.put();
  } catch (error) {
    await output.discard();
    throw error;
  }
}
