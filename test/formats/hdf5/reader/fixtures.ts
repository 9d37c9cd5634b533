import { join } from 'node:path';
import { RowReader } from '#caloscope/formats/hdf5/reader/row-reader';
import { readStoredDataset } from '#caloscope/formats/hdf5/reader/stored-dataset';
import { withHdf5 } from '../../../support/hdf5-file.js';

/** Files that test/scripts/write-hdf5-fixtures.py wrote with h5py and hdf5plugin. */
export const fixture = (name: string) => join(import.meta.dirname, '../fixtures', name);

export const fixtureShape = [20, 4, 5, 6] as const;

/** The numbers of most of their datasets: four of five are 0. */
export function fixtureNumbers(): number[] {
  return Array.from({ length: 20 * 4 * 5 * 6 }, (_, i) => {
    const h = Number(((BigInt(i) * 2654435761n) % 2n ** 32n) >> 7n);
    return h % 5 === 0 ? (h % 1009) / 8 : 0;
  });
}

/** All numbers of a dataset, in blocks of `block` rows, and its shape. */
export function readNumbers(path: string, dataset: string, block = 7, members: readonly string[] = []) {
  return withHdf5(path, (file, address) => {
    const stored = readStoredDataset(file, address(dataset), members);
    const rows = new RowReader(file, stored);
    const numbers: number[] = [];
    for (let first = 0; first < rows.rows; first += block) {
      numbers.push(...rows.view(first, Math.min(block, rows.rows - first), true));
    }
    return { shape: stored.shape, numbers };
  });
}
