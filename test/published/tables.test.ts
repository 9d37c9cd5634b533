import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '#caloscope/formats/tables/read-table';
import { publishedNumbers } from './numbers.js';

interface WrittenTable {
  readonly file: string;
  readonly columns: readonly string[];
  /** null: NaN. */
  readonly values: readonly (number | null)[];
}

const { tables, refused } = publishedNumbers<{
  readonly tables: Readonly<Record<string, WrittenTable>>;
  readonly refused: Readonly<Record<string, string>>;
}>('tables');

/** Code and a part of the message. */
const refusals: Readonly<Record<string, readonly [string, string]>> = {
  'npz with a flipped bit': ['ERR_FILE_CORRUPT', 'its checksum differs'],
  'npy without columns': ['ERR_DATASET_SHAPE', 'an array of shape (3,0) has no columns'],
  'csv with an index': ['ERR_LAYOUT', 'column 0 has no name'],
  'npy of objects': ['ERR_DATASET_TYPE', 'Python objects'],
  'npy of words': ['ERR_DATASET_TYPE', 'elements of type <U1'],
  'npy cut short': ['ERR_FILE_TRUNCATED', '69 elements are announced, 21 are there'],
  'npz cut short': ['ERR_FILE_CORRUPT', 'the zip archive is damaged'],
  'npz of unequal lengths': ['ERR_ROW_MISMATCH', 'pt has 23 rows, eta has 9'],
  'parquet cut short': ['ERR_FILE_TRUNCATED', 'the Parquet file has no end'],
  'parquet with words': ['ERR_DATASET_TYPE', 'row 0, column particle is no number'],
  'parquet with lists of two lengths': ['ERR_DATASET_TYPE', 'row 1, column cells has another length'],
};

const folder = mkdtempSync(join(tmpdir(), 'caloscope-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('tables, written by Python', () => {
  it.each(Object.entries(tables))('%s', async (name, { file, columns, values: written }) => {
    const values = written.map((value) => value ?? Number.NaN);
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.bin`);
    writeFileSync(path, Buffer.from(file, 'base64'));
    const found = await readTable(path, { columns: null });
    expect(found.columns).toEqual(columns);
    expect(found.rows).toBe(values.length / columns.length);
    expect(found.values).toEqual(Float32Array.from(values));
    const [first, last] = [columns.at(-1) as string, columns[0] as string];
    const chosen = await readTable(path, { columns: [first, last] });
    const rows = Array.from({ length: found.rows }, (_, row) => row * columns.length);
    const expected = rows.flatMap((at) => [values[at + columns.length - 1], values[at]] as number[]);
    expect(chosen.values).toEqual(Float32Array.from(expected));
  });

  it.each(Object.entries(refused))('refused: %s', async (name, file) => {
    const path = join(folder, 'refused.bin');
    writeFileSync(path, Buffer.from(file, 'base64'));
    const [code, words] = refusals[name] as readonly [string, string];
    await expect(readTable(path, { columns: null })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });
});
