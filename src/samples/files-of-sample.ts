import { createHash } from 'node:crypto';
import { ArgumentError, FileError } from '../errors.js';
import { fileIdentity } from '../formats/files/file-identity.js';
import type { FileOfSample } from './sample-file.js';

/** How files are named together. */
export interface FilesTogether {
  /** The path of the first, and how many more there are. */
  readonly source: string;
  readonly files: readonly FileOfSample[];
  /** Of the only file; of several that of their checksums, as text, one after the other; null for none. */
  readonly sha256: string | null;
}

/** @param first path of the first file; `files` are empty where they were not read whole. */
export function filesTogether(first: string, count: number, files: readonly FileOfSample[]): FilesTogether {
  const [only, ...others] = files.map(({ sha256 }) => sha256);
  const together = () =>
    createHash('sha256')
      .update(files.map(({ sha256 }) => sha256).join(''))
      .digest('hex');
  return {
    source: `${first}${count > 1 ? ` and ${count - 1} more` : ''}`,
    files,
    sha256: others.length === 0 ? (only ?? null) : together(),
  };
}

/** What is said of a sample without rows. */
export function emptyText(noun: string): string {
  return `it is empty: it holds no ${noun}; write it again with some`;
}

/**
 * Refuses files of which no row is left once those with numbers that cannot be used are left out.
 *
 * @param noun what the rows are, plural.
 * @throws FileError ERR_TOO_FEW_ROWS.
 */
export function requireRows(
  source: string,
  noun: string,
  { left, read }: { readonly left: number; readonly read: number },
): void {
  if (left > 0) return;
  const message =
    read === 0 ? emptyText(noun) : `no ${noun} are left: all ${read} hold numbers that cannot be used`;
  throw new FileError('ERR_TOO_FEW_ROWS', source, message);
}

/** Links of both kinds included. @throws ArgumentError ERR_ARGUMENT. */
export async function requireDifferentFiles(paths: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const identity = await fileIdentity(path);
    const twin = seen.get(identity);
    if (twin !== undefined) {
      throw new ArgumentError(
        'ERR_ARGUMENT',
        `${twin} and ${path} are the same file, twice in one sample; name it once`,
      );
    }
    seen.set(identity, path);
  }
}
