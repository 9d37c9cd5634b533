import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '#caloscope/formats/tables/read-table';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, columns: readonly string[] | null = null) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, text);
  return readTable(path, { columns });
}

describe('tables as text', () => {
  it('have names, or numbers only', async () => {
    const named = await read('pt, eta\n1.5,-2e3\n.5,+7\n');
    expect([named.columns, named.rows, ...named.values]).toEqual([['pt', 'eta'], 2, 1.5, -2000, 0.5, 7]);
    const bare = await read('1;2\n3;4\n');
    expect([bare.columns, ...bare.values]).toEqual([['column_0', 'column_1'], 1, 2, 3, 4]);
  });

  it('may have comments, blank lines, quotes and more blanks than one', async () => {
    const found = await read('# made by hand\n"pt"  eta\n\n 1   2 \n# more\n3 4');
    expect([found.columns, ...found.values]).toEqual([['pt', 'eta'], 1, 2, 3, 4]);
  });

  it('keep what is no finite number, for the sample to refuse with its row', async () => {
    expect(Array.from((await read('a,b\nnan,-inf\n')).values)).toEqual([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
    // As pandas writes NaN.
    expect(Array.from((await read('a,b\n1,\n"",2\n')).values)).toEqual([1, Number.NaN, Number.NaN, 2]);
  });

  it.each([
    ['a ragged row', 'a,b\n1,2\n3\n', 'ERR_FILE_CORRUPT', 'line 3: it has another number of cells'],
    ['a word', 'a,b\n1,2\n3,x4\n', 'ERR_DATASET_TYPE', 'line 3, column b holds "x4", which is no number'],
    ['a cell of several lines', 'a,b\n"3\n x",4\n', 'ERR_DATASET_TYPE', 'holds "3 x", which is no number'],
    ['two columns of one name', 'a,a\n1,2\n', 'ERR_LAYOUT', 'two columns are called a'],
    ['an open quote', 'a,b\n1,"2\n', 'ERR_FILE_CORRUPT', 'line'],
    ['names only', 'a,b\n', 'ERR_TOO_FEW_ROWS', 'a table without rows'],
    ['names and a remark', 'a,b\n# 5\n', 'ERR_TOO_FEW_ROWS', 'a table without rows'],
    ['one name', 'a\n', 'ERR_TOO_FEW_ROWS', 'a table without rows'],
    ['nothing', '', 'ERR_TOO_FEW_ROWS', 'a table without rows'],
    ['text', '{"a": "b"}\n', 'ERR_LAYOUT', 'no table of numbers'],
    ['words', 'Dear reader,\n', 'ERR_LAYOUT', 'no table of numbers'],
  ])('are refused for %s', async (_, text, code, words) => {
    await expect(read(text)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('say which columns there are', async () => {
    await expect(read('pt,eta\n1,2\n', ['phi'])).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
      message: expect.stringContaining('there is no column phi; there are pt, eta'),
    });
  });
});
