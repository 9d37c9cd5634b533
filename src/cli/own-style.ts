import { readFile } from 'node:fs/promises';
import { type CaloscopeError, FileError } from '../errors.js';
import { accessError, requirePlainFile } from '../formats/files/plain-file.js';

/** The style sheet in a file, where one is named. @throws FileError ERR_STYLE, and the codes for files. */
export async function ownStyle(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { longestStyle, requireOwnStyle } = await import('../report/own-style.js');
  const size = await requirePlainFile(path);
  if (size > longestStyle) throw new FileError('ERR_STYLE', path, 'a style sheet is at most 1 MB long');
  const style = await readFile(path, 'utf8').catch((cause) => {
    throw accessError(path, cause);
  });
  try {
    requireOwnStyle(style);
  } catch (cause) {
    const { message } = cause as CaloscopeError;
    throw new FileError('ERR_STYLE', path, message, { cause });
  }
  return style;
}
