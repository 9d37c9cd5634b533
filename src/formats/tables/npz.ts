import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { CaloscopeError } from '../../errors.js';
import { arrayEntries, damagedArchive } from '../numpy/zip-entries.js';
import { sideBySide, type TablePart } from './columns.js';
import { readNpy } from './npy.js';
import type { NumberTable } from './number-table.js';

/**
 * The arrays of a NumPy archive (.npz) side by side: those that are wanted, by their names or by names of their columns; null: all.
 *
 * @throws CaloscopeError as {@link readNpy}; ERR_FILE_CORRUPT for an archive that is damaged, ERR_LAYOUT for one that holds no arrays.
 */
export async function readNpz(descriptor: number, wanted: readonly string[] | null): Promise<NumberTable> {
  const { archive, arrays: named } = await arrayEntries(descriptor);
  const parts: TablePart[] = [];
  for (const { entry, name } of holdersOf(named, wanted)) {
    try {
      parts.push(...(await readNpy(bytesOf(archive, entry), name)));
    } catch (error) {
      if (!(error instanceof CaloscopeError)) throw damagedArchive(error);
      throw new CaloscopeError(error.code, `array ${name}: ${error.message}`, { cause: error });
    }
  }
  if (parts.length === 0)
    throw new CaloscopeError('ERR_LAYOUT', 'the zip archive holds none of the arrays (.npy) that are wanted');
  return sideBySide(parts);
}

/** The arrays that the wanted names are, or are columns of; all where one is neither, such as a field of a structured array. */
function holdersOf<Named extends { readonly name: string }>(
  arrays: readonly Named[],
  wanted: readonly string[] | null,
): readonly Named[] {
  if (wanted === null) return arrays;
  const isOf = (column: string, { name }: Named) => column === name || column.replace(/_\d+$/, '') === name;
  if (!wanted.every((column) => arrays.some((array) => isOf(column, array)))) return arrays;
  return arrays.filter((array) => wanted.some((column) => isOf(column, array)));
}

async function* bytesOf(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, void> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    archive.openReadStream(entry, (error, opened) =>
      error ? reject(damagedArchive(error)) : resolve(opened),
    );
  });
  let checksum = 0;
  for await (const piece of stream) {
    checksum = crc32(piece as Buffer, checksum);
    yield piece as Buffer;
  }
  if (checksum !== entry.crc32) throw damagedArchive(new Error('its checksum differs'));
}
