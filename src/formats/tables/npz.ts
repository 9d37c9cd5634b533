import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { CaloscopeError } from '../../errors.js';
import { sideBySide, type TablePart } from './columns.js';
import { readNpy } from './npy.js';
import type { NumberTable } from './number-table.js';

/**
 * The arrays of a NumPy archive (.npz) side by side: those that are wanted, by their names or by names of their columns; null: all.
 *
 * @throws CaloscopeError as {@link readNpy}; ERR_FILE_CORRUPT for an archive that is damaged, ERR_LAYOUT for one that holds no arrays.
 */
export async function readNpz(descriptor: number, wanted: readonly string[] | null): Promise<NumberTable> {
  const archive = await new Promise<ZipFile>((resolve, reject) => {
    fromFd(descriptor, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(damaged(error)) : resolve(zip),
    );
  });
  const parts: TablePart[] = [];
  for await (const entry of entriesOf(archive)) {
    const name = entry.fileName.replace(/\.npy$/, '');
    if (!entry.fileName.endsWith('.npy') || !mayHold(name, wanted)) continue;
    try {
      parts.push(...(await readNpy(bytesOf(archive, entry), name)));
    } catch (error) {
      if (!(error instanceof CaloscopeError)) throw damaged(error);
      throw new CaloscopeError(error.code, `array ${name}: ${error.message}`, { cause: error });
    }
  }
  if (parts.length === 0)
    throw new CaloscopeError('ERR_LAYOUT', 'the zip archive holds none of the arrays (.npy) that are wanted');
  return sideBySide(parts);
}

function mayHold(array: string, wanted: readonly string[] | null): boolean {
  return wanted === null || wanted.some((name) => name === array || name.startsWith(`${array}_`));
}

async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry, void, void> {
  for (;;) {
    const entry = await new Promise<Entry | null>((resolve, reject) => {
      archive.once('entry', resolve);
      archive.once('end', () => resolve(null));
      archive.once('error', (error) => reject(damaged(error)));
      archive.readEntry();
    });
    archive.removeAllListeners();
    if (entry === null) return;
    yield entry;
  }
}

async function* bytesOf(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, void> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    archive.openReadStream(entry, (error, opened) => (error ? reject(damaged(error)) : resolve(opened)));
  });
  for await (const piece of stream) yield piece as Buffer;
}

function damaged(cause: unknown): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_CORRUPT',
    `the zip archive is damaged (${(cause as Error).message}); copy it again`,
    { cause },
  );
}
