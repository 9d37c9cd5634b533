import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What an output folder of caloscope holds. Whatever else is in one belongs to the user. */
export interface OwnFiles {
  /** As in "this folder holds no …". */
  readonly what: string;
  readonly files: RegExp;
  readonly folders?: Readonly<Record<string, OwnFiles>>;
  /** Names of files one of which every such folder holds, and what stands in their first bytes. */
  readonly mark: { readonly files: RegExp; readonly says: string };
}

/** Whether an output of this kind is in the folder. */
export async function holdsOwn(folder: string, { mark }: OwnFiles): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if (mark.files.test(name) && (await headOf(join(folder, name))).includes(mark.says)) return true;
  }
  return false;
}

/** The first bytes of a file; none of what cannot be read. */
async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  try {
    const { buffer, bytesRead } = (await file?.read(Buffer.alloc(4096), 0, 4096, 0)) ?? { bytesRead: 0 };
    return buffer?.subarray(0, bytesRead) ?? Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await file?.close();
  }
}

/** Paths in the folder that are the user's. A folder that is the user's stands for all in it. */
async function foreignIn(folder: string, own: OwnFiles): Promise<string[]> {
  const foreign: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const within = own.folders?.[entry.name];
    if (within && entry.isDirectory()) {
      const deeper = await foreignIn(join(folder, entry.name), within);
      foreign.push(...deeper.map((path) => join(entry.name, path)));
    } else if (entry.isDirectory() || !own.files.test(entry.name)) foreign.push(entry.name);
  }
  return foreign;
}

/** Moves what is the user's to another folder of the same file system; what has no place there stays. */
export async function moveForeign(from: string, to: string, own: OwnFiles): Promise<void> {
  for (const path of await foreignIn(from, own)) {
    const target = join(to, path);
    if (await lstat(target).catch(() => null)) continue;
    await mkdir(dirname(target), { recursive: true });
    await rename(join(from, path), target);
  }
}

/** Removes the files of an output, and its folders when nothing else is in them. */
export async function removeOwn(folder: string, own: OwnFiles): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const within = own.folders?.[entry.name];
    if (within && entry.isDirectory()) await removeOwn(path, within);
    else if (!entry.isDirectory() && own.files.test(entry.name)) await rm(path, { force: true });
  }
  await rmdir(folder).catch(() => undefined);
}
