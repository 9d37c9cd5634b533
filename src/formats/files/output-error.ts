import { CaloscopeError, FileError } from '../../errors.js';

/** Why something cannot be written, by the code of the system. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its file system; make room, or name a place on another',
  EDQUOT: 'the quota is used up; make room, or name a place on another file system',
  EROFS: 'its file system is read-only; name a place on another',
  EACCES: 'no right to write there; name another place',
  EPERM: 'no right to write there; name another place',
  ERR_ACCESS_DENIED: "Node's permission model forbids it; allow it with --allow-fs-write",
  ENAMETOOLONG: 'the name is too long for the file system; name a shorter one',
  ENOENT: 'its folder is not there; make it first',
  ENOTDIR: 'a part of the path is no folder',
  ELOOP: 'links in a circle',
  EMFILE: 'too many open files; allow more (ulimit -n)',
  ENFILE: 'the machine has too many open files',
  EFBIG: 'it would be larger than files may be (ulimit -f)',
  EIO: 'the device reports an error (EIO)',
};

/** The same by the words of the C library, in which other libraries report. */
const spokenReasons: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
  'Permission denied': 'EACCES',
  'No file descriptors available': 'EMFILE',
  'Too many open files': 'EMFILE',
  'File too large': 'EFBIG',
  'I/O error': 'EIO',
  'Input/output error': 'EIO',
};

/** ERR_OUTPUT with the true reason; an error of this package as it is. */
export function outputError(path: string, cause: unknown): CaloscopeError {
  if (cause instanceof CaloscopeError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = reasons[code ?? ''] ?? spokenReason(message) ?? `it cannot be written (${code ?? message})`;
  return new FileError('ERR_OUTPUT', path, reason, { cause });
}

/** The reason that a message of a library holds; null where it names none that is known. */
export function spokenReason(message: string): string | null {
  const words = Object.keys(spokenReasons).find((known) => message.includes(known));
  return words === undefined ? null : (reasons[spokenReasons[words] as string] as string);
}
