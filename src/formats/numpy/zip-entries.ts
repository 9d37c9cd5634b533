import type { Entry, ZipFile } from 'yauzl';
import { CaloscopeError } from '../../errors.js';

/** An array in a NumPy archive. */
export interface ArrayEntry {
  /** Without the ending `.npy`. */
  readonly name: string;
  readonly entry: Entry;
}

/**
 * The arrays (.npy) in an open zip archive.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT for an archive that is damaged.
 */
export async function arrayEntries(
  descriptor: number,
): Promise<{ readonly archive: ZipFile; readonly arrays: readonly ArrayEntry[] }> {
  const { fromFd } = await import('yauzl'); // not at every start
  const archive = await new Promise<ZipFile>((resolve, reject) => {
    fromFd(descriptor, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(damagedArchive(error)) : resolve(zip),
    );
  });
  const arrays: ArrayEntry[] = [];
  for await (const entry of entriesOf(archive)) {
    if (entry.fileName.endsWith('.npy')) arrays.push({ name: entry.fileName.replace(/\.npy$/, ''), entry });
  }
  return { archive, arrays };
}

async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry, void, void> {
  for (;;) {
    const entry = await new Promise<Entry | null>((resolve, reject) => {
      archive.once('entry', resolve);
      archive.once('end', () => resolve(null));
      archive.once('error', (error) => reject(damagedArchive(error)));
      archive.readEntry();
    });
    archive.removeAllListeners();
    if (entry === null) return;
    yield entry;
  }
}

export function damagedArchive(cause: unknown): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_CORRUPT',
    `the zip archive is damaged (${(cause as Error).message}); copy it again`,
    { cause },
  );
}
