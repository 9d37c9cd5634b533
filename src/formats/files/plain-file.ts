import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { FileError } from '../../errors.js';

/**
 * Makes sure that `path` is a plain file that can be read. It is not opened: opening a pipe would wait for ever.
 *
 * @returns its size in bytes.
 * @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS.
 */
export async function requirePlainFile(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) {
      const kind = found.isDirectory() ? 'a folder' : 'a device or pipe';
      throw new FileError('ERR_NOT_A_FILE', path, `this is ${kind}; name a file`);
    }
    await access(path, constants.R_OK);
    return found.size;
  } catch (error) {
    throw error instanceof FileError ? error : accessError(path, error as NodeJS.ErrnoException);
  }
}

/** Why something cannot be read, by the code of the system. */
const reasons: Readonly<Record<string, string>> = {
  ELOOP: 'links in a circle',
  ENAMETOOLONG: 'the name is too long for the file system',
  EMFILE: 'too many open files; allow more (ulimit -n)',
  ENFILE: 'the machine has too many open files',
  EIO: 'the device reports an error (EIO)',
  ESTALE: 'its file server has lost it (ESTALE); open it again',
  ERR_ACCESS_DENIED: "Node's permission model forbids it; allow it with --allow-fs-read",
};

/** The error of this package for one of `node:fs`. */
export function accessError(path: string, cause: NodeJS.ErrnoException): FileError {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return new FileError('ERR_FILE_NOT_FOUND', path, 'no such file; check the path', { cause });
  }
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new FileError('ERR_FILE_ACCESS', path, 'no right to read it; check its permissions', { cause });
  }
  const reason = reasons[cause.code ?? ''] ?? `cannot be read (${cause.code ?? cause.message})`;
  return new FileError('ERR_FILE_ACCESS', path, reason, { cause });
}
