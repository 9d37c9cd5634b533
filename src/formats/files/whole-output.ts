import { link, lstat, mkdir, open, readdir, realpath, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { FileError } from '../../errors.js';
import { outputError } from './output-error.js';
import { holdsOwn, moveForeign, type OwnFiles, removeOwn } from './own-files.js';
import { leftoverKind, otherName, partialPath, replacedPath } from './partial-names.js';

/**
 * What may be replaced, which is asked again when the output takes its place: nothing (but an empty folder), any file, or in a
 * folder the files of an earlier output.
 */
export type Replaceable = 'nothing' | 'a file' | OwnFiles;

/** Where a path leads: behind links, as far as there is something. */
export async function placeOf(path: string): Promise<string> {
  const place = resolve(path);
  const behind = await realpath(place).catch(() => null);
  if (behind !== null) return behind;
  const folder = await realpath(dirname(place)).catch(() => dirname(place));
  return join(folder, basename(place));
}

/**
 * A file or folder that appears when all of it is there: it is made beside its place under another name and renamed. What
 * came to stand in its place meanwhile is left alone.
 */
export class WholeOutput {
  /** Where to make it. */
  readonly partial: string;
  readonly #path: string;
  readonly #place: string;
  readonly #replaceable: Replaceable;

  private constructor(path: string, place: string, replaceable: Replaceable) {
    this.#path = path;
    this.#place = place;
    this.#replaceable = replaceable;
    this.partial = partialPath(place);
  }

  static async at(path: string, replaceable: Replaceable): Promise<WholeOutput> {
    return new WholeOutput(path, await placeOf(path), replaceable);
  }

  /**
   * Puts it in its place.
   *
   * @throws FileError ERR_OUTPUT when something else has the place; what was made then stays under the name that the message
   * says. The error of `node:fs`; what stood there before stands there again.
   */
  async put(): Promise<void> {
    const made = await lstat(this.partial);
    try {
      if (made.isDirectory()) await this.#putFolder();
      else if (this.#replaceable === 'a file') await rename(this.partial, this.#place);
      else await renameToFree(this.partial, this.#place);
    } catch (error) {
      if (!isTaken(error)) throw error;
      const beside = await this.#keepBeside(made.isDirectory());
      const message = `something else took this name meanwhile and is left alone; what was made is ${beside}`;
      throw new FileError('ERR_OUTPUT', this.#path, message, { cause: error });
    }
    await syncFolder(dirname(this.#place));
  }

  /** Removes what was made of it; nothing after {@link put}. */
  async discard(): Promise<void> {
    await rm(this.partial, { recursive: true, force: true });
  }

  /** A folder takes the place of none and of an empty one in one step; of another it cannot. */
  async #putFolder(): Promise<void> {
    const own = this.#replaceable;
    const replace =
      typeof own === 'object' && (await holdsOwn(this.#place, own).catch(() => false)) ? own : null;
    if (!replace) {
      await rename(this.partial, this.#place);
      return;
    }
    const aside = replacedPath(this.partial);
    await rename(this.#place, aside);
    try {
      await rename(this.partial, this.#place);
    } catch (error) {
      await rename(aside, this.#place);
      throw error;
    }
    await moveForeign(aside, this.#place, replace);
    await removeOwn(aside, replace);
  }

  async #keepBeside(isFolder: boolean): Promise<string> {
    for (let number = 2; ; number++) {
      const name = otherName(this.#place, number);
      if (await lstat(name).catch(() => null)) continue;
      try {
        await (isFolder ? rename(this.partial, name) : renameToFree(this.partial, name));
        return name;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
  }
}

function isTaken(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Renames a file to a name that nothing has. @throws EEXIST. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (isTaken(error)) throw error;
    // No hard links here: the name is taken first.
    await (await open(to, 'wx')).close();
    await rename(from, to);
    return;
  }
  await unlink(from);
}

/** Makes a rename survive a power cut, where the system allows to sync a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Brings all files of a folder to the disk. */
async function syncFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncFiles(path);
    else {
      const file = await open(path, 'r');
      await file.sync().finally(() => file.close());
    }
  }
  await syncFolder(folder);
}

/**
 * Takes away what killed runs left beside an output, and puts back what one had laid aside. Only for who holds the lock of the
 * output: what another is making looks the same.
 */
export async function clearLeftovers(path: string, own: OwnFiles | null): Promise<void> {
  const place = await placeOf(path);
  const folder = dirname(place);
  for (const name of await readdir(folder).catch(() => [])) {
    const leftover = join(folder, name);
    const kind = leftoverKind(place, name);
    if (kind === 'partial') await rm(leftover, { recursive: true, force: true });
    if (kind !== 'replaced' || !own) continue;
    if (await lstat(place).catch(() => null)) {
      await moveForeign(leftover, place, own);
      await removeOwn(leftover, own);
    } else await rename(leftover, place);
  }
}

export interface WholeFolderOptions {
  /** Default: nothing. */
  readonly replaceable?: 'nothing' | OwnFiles | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fills a folder that appears whole or not at all.
 *
 * @throws FileError ERR_OUTPUT; what `fill` throws; the reason of the signal when aborted. Nothing is left behind then.
 */
export async function writeWholeFolder(
  folder: string,
  fill: (partial: string) => Promise<void>,
  { replaceable = 'nothing', signal }: WholeFolderOptions = {},
): Promise<void> {
  const output = await WholeOutput.at(folder, replaceable);
  try {
    await mkdir(output.partial);
    await fill(output.partial);
    await syncFiles(output.partial);
    signal?.throwIfAborted();
    await output.put();
  } catch (error) {
    await output.discard();
    if (signal?.aborted) throw signal.reason;
    throw outputError(folder, inPlace(error, output.partial, folder));
  }
}

/** The error of a file in the folder that is being made, as that of the file in its place; others as they are. */
export function inPlace(error: unknown, partial: string, folder: string): unknown {
  if (!(error instanceof FileError) || !error.path.startsWith(`${partial}${sep}`)) return error;
  const { code, path, message } = error;
  const reason = message.slice(path.length + ': '.length);
  return new FileError(code, join(folder, relative(partial, path)), reason, { cause: error });
}

/** Writes a file, of text in UTF-8, that appears whole or not at all. @throws FileError ERR_OUTPUT; nothing is left behind then. */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  replaceable: 'nothing' | 'a file' = 'nothing',
): Promise<void> {
  const output = await WholeOutput.at(path, replaceable);
  try {
    const file = await open(output.partial, 'wx');
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await output.put();
  } catch (error) {
    await output.discard();
    throw outputError(path, error);
  }
}
